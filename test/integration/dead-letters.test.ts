import { UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { DisableKeyCommand, EnableKeyCommand } from '@aws-sdk/client-kms';
import { DeleteFunctionConcurrencyCommand, PutFunctionConcurrencyCommand } from '@aws-sdk/client-lambda';
import {
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  type Message,
  ReceiveMessageCommand,
  SendMessageCommand,
} from '@aws-sdk/client-sqs';
import { marshall } from '@aws-sdk/util-dynamodb';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createCredentialRecords } from '../support/credential-records.ts';
import { iamUsersOf } from '../support/iam-users-of.ts';
import { type OwnLocalStack, startLocalStack } from '../support/start-local-stack.ts';
import { waitUntil } from '../support/wait-until.ts';

const processor = 'smtp-dlq-processor';
let stack: OwnLocalStack;
let records: ReturnType<typeof createCredentialRecords>;

beforeAll(async () => {
  // A dead letter of a claimed record waits until the claim expires, by default longer than a test waits.
  const environment = { CLAIM_LEASE_SECONDS: '12' };
  stack = await startLocalStack({
    timings: { backoffBaseSeconds: 1, backoffLimitSeconds: 2 },
    functionEnvironment: { 'smtp-credential-manager': environment, [processor]: environment },
  });
  records = createCredentialRecords(stack.clients.dynamodb, stack.description.table);
});

afterAll(() => stack.stop());
afterEach(async () => {
  await switchKmsKey('on');
  await stack.clients.lambda.send(new DeleteFunctionConcurrencyCommand({ FunctionName: processor }));
});

function switchKmsKey(to: 'on' | 'off') {
  const input = { KeyId: stack.description.kmsKeyArn };
  return stack.clients.kms.send(to === 'on' ? new EnableKeyCommand(input) : new DisableKeyCommand(input));
}

async function send(body: unknown, attributes: Record<string, string> = {}): Promise<void> {
  await stack.clients.sqs.send(
    new SendMessageCommand({
      QueueUrl: stack.description.deadLetterQueueUrl,
      MessageBody: typeof body === 'string' ? body : JSON.stringify(body),
      MessageAttributes: Object.fromEntries(
        Object.entries(attributes).map(([name, value]) => [name, { DataType: 'String', StringValue: value }]),
      ),
    }),
  );
}

function deadLetterFor(username: string, retryCount = 0) {
  return {
    originalEvent: { dynamodb: { Keys: { PK: { S: 'SMTP_USER' }, SK: { S: `USER#${username}` } } } },
    errorType: 'ThrottlingException',
    errorMessage: 'Too fast.',
    retryCount,
    timestamp: '2026-01-01T00:00:00.000Z',
    correlationId: `dead-letter-${username}`,
  };
}

/** Waits for the only message in the parking queue, and removes it. */
async function takeParked(): Promise<Message> {
  const QueueUrl = stack.description.parkingQueueUrl;
  let parked: Message | undefined;
  await waitUntil(async () => {
    const { Messages = [] } = await stack.clients.sqs.send(
      new ReceiveMessageCommand({ QueueUrl, MessageAttributeNames: ['All'], WaitTimeSeconds: 1 }),
    );
    parked = Messages[0];
    return parked !== undefined;
  }, 30);
  await stack.clients.sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: parked?.ReceiptHandle }));
  return parked ?? {};
}

const attributesOf = ({ MessageAttributes = {} }: Message) =>
  Object.fromEntries(Object.entries(MessageAttributes).map(([name, { StringValue }]) => [name, StringValue]));

/** Whether a queue has no messages, neither visible nor in flight. */
async function isEmpty(QueueUrl: string): Promise<boolean> {
  const { Attributes = {} } = await stack.clients.sqs.send(
    new GetQueueAttributesCommand({
      QueueUrl,
      AttributeNames: ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'],
    }),
  );
  return Object.values(Attributes).every((count) => count === '0');
}

const waitUntilProcessed = () => waitUntil(() => isEmpty(stack.description.deadLetterQueueUrl), 30);

