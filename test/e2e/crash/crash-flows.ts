import { DeleteItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import {
  CreateAccessKeyCommand,
  CreateUserCommand,
  DeleteAccessKeyCommand,
  DeleteUserCommand,
  DeleteUserPolicyCommand,
  ListAccessKeysCommand,
  PutUserPolicyCommand,
  UpdateAccessKeyCommand,
} from '@aws-sdk/client-iam';
import { marshall } from '@aws-sdk/util-dynamodb';
import type { CredentialEventType } from '../../../src/credential/credential-event.ts';
import { buildIamUserName, buildIamUserTags } from '../../../src/credential/iam/iam-user-name.ts';
import { buildIamPath } from '../../../src/credential/iam/ownership.ts';
import { iamUserNameOfArn } from '../../../src/credential/record/record.ts';
import { createCredentialRecords } from '../../support/credential-records.ts';
import type { OwnLocalStack } from '../../support/start-local-stack.ts';

export type TableRecord = Record<string, unknown>;

/** A credential's transition from one state to the next. */
export interface CrashFlow {
  /** Preparing steps; the lab waits for each. */
  readonly before: readonly Step[];
  readonly change: (username: string) => Promise<void>;
  /** Whether the record is in its final state. */
  readonly isDone: (record: TableRecord | undefined) => boolean;
  /** The events of which one must have been published in the end. There are several where the flow may fail and recover. */
  readonly publishes: readonly CredentialEventType[];
  /** The first occurrence of this call always fails: the flow tests what comes after it. */
  readonly always?: string;
}

interface Step {
  readonly do: (username: string) => Promise<void>;
  readonly isDone: (record: TableRecord | undefined) => boolean;
}

const isConverged = (record: TableRecord | undefined, status: string): record is TableRecord =>
  record?.['status'] === status && record['claim'] === undefined && record['failure'] === undefined;
const isActive = (record: TableRecord | undefined) => isConverged(record, 'active');
const isDisabled = (record: TableRecord | undefined) =>
  isConverged(record, 'disabled') && record['disabled_at'] !== undefined;
const previousKey = (record: TableRecord | undefined) => record?.['previous_key'] as TableRecord | undefined;
const isRotated = (record: TableRecord | undefined) => isActive(record) && previousKey(record) !== undefined;

const patterns = ['john@example.com'];
const past = '2020-01-01T00:00:00.000Z';

/** Creates all flows for one stack. */
export function createCrashFlows({ clients, description }: OwnLocalStack): Record<string, CrashFlow> {
  const { iam, dynamodb } = clients;
  const { table } = description;
  const records = createCredentialRecords(dynamodb, table);

  const update = async (username: string, expression: string, values: Record<string, unknown> = {}) => {
    await dynamodb.send(
      new UpdateItemCommand({
        TableName: table,
        Key: marshall({ PK: 'SMTP_USER', SK: `USER#${username}` }),
        UpdateExpression: expression,
        ...(Object.keys(values).length === 0 ? {} : { ExpressionAttributeValues: marshall(values) }),
      }),
    );
  };
  const userOf = async (username: string) => {
    const record = await records.read(username);
    const UserName = iamUserNameOfArn(String(record?.['iam_user_arn']));
    const { AccessKeyMetadata = [] } = await iam.send(new ListAccessKeysCommand({ UserName }));
    return { UserName, keys: AccessKeyMetadata.map(({ AccessKeyId }) => AccessKeyId) };
  };

  const insert = (username: string) => records.insert(username, patterns);
  const create: Step = { do: insert, isDone: isActive };
  const disable: Step = { do: (username) => records.setStatus(username, 'disabled'), isDone: isDisabled };
  const rotate: Step = {
    do: (username) => update(username, 'SET rotate_requested = :yes', { ':yes': true }),
    isDone: isRotated,
  };

  return {
    create: { before: [], change: insert, isDone: isActive, publishes: ['activated'] },
    'try again': { before: [], change: insert, isDone: isActive, publishes: ['activated'], always: 'iam:CreateUser' },
    change: {
      before: [create],
      change: (username) =>
        update(username, 'SET allowed_from_addresses = :patterns', { ':patterns': ['new@example.com'] }),
      isDone: isActive,
      publishes: ['changed', 'enabled'],
    },
    disable: { before: [create], change: disable.do, isDone: isDisabled, publishes: ['disabled'] },
    enable: {
      before: [create, disable],
      change: (username) => records.setStatus(username, 'pending'),
      isDone: isActive,
      publishes: ['enabled'],
    },
    rotate: { before: [create], change: rotate.do, isDone: isRotated, publishes: ['rotated'] },
    retire: {
      before: [create, rotate],
      change: (username) =>
        update(username, 'SET previous_key.retire_after = :past, verified_at = :past', { ':past': past }),
      isDone: (record) => isActive(record) && previousKey(record)?.['inactive_since'] !== undefined,
      publishes: ['old key retired'],
    },
    'delete the old key': {
      before: [create, rotate],
      change: (username) =>
        update(username, 'SET previous_key.inactive_since = :past, verified_at = :past', { ':past': past }),
      isDone: (record) => isActive(record) && previousKey(record) === undefined,
      publishes: ['old key deleted'],
    },
    delete: {
      before: [create],
      change: async (username) => {
        await dynamodb.send(
          new DeleteItemCommand({ TableName: table, Key: marshall({ PK: 'SMTP_USER', SK: `USER#${username}` }) }),
        );
      },
      isDone: (record) => record === undefined,
      publishes: ['deleted'],
    },
    adopt: {
      before: [],
      change: async (username) => {
        const UserName = buildIamUserName(username, Date.now() - 200_000);
        await iam.send(
          new CreateUserCommand({
            UserName,
            Path: buildIamPath(description),
            PermissionsBoundary: description.permissionsBoundaryArn,
            Tags: buildIamUserTags({ ...description, username }),
          }),
        );
        await iam.send(new CreateAccessKeyCommand({ UserName }));
        await records.insert(username, patterns, { claim: { iam_user_name: UserName, at: past, by: 'a dead run' } });
      },
      isDone: isActive,
      publishes: ['activated'],
    },
    'repair a tampered user': {
      before: [create],
      change: async (username) => {
        const { UserName, keys } = await userOf(username);
        await iam.send(new CreateAccessKeyCommand({ UserName }));
        await iam.send(new UpdateAccessKeyCommand({ UserName, AccessKeyId: keys[0], Status: 'Inactive' }));
        const PolicyDocument = JSON.stringify({
          Version: '2012-10-17',
          Statement: [{ Effect: 'Deny', Action: '*', Resource: '*' }],
        });
        await iam.send(new PutUserPolicyCommand({ UserName, PolicyName: 'sesame-sending', PolicyDocument }));
        await update(username, 'REMOVE policy_digest');
      },
      isDone: (record) => isActive(record) && record?.['policy_digest'] !== undefined,
      publishes: ['changed', 'enabled'],
    },
    'recreate a deleted user': {
      before: [create],
      change: async (username) => {
        const { UserName, keys } = await userOf(username);
        for (const AccessKeyId of keys) await iam.send(new DeleteAccessKeyCommand({ UserName, AccessKeyId }));
        await iam.send(new DeleteUserPolicyCommand({ UserName, PolicyName: 'sesame-sending' }));
        await iam.send(new DeleteUserCommand({ UserName }));
        await update(username, 'REMOVE policy_digest');
      },
      isDone: (record) => isActive(record) && record?.['policy_digest'] !== undefined,
      publishes: ['activated'],
    },
  };
}
