import { readFileSync } from 'node:fs';
import { PutFunctionConcurrencyCommand } from '@aws-sdk/client-lambda';
import { ReceiveMessageCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createLocalAdminDeps } from '../../local/local-admin-deps.ts';
import { dropMessage } from '../../src/admin/drop-message.ts';
import { listMessages } from '../../src/admin/list-messages.ts';
import { redriveMessage } from '../../src/admin/redrive-message.ts';
import { showMessage } from '../../src/admin/show-message.ts';
import { startSweep } from '../../src/admin/start-sweep.ts';
import type { AdminDeps } from '../../src/admin/wire.ts';
import { createSignedFetch } from '../../src/aws/sign-request.ts';
import { createCredentialRecords } from '../support/credential-records.ts';
import { type OwnLocalStack, startLocalStack } from '../support/start-local-stack.ts';
import { waitUntil } from '../support/wait-until.ts';

let stack: OwnLocalStack;
let deps: AdminDeps;
beforeAll(async () => {
  stack = await startLocalStack();
  deps = createLocalAdminDeps(stack.description, stack.clients);
});
afterAll(() => stack.stop());

const box = 'parked-messages' as const;

async function park(body: unknown, attributes: Record<string, string> = {}): Promise<void> {
  const message = { body: typeof body === 'string' ? body : JSON.stringify(body), attributes };
  await deps.boxes[box].send(message);
}

function letterFor(username: string) {
  return {
    originalEvent: { dynamodb: { Keys: { PK: { S: 'SMTP_USER' }, SK: { S: `USER#${username}` } } } },
    errorType: 'ThrottlingException',
    errorMessage: 'Too fast.',
    retryCount: 0,
    timestamp: '2026-01-01T00:00:00.000Z',
    correlationId: `letter-${username}`,
  };
}

const logOf = (text: string) =>
  readFileSync(stack.description.logs.functions, 'utf8')
    .split('\n')
    .filter((line) => line.includes(text));

it('lists more messages than one call answers, twice, and loses none', async () => {
  for (let index = 0; index < 23; index += 1) await park(letterFor(`user${index}`));
  for (let look = 0; look < 2; look += 1) {
    const { messages, isCut } = await listMessages({ box }, deps);
    expect(isCut).toBe(false);
    expect(new Set(messages.map(({ username }) => username)).size).toBe(23);
  }
  for (const { messageId } of (await listMessages({ box }, deps)).messages) await dropMessage({ box, messageId }, deps);
  expect((await listMessages({ box }, deps)).messages).toEqual([]);
}, 60_000);

it('lists twice over the API, and loses none', async () => {
  const { api, region, credentials } = stack.description;
  const send = createSignedFetch({ region, credentials });
  for (let index = 0; index < 12; index += 1) await park(letterFor(`shown${index}`));
  for (let look = 0; look < 2; look += 1) {
    const answer = await send(`${api.url}/v1/parked-messages`);
    expect(((await answer.json()) as { messages: unknown[] }).messages).toHaveLength(12);
  }
  for (const { messageId } of (await listMessages({ box }, deps)).messages) await dropMessage({ box, messageId }, deps);
}, 60_000);

it('redrives one message: the processor makes its record active', async () => {
  const records = createCredentialRecords(stack.clients.dynamodb, stack.description.table);
  await records.insert('parked.jane', ['parked.jane@example.com']);
  await records.waitForStatus('parked.jane', 'active');
  await park(letterFor('parked.jane'), { sourceForm: 'dead-letter', lastTriedAt: 'now', errorType: 'Throttled' });
  await park('hello');
  const { messages } = await listMessages({ box }, deps);
  const mine = messages.find(({ username }) => username === 'parked.jane');
  const foreign = messages.find(({ form }) => form === 'foreign');
  const id = { box, messageId: mine?.messageId ?? '' };
  expect(await showMessage(id, deps)).toMatchObject({ body: JSON.stringify(letterFor('parked.jane')) });
  expect(await redriveMessage(id, deps)).toMatchObject({ redriveTarget: 'deadLetters' });
  await waitUntil(async () => logOf('letter-parked.jane').some((line) => line.includes('DEAD_LETTER_SETTLED')), 30);
  expect((await listMessages({ box }, deps)).messages).toEqual([foreign]);
  await dropMessage({ box, messageId: foreign?.messageId ?? '', isForeignToo: true }, deps);
}, 60_000);

it('sends a message that SQS gave up back to the queue that it came from', async () => {
  // Nobody verifies; the message is received too often.
  await stack.clients.lambda.send(
    new PutFunctionConcurrencyCommand({ FunctionName: 'smtp-credential-verifier', ReservedConcurrentExecutions: 0 }),
  );
  const QueueUrl = stack.description.verificationQueueUrl;
  const body = JSON.stringify({ source: 'sesame', detail: { username: 'gave.up' } });
  await stack.clients.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: body, DelaySeconds: 0 }));
  let gaveUp: string | undefined;
  await waitUntil(async () => {
    await stack.clients.sqs.send(new ReceiveMessageCommand({ QueueUrl, VisibilityTimeout: 0, WaitTimeSeconds: 0 }));
    const { messages } = await listMessages({ box }, deps);
    gaveUp = messages.find(({ form }) => form === 'queue')?.messageId;
    return gaveUp !== undefined;
  }, 40);
  expect(await redriveMessage({ box, messageId: gaveUp ?? '' }, deps)).toMatchObject({
    redriveTarget: 'verifications',
  });
  // The queue lets every message wait before it shows it.
  await waitUntil(async () => {
    const { Messages = [] } = await stack.clients.sqs.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 1 }));
    return Messages.some(({ Body }) => Body === body);
  }, 40);
}, 90_000);

it('starts a sweep that reads everything, and does not wait for it', async () => {
  const { correlationId } = await startSweep(deps);
  await waitUntil(
    async () =>
      logOf(correlationId).some((line) => /SWEEP_RUN_DONE.*"reads":"all"|"reads":"all".*SWEEP_RUN_DONE/.test(line)),
    30,
  );
}, 60_000);
