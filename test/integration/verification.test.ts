import { UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { ListAccessKeysCommand, UpdateAccessKeyCommand } from '@aws-sdk/client-iam';
import { InvokeCommand } from '@aws-sdk/client-lambda';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { marshall } from '@aws-sdk/util-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createCredentialRecords } from '../support/credential-records.ts';
import { iamUsersOf } from '../support/iam-users-of.ts';
import { type OwnLocalStack, startLocalStack } from '../support/start-local-stack.ts';

type Item = Record<string, unknown>;

let stack: OwnLocalStack;
let records: ReturnType<typeof createCredentialRecords>;

beforeAll(async () => {
  stack = await startLocalStack({
    timings: { verificationDelaySeconds: 0, verificationSeconds: 2 },
  });
  records = createCredentialRecords(stack.clients.dynamodb, stack.description.table);
});

afterAll(() => stack.stop());

const waitUntilVerified = (username: string) =>
  records.waitFor(username, (record) => record['verified_at'] !== undefined, 30);

async function create(username: string): Promise<Item> {
  await records.insert(username, [`${username}@example.com`]);
  return waitUntilVerified(username);
}

async function setKeyStatus(username: string, Status: 'Active' | 'Inactive'): Promise<void> {
  const { iam } = stack.clients;
  const [UserName] = await iamUsersOf(iam, username);
  const { AccessKeyMetadata = [] } = await iam.send(new ListAccessKeysCommand({ UserName }));
  for (const { AccessKeyId } of AccessKeyMetadata) {
    await iam.send(new UpdateAccessKeyCommand({ UserName, AccessKeyId, Status }));
  }
}

/** One of our events in the queue, as EventBridge delivers it. */
function eventFor(username: string, record: Item): string {
  return JSON.stringify({
    version: '0',
    source: 'sesame',
    'detail-type': 'activated',
    detail: {
      table: stack.description.table,
      username,
      access_key_id: record['access_key_id'],
      correlation_id: 'a-test',
    },
  });
}

async function removeVerification(username: string): Promise<void> {
  await stack.clients.dynamodb.send(
    new UpdateItemCommand({
      TableName: stack.description.table,
      Key: marshall({ PK: 'SMTP_USER', SK: `USER#${username}` }),
      UpdateExpression: 'REMOVE verified_at',
    }),
  );
}

describe('the verification of a key', () => {
  it('follows its creation automatically', async () => {
    const record = await create('verify.new');
    expect(record).toMatchObject({ status: 'active' });
    expect(Date.parse(record['verified_at'] as string)).toBeGreaterThanOrEqual(
      Date.parse(record['created_at'] as string),
    );
    expect(record).not.toHaveProperty('verification_failure');
  });

  it('says why a key does not log in, and retries until it does', async () => {
    const record = await create('verify.refused');
    await removeVerification('verify.refused');
    await setKeyStatus('verify.refused', 'Inactive');
    await stack.clients.sqs.send(
      new SendMessageCommand({
        QueueUrl: stack.description.verificationQueueUrl,
        MessageBody: eventFor('verify.refused', record),
      }),
    );
    const failed = await records.waitFor('verify.refused', (item) => item['verification_failure'] !== undefined, 30);
    expect(failed['verification_failure']).toMatchObject({
      code: 'Smtp535',
      message: expect.stringContaining('535 Authentication Credentials Invalid'),
    });
    await setKeyStatus('verify.refused', 'Active');
    expect(await waitUntilVerified('verify.refused')).not.toHaveProperty('verification_failure');
  });

  it.each(['garbage', "another record's password"])(
    'finds %s in place of the password, and makes a new key',
    async (what) => {
      const username = `verify.${what.split(' ')[0]}`.replace('another', 'copied');
      const record = await create(username);
      const other = what === 'garbage' ? undefined : await create('verify.other');
      await stack.clients.dynamodb.send(
        new UpdateItemCommand({
          TableName: stack.description.table,
          Key: marshall({ PK: 'SMTP_USER', SK: `USER#${username}` }),
          UpdateExpression: 'SET encrypted_password = :text',
          ExpressionAttributeValues: marshall({ ':text': other?.['encrypted_password'] ?? 'garbage' }),
        }),
      );
      const isReplaced = (item: Item) => item['access_key_id'] !== record['access_key_id'] && 'verified_at' in item;
      const renewed = await records.waitFor(username, isReplaced, 30);
      // The old password keeps working for those who have it.
      expect(renewed).toMatchObject({ status: 'active', previous_key: { access_key_id: record['access_key_id'] } });
      expect(renewed).not.toHaveProperty('verification_failure');
    },
  );

  it('drops messages that it cannot parse, and processes the rest of the batch', async () => {
    const record = await create('verify.batch');
    await removeVerification('verify.batch');
    const Records = ['{"hello":"world"}', eventFor('verify.batch', record)].map((body, index) => ({
      messageId: `message-${index}`,
      receiptHandle: `handle-${index}`,
      body,
      attributes: {},
      messageAttributes: {},
    }));
    const { Payload } = await stack.clients.lambda.send(
      new InvokeCommand({ FunctionName: 'smtp-credential-verifier', Payload: JSON.stringify({ Records }) }),
    );
    expect(JSON.parse(Payload?.transformToString() ?? '')).toEqual({
      batchItemFailures: [],
    });
    expect(await records.read('verify.batch')).toHaveProperty('verified_at');
  });
});
