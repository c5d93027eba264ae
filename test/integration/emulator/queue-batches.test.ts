import { CreateEventSourceMappingCommand, DeleteEventSourceMappingCommand } from '@aws-sdk/client-lambda';
import { ReceiveMessageCommand, SendMessageBatchCommand } from '@aws-sdk/client-sqs';
import { afterEach, describe, expect, it } from 'vitest';
import { createQueue } from '../../../local/resources/create-queue.ts';
import { localStack } from '../../support/local-stack.ts';
import { createTestFunction } from '../../support/test-function.ts';
import { waitUntil } from '../../support/wait-until.ts';

const stack = localStack();
const { clients } = stack;
let count = 0;
let cleanUp: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const end of cleanUp.reverse()) await end();
  cleanUp = [];
});

/** A message's body says what the handler does with it. */
const handler = `
  const acts = event.Records.map(({ body }) => body);
  note(acts.sort().join(' '));
  if (acts.includes('throw')) throw new Error('It is broken.');
  if (acts.includes('nameless')) return { batchItemFailures: [{ itemIdentifier: '' }] };
  if (acts.includes('stranger')) return { batchItemFailures: [{ itemIdentifier: 'nobody' }] };
  const failed = event.Records.filter(({ body }) => body === 'report');
  return { batchItemFailures: failed.map(({ messageId }) => ({ itemIdentifier: messageId })) };
`;

/** Sends the messages in one batch, to be received at most twice each, and waits until `lost` of them are dead letters. */
async function run(bodies: string[], lost: number) {
  count += 1;
  const name = `queue-batches-${count}`;
  const deadLetters = await createQueue(clients.sqs, `${name}-dead`);
  const queue = await createQueue(clients.sqs, name, {
    // AWS recommends six times the function's timeout. The emulator doesn't need it, and the test needn't wait.
    VisibilityTimeout: '1',
    RedrivePolicy: JSON.stringify({ deadLetterTargetArn: deadLetters.arn, maxReceiveCount: 2 }),
  });
  const Entries = bodies.map((MessageBody, index) => ({ Id: String(index), MessageBody }));
  await clients.sqs.send(new SendMessageBatchCommand({ QueueUrl: queue.url, Entries }));
  const testFunction = await createTestFunction(stack, name, handler);
  cleanUp.push(() => testFunction.remove());
  const { UUID } = await clients.lambda.send(
    new CreateEventSourceMappingCommand({
      FunctionName: name,
      EventSourceArn: queue.arn,
      BatchSize: 10,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
    }),
  );
  cleanUp.push(() => clients.lambda.send(new DeleteEventSourceMappingCommand({ UUID })));
  const found: string[] = [];
  await waitUntil(async () => {
    const { Messages = [] } = await clients.sqs.send(
      new ReceiveMessageCommand({ QueueUrl: deadLetters.url, MaxNumberOfMessages: 10, VisibilityTimeout: 60 }),
    );
    found.push(...Messages.map(({ Body = '' }) => Body));
    return found.length >= lost;
  });
  return { calls: testFunction.notes<string>(), lost: found.sort() };
}

describe('a handler of a queue', () => {
  it('gets a reported message again, as often as the queue says; then the message is a dead letter', async () => {
    expect(await run(['a', 'b', 'report'], 1)).toEqual({ calls: ['a b report', 'report'], lost: ['report'] });
  });

  it('gets the whole batch again when it throws', async () => {
    expect(await run(['a', 'throw'], 2)).toEqual({ calls: ['a throw', 'a throw'], lost: ['a', 'throw'] });
  });

  it.each(['nameless', 'stranger'])('gets the whole batch again when its report can’t be read: %s', async (report) => {
    const both = `a ${report}`;
    expect(await run(['a', report], 2)).toEqual({ calls: [both, both], lost: ['a', report] });
  });
});
