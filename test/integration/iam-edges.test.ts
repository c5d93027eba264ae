import { DeleteItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import {
  AddUserToGroupCommand,
  CreateGroupCommand,
  CreateLoginProfileCommand,
  GetUserCommand,
  ListAccessKeysCommand,
  ListAttachedUserPoliciesCommand,
  ListUserPoliciesCommand,
  PutUserPolicyCommand,
  RemoveUserFromGroupCommand,
} from '@aws-sdk/client-iam';
import { type Message, ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { marshall } from '@aws-sdk/util-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildPolicyName } from '../../src/credential/iam/iam-user-name.ts';
import { createCredentialRecords } from '../support/credential-records.ts';
import { type OwnLocalStack, startLocalStack } from '../support/start-local-stack.ts';
import { waitUntil } from '../support/wait-until.ts';

let stack: OwnLocalStack;
let records: ReturnType<typeof createCredentialRecords>;

beforeAll(async () => {
  stack = await startLocalStack({ timings: { backoffBaseSeconds: 1, backoffLimitSeconds: 2 } });
  records = createCredentialRecords(stack.clients.dynamodb, stack.description.table);
});

afterAll(() => stack?.stop());

const keyOf = (username: string) => marshall({ PK: 'SMTP_USER', SK: `USER#${username}` });

async function make(username: string): Promise<string> {
  await records.insert(username, [`${username}@example.com`]);
  const record = await records.waitForStatus(username, 'active');
  return String(record['iam_user_arn']).split('/').at(-1) ?? '';
}

const remove = (username: string) =>
  stack.clients.dynamodb.send(new DeleteItemCommand({ TableName: stack.description.table, Key: keyOf(username) }));

async function hasNoKeys(UserName: string): Promise<boolean> {
  const { AccessKeyMetadata = [] } = await stack.clients.iam.send(new ListAccessKeysCommand({ UserName }));
  return AccessKeyMetadata.length === 0;
}

/** Whether the user is gone. */
const isGone = (UserName: string) =>
  stack.clients.iam.send(new GetUserCommand({ UserName })).then(
    () => false,
    ({ name }) => name === 'NoSuchEntityException',
  );

async function takeParked(): Promise<Message> {
  let parked: Message | undefined;
  await waitUntil(async () => {
    const { Messages = [] } = await stack.clients.sqs.send(
      new ReceiveMessageCommand({
        QueueUrl: stack.description.parkingQueueUrl,
        MessageAttributeNames: ['All'],
        WaitTimeSeconds: 1,
      }),
    );
    parked = Messages[0];
    return parked !== undefined;
  }, 60);
  return parked ?? {};
}

describe('a user that IAM does not delete', () => {
  it('loses its keys at once; the parked message names the obstacle and the runbook', async () => {
    const name = await make('edge.profile');
    await stack.clients.iam.send(new CreateLoginProfileCommand({ UserName: name, Password: 'Correct-horse-7' }));
    await remove('edge.profile');
    await waitUntil(() => hasNoKeys(name));
    const { MessageAttributes = {} } = await takeParked();
    expect(MessageAttributes['errorType']?.StringValue).toBe('IamUserLeftOver');
    const words = MessageAttributes['errorMessage']?.StringValue;
    expect(words).toContain(`The IAM user ${name} could not be deleted completely.`);
    expect(words).toContain('must delete login profile first');
    expect(words).toContain('undeletable-user');
    expect(await isGone(name)).toBe(false);
  });

  it('is deleted automatically once the obstacle is gone', async () => {
    const name = await make('edge.group');
    await stack.clients.iam.send(new CreateGroupCommand({ GroupName: 'edge' }));
    await stack.clients.iam.send(new AddUserToGroupCommand({ GroupName: 'edge', UserName: name }));
    await remove('edge.group');
    await waitUntil(() => hasNoKeys(name));
    await stack.clients.iam.send(new RemoveUserFromGroupCommand({ GroupName: 'edge', UserName: name }));
    await waitUntil(() => isGone(name), 30);
  });
});

describe('a user whose space for inline policies is used up', () => {
  it('gets a managed policy, and keeps it without a retry', async () => {
    const name = await make('edge.crowded');
    const PolicyDocument = JSON.stringify({
      Version: '2012-10-17',
      Statement: [{ Sid: 'A'.repeat(1_400), Effect: 'Deny', Action: 'ses:SendBulkEmail', Resource: '*' }],
    });
    await stack.clients.iam.send(new PutUserPolicyCommand({ UserName: name, PolicyName: 'by-hand', PolicyDocument }));
    const patterns = Array.from({ length: 20 }, (_, index) => `address-${index}@sub.example.com`);
    await stack.clients.dynamodb.send(
      new UpdateItemCommand({
        TableName: stack.description.table,
        Key: keyOf('edge.crowded'),
        UpdateExpression: 'SET allowed_from_addresses = :patterns',
        ExpressionAttributeValues: marshall({ ':patterns': patterns }),
      }),
    );
    const record = await records.waitFor('edge.crowded', ({ policy_digest: digest }) =>
      String(digest).startsWith('managed:'),
    );
    expect(record).toMatchObject({ status: 'active' });
    expect(record).not.toHaveProperty('failure');
    const { AttachedPolicies = [] } = await stack.clients.iam.send(
      new ListAttachedUserPoliciesCommand({ UserName: name }),
    );
    expect(AttachedPolicies.map(({ PolicyName }) => PolicyName)).toEqual([buildPolicyName(name, stack.description)]);
    const { PolicyNames } = await stack.clients.iam.send(new ListUserPoliciesCommand({ UserName: name }));
    expect(PolicyNames).toEqual(['by-hand']);
  });
});
