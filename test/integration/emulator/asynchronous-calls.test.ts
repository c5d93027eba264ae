import { InvokeCommand, PutFunctionEventInvokeConfigCommand } from '@aws-sdk/client-lambda';
import { ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { expect, it } from 'vitest';
import { createQueue } from '../../../local/resources/create-queue.ts';
import { localStack } from '../../support/local-stack.ts';
import { createTestFunction } from '../../support/test-function.ts';
import { waitUntil } from '../../support/wait-until.ts';

const stack = localStack();
const { clients } = stack;

it('retries a failed asynchronous call as often as configured, with the same event; then sends it to the destination', async () => {
  const name = 'asynchronous-calls';
  const queue = await createQueue(clients.sqs, name);
  const testFunction = await createTestFunction(stack, name, 'note(event); throw new Error("It is broken.");');
  await clients.lambda.send(
    new PutFunctionEventInvokeConfigCommand({
      FunctionName: name,
      MaximumRetryAttempts: 2,
      DestinationConfig: { OnFailure: { Destination: queue.arn } },
    }),
  );
  const event = { id: 'one', time: '2026-01-01T00:00:00Z' };
  await clients.lambda.send(
    new InvokeCommand({ FunctionName: name, InvocationType: 'Event', Payload: JSON.stringify(event) }),
  );
  const received: unknown[] = [];
  await waitUntil(async () => {
    const { Messages = [] } = await clients.sqs.send(new ReceiveMessageCommand({ QueueUrl: queue.url }));
    received.push(...Messages.map(({ Body = '' }) => JSON.parse(Body) as unknown));
    return received.length > 0;
  });
  expect(testFunction.notes()).toEqual([event, event, event]);
  expect(received).toEqual([
    expect.objectContaining({
      requestContext: expect.objectContaining({ condition: 'RetriesExhausted', approximateInvokeCount: 3 }),
      requestPayload: event,
      responsePayload: expect.objectContaining({ errorMessage: expect.stringContaining('It is broken.') }),
    }),
  ]);
  await testFunction.remove();
});