describe('a record whose work failed', () => {
  it('becomes active automatically once AWS works again, and leaves nothing in a queue', async () => {
    await switchKmsKey('off');
    await records.insert('dead.kms', ['dead.kms@example.com']);
    const failed = await records.waitForStatus('dead.kms', 'failed');
    expect(failed['failure']).toMatchObject({ code: 'DisabledException', attempts: 1 });
    await records.waitFor('dead.kms', ({ failure }) => (failure as { attempts?: number } | undefined)?.attempts === 2);
    await switchKmsKey('on');
    const active = await records.waitForStatus('dead.kms', 'active', 30);
    expect(active).not.toHaveProperty('failure');
    expect(await iamUsersOf(stack.clients.iam, 'dead.kms')).toHaveLength(1);
    await waitUntilProcessed();
    expect(await isEmpty(stack.description.parkingQueueUrl)).toBe(true);
  });

  it('does not change when its dead letter arrives ten times', async () => {
    await records.insert('dead.twice', ['dead.twice@example.com']);
    const active = await records.waitForStatus('dead.twice', 'active');
    await Promise.all(Array.from({ length: 10 }, () => send(deadLetterFor('dead.twice'))));
    await waitUntilProcessed();
    const after = await records.read('dead.twice');
    expect(after).toMatchObject({ status: 'active', access_key_id: active['access_key_id'] });
    expect(await iamUsersOf(stack.clients.iam, 'dead.twice')).toHaveLength(1);
  });

  it('is parked with its history after the last attempt', async () => {
    // The record's own dead letter arrives too, with all earlier attempts. In parallel, the two would block each other.
    await stack.clients.lambda.send(
      new PutFunctionConcurrencyCommand({ FunctionName: processor, ReservedConcurrentExecutions: 1 }),
    );
    await switchKmsKey('off');
    const deadLetter = deadLetterFor('dead.parked', 6);
    await records.insert('dead.parked', ['dead.parked@example.com']);
    await records.waitForStatus('dead.parked', 'failed');
    await send(deadLetter);
    const parked = await takeParked();
    expect(JSON.parse(parked.Body ?? '')).toEqual(deadLetter);
    expect(attributesOf(parked)).toEqual({
      sourceForm: 'dead-letter',
      errorType: 'DisabledException',
      errorMessage: expect.stringContaining('kms:Encrypt'),
      retryCount: '8',
      firstFailedAt: '2026-01-01T00:00:00.000Z',
      lastTriedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      correlationId: 'dead-letter-dead.parked',
      username: 'dead.parked',
    });
    await switchKmsKey('on');
    await records.waitForStatus('dead.parked', 'active', 30);
    await waitUntilProcessed();
  });

  it('is left to its administrator when the fault is permanent', async () => {
    await records.insert('dead.wrong', ['*']);
    const failed = await records.waitForStatus('dead.wrong', 'failed');
    await send(deadLetterFor('dead.wrong'));
    await waitUntilProcessed();
    expect(await records.read('dead.wrong')).toMatchObject({
      status: 'failed',
      failure: { code: 'InvalidAddressPattern' },
    });
    expect(failed).toMatchObject({ failure: { code: 'InvalidAddressPattern' } });
    expect(await isEmpty(stack.description.parkingQueueUrl)).toBe(true);
  });
});

describe("Lambda's own failure records", () => {
  const streamBatch = () => ({
    requestContext: { requestId: 'batch-1', condition: 'RetryAttemptsExhausted', approximateInvokeCount: 1 },
    version: '1.0',
    timestamp: '2026-01-01T00:00:00.000Z',
    DDBStreamBatchInfo: { batchSize: 1, streamArn: stack.description.streamArn },
  });

  it.each<[string, () => unknown, Record<string, string>]>([
    ['a batch of the stream', streamBatch, {}],
    [
      'an invocation',
      () => ({ source: 'aws.scheduler' }),
      { RequestID: 'request-1', ErrorCode: '200', ErrorMessage: 'It ended.' },
    ],
  ])('of %s make the function reconcile unconverged records', async (name, build, attributes) => {
    const username = `dead.${name.split(' ').at(-1)}`;
    await records.insert(username, [`${username}@example.com`], { status: 'disabled' });
    await records.waitFor(username, (record) => record['disabled_at'] !== undefined);
    // The manager ignores this attribute, so it doesn't reconcile.
    await stack.clients.dynamodb.send(
      new UpdateItemCommand({
        TableName: stack.description.table,
        Key: marshall({ PK: 'SMTP_USER', SK: `USER#${username}` }),
        UpdateExpression: 'REMOVE disabled_at',
      }),
    );
    await send(build(), attributes);
    await records.waitFor(username, (record) => record['disabled_at'] !== undefined, 30);
    await waitUntilProcessed();
  });
});

describe('an unknown message', () => {
  it.each(['hello', '{"Records":[{"eventSource":"aws:s3"}]}'])('is parked unchanged: %s', async (body) => {
    await send(body, { RULE_ARN: 'arn:aws:events:us-east-1:000000000000:rule/other' });
    const parked = await takeParked();
    expect(parked.Body).toBe(body);
    expect(attributesOf(parked)).toMatchObject({
      sourceForm: 'unknown',
      errorType: 'UnknownMessage',
      originalAttributes: '{"RULE_ARN":"arn:aws:events:us-east-1:000000000000:rule/other"}',
    });
    await waitUntilProcessed();
  });
});
