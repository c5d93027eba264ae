import { DeleteItemCommand, PutItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import {
  GetPolicyCommand,
  GetPolicyVersionCommand,
  GetUserCommand,
  GetUserPolicyCommand,
  ListAccessKeysCommand,
  ListAttachedUserPoliciesCommand,
  ListPolicyVersionsCommand,
  ListUserPoliciesCommand,
} from '@aws-sdk/client-iam';
import { DisableKeyCommand, EnableKeyCommand } from '@aws-sdk/client-kms';
import { marshall } from '@aws-sdk/util-dynamodb';
import { afterEach, describe, expect, it } from 'vitest';
import { buildPolicyName } from '../../src/credential/iam/iam-user-name.ts';
import { buildIamPath } from '../../src/credential/iam/ownership.ts';
import { createCredentialRecords } from '../support/credential-records.ts';
import { deadLettersIn, usernameOf } from '../support/dead-letters.ts';
import { testIamLag } from '../support/iam-lag.ts';
import { iamUsersOf } from '../support/iam-users-of.ts';
import { localStack } from '../support/local-stack.ts';
import { readSmtpPassword } from '../support/read-smtp-password.ts';
import { recordedCalls } from '../support/recorded-calls.ts';
import { waitUntil } from '../support/wait-until.ts';

type Item = Record<string, unknown>;
type DeadLetter = ReturnType<typeof deadLettersIn>[number];

const manager = 'smtp-credential-manager';
const startedAtMs = Date.now();

const { description, clients } = localStack();
const records = createCredentialRecords(clients.dynamodb, description.table);
const keyOf = (username: string) => marshall({ PK: 'SMTP_USER', SK: `USER#${username}` });

/** Changes attributes as an administrator does; undefined removes one. */
async function edit(username: string, changes: Item): Promise<void> {
  for (const [name, value] of Object.entries(changes)) {
    await clients.dynamodb.send(
      new UpdateItemCommand({
        TableName: description.table,
        Key: keyOf(username),
        UpdateExpression: value === undefined ? 'REMOVE #name' : 'SET #name = :value',
        ExpressionAttributeNames: { '#name': name },
        ...(value === undefined ? {} : { ExpressionAttributeValues: marshall({ ':value': value }) }),
      }),
    );
  }
}

async function create(username: string, patterns = [`${username}@example.com`], more: Item = {}): Promise<Item> {
  await records.insert(username, patterns, more);
  return records.waitForStatus(username, 'active');
}

async function userOf(username: string): Promise<string> {
  const names = await iamUsersOf(clients.iam, username);
  expect(names).toHaveLength(1);
  return names[0] ?? '';
}

async function keysOf(UserName: string): Promise<[string | undefined, string | undefined][]> {
  const { AccessKeyMetadata = [] } = await clients.iam.send(new ListAccessKeysCommand({ UserName }));
  return AccessKeyMetadata.map(({ AccessKeyId, Status }) => [AccessKeyId, Status]);
}

/** The patterns that IAM allows, and the form of the policy. */
async function allowedByIam(UserName: string): Promise<{ form: 'inline' | 'managed'; patterns: string[] }> {
  const { PolicyNames = [] } = await clients.iam.send(new ListUserPoliciesCommand({ UserName }));
  const { AttachedPolicies = [] } = await clients.iam.send(new ListAttachedUserPoliciesCommand({ UserName }));
  expect(PolicyNames.length + AttachedPolicies.length).toBe(1);
  const [attached] = AttachedPolicies;
  if (attached === undefined) {
    const inline = await clients.iam.send(new GetUserPolicyCommand({ UserName, PolicyName: PolicyNames[0] }));
    return { form: 'inline', patterns: patternsIn(inline.PolicyDocument) };
  }
  const { PolicyArn } = attached;
  const { Policy } = await clients.iam.send(new GetPolicyCommand({ PolicyArn }));
  const version = await clients.iam.send(
    new GetPolicyVersionCommand({ PolicyArn, VersionId: Policy?.DefaultVersionId }),
  );
  return { form: 'managed', patterns: patternsIn(version.PolicyVersion?.Document) };
}

function patternsIn(document = ''): string[] {
  const policy = JSON.parse(decodeURIComponent(document)) as {
    Statement: [{ Condition: { StringLike: { 'ses:FromAddress': string[] } } }];
  };
  return policy.Statement[0].Condition.StringLike['ses:FromAddress'];
}

const longPatterns = (count: number, name = 'a-rather-long-name-of-a-sender') =>
  Array.from({ length: count }, (_, index) => `${name}-${String(index).padStart(3, '0')}@example.com`);

describe('a new record', () => {
  it('gets a user with the boundary, a key, a password that KMS decrypts, and keeps foreign attributes', async () => {
    const record = await create('life.new', ['life.new@example.com', '*@marketing.example.com'], {
      cost_center: 4711,
      notes: { by: ['somebody', 'else'], flags: new Set(['a', 'b']) },
    });
    const UserName = await userOf('life.new');
    const { User } = await clients.iam.send(new GetUserCommand({ UserName }));
    expect(User).toMatchObject({
      Arn: record['iam_user_arn'],
      Path: buildIamPath(description),
      PermissionsBoundary: { PermissionsBoundaryArn: description.permissionsBoundaryArn },
      Tags: expect.arrayContaining([
        { Key: 'sesame:table', Value: `${description.region}/${description.table}` },
        { Key: 'sesame:username', Value: 'life.new' },
      ]),
    });
    expect(UserName).toMatch(/^ses-smtp-user-life\.new-\d{13}$/);
    expect(await keysOf(UserName)).toEqual([[record['access_key_id'], 'Active']]);
    expect(await allowedByIam(UserName)).toEqual({
      form: 'inline',
      patterns: ['*@marketing.example.com', 'life.new@example.com'],
    });
    expect(await readSmtpPassword({ clients, description }, record)).toMatch(/^[A-Za-z0-9+/]{44}$/);
    expect(record).toMatchObject({
      description: 'Mail of life.new',
      cost_center: 4711,
      notes: { by: ['somebody', 'else'], flags: new Set(['a', 'b']) },
      created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
      policy_digest: expect.stringMatching(/^inline:/),
    });
    expect(record).not.toHaveProperty('claim');
    expect(record).not.toHaveProperty('failure');
  });

  it('may have its patterns in a set', async () => {
    await create('life.set', ['ignored@example.com'], {
      allowed_from_addresses: new Set(['two@example.com', 'one@example.com']),
    });
    const { patterns } = await allowedByIam(await userOf('life.set'));
    expect(patterns).toEqual(['one@example.com', 'two@example.com']);
  });
});

describe('an active record', () => {
  it('whose patterns change keeps its key and gets a new policy', async () => {
    const before = await create('life.patterns');
    await edit('life.patterns', { allowed_from_addresses: new Set(['news*@example.com']) });
    const after = await records.waitFor(
      'life.patterns',
      (item) => item['policy_digest'] !== before['policy_digest'] && item['claim'] === undefined,
    );
    expect(after).toMatchObject({
      status: 'active',
      access_key_id: before['access_key_id'],
      encrypted_password: before['encrypted_password'],
      created_at: before['created_at'],
    });
    expect((await allowedByIam(await userOf('life.patterns'))).patterns).toEqual(['news*@example.com']);
  });

  it('that is disabled and enabled again has the same password', async () => {
    const before = await create('life.disable');
    const UserName = await userOf('life.disable');
    const key = before['access_key_id'] as string;
    await records.setStatus('life.disable', 'disabled');
    await waitUntil(async () => (await keysOf(UserName))[0]?.[1] === 'Inactive');
    expect(await keysOf(UserName)).toEqual([[key, 'Inactive']]);
    await records.setStatus('life.disable', 'pending');
    const after = await records.waitForStatus('life.disable', 'active');
    expect(await keysOf(UserName)).toEqual([[key, 'Active']]);
    expect(after).toMatchObject({ access_key_id: key, encrypted_password: before['encrypted_password'] });
  });

  it('that is disabled together with new patterns gets them when it is enabled', async () => {
    await create('life.disable.change');
    await records.setStatus('life.disable.change', 'disabled');
    await edit('life.disable.change', { allowed_from_addresses: ['later@example.com'] });
    await records.setStatus('life.disable.change', 'pending');
    await records.waitForStatus('life.disable.change', 'active');
    const UserName = await userOf('life.disable.change');
    await waitUntil(async () => (await allowedByIam(UserName)).patterns[0] === 'later@example.com');
    expect((await keysOf(UserName)).map(([, status]) => status)).toEqual(['Active']);
  });

  it('that is replaced as a whole has one user, and the old key is gone', async () => {
    const before = await create('life.put');
    const [oldName] = await iamUsersOf(clients.iam, 'life.put');
    const after = await create('life.put', ['put.over@example.com']);
    await waitUntil(async () => !(await iamUsersOf(clients.iam, 'life.put')).includes(oldName ?? ''));
    const record = await records.waitForStatus('life.put', 'active');
    expect(after['access_key_id']).not.toBe(before['access_key_id']);
    expect(await keysOf(await userOf('life.put'))).toEqual([[record['access_key_id'], 'Active']]);
  });

  it('that is deleted loses its user', async () => {
    await create('life.delete');
    await userOf('life.delete');
    await clients.dynamodb.send(new DeleteItemCommand({ TableName: description.table, Key: keyOf('life.delete') }));
    await waitUntil(async () => (await iamUsersOf(clients.iam, 'life.delete')).length === 0);
    expect(await records.read('life.delete')).toBeUndefined();
  });

  it('keeps its user when a copy is inserted under another name; the copy gets its own', async () => {
    const original = await create('life.original');
    const { PK: _pk, SK: _sk, ...copied } = original;
    await records.insert('life.copy', ['life.copy@example.com'], {
      ...copied,
      status: 'pending',
      allowed_from_addresses: ['life.copy@example.com'],
    });
    const copy = await records.waitForStatus('life.copy', 'active');
    expect(copy['access_key_id']).not.toBe(original['access_key_id']);
    expect(await keysOf(await userOf('life.original'))).toEqual([[original['access_key_id'], 'Active']]);
    expect((await allowedByIam(await userOf('life.original'))).patterns).toEqual(['life.original@example.com']);
    expect(await keysOf(await userOf('life.copy'))).toEqual([[copy['access_key_id'], 'Active']]);
  });
});

describe('a failed record', () => {
  it('becomes active when it is corrected and set to pending', async () => {
    await records.insert('life.failed', ['*']);
    const failed = await records.waitForStatus('life.failed', 'failed');
    expect(failed).toMatchObject({ failure: { attempts: 1, code: 'InvalidAddressPattern' } });
    await edit('life.failed', { allowed_from_addresses: ['fixed@example.com'], status: 'pending' });
    const fixed = await records.waitForStatus('life.failed', 'active');
    expect(fixed).not.toHaveProperty('failure');
    expect((await allowedByIam(await userOf('life.failed'))).patterns).toEqual(['fixed@example.com']);
  });

  it('that is set to pending without a correction fails again, counted from one', async () => {
    await records.insert('life.failed.again', []);
    const first = await records.waitForStatus('life.failed.again', 'failed');
    await records.setStatus('life.failed.again', 'pending');
    const second = await records.waitFor(
      'life.failed.again',
      (item) => item['status'] === 'failed' && item['updated_at'] !== first['updated_at'],
    );
    expect(second).toMatchObject({ failure: { attempts: 1 } });
    expect(await iamUsersOf(clients.iam, 'life.failed.again')).toEqual([]);
  });

  it('keeps the policy and key that worked when new patterns of an active record are wrong', async () => {
    const before = await create('life.wrong.change');
    await edit('life.wrong.change', { allowed_from_addresses: ['*'] });
    const failed = await records.waitForStatus('life.wrong.change', 'failed');
    expect(failed).toMatchObject({
      access_key_id: before['access_key_id'],
      encrypted_password: before['encrypted_password'],
      policy_digest: before['policy_digest'],
    });
    await edit('life.wrong.change', { allowed_from_addresses: ['right@example.com'], status: 'pending' });
    const after = await records.waitForStatus('life.wrong.change', 'active');
    expect(after['encrypted_password']).toBe(before['encrypted_password']);
    expect((await allowedByIam(await userOf('life.wrong.change'))).patterns).toEqual(['right@example.com']);
  });
});

describe('patterns that are too long for an inline policy', () => {
  it('go to a managed policy, change any number of times, and go back', async () => {
    const username = 'life.long';
    const many = longPatterns(60);
    let record = await create(username, many);
    const UserName = await userOf(username);
    expect(record['policy_digest']).toMatch(/^managed:/);
    expect(await allowedByIam(UserName)).toEqual({ form: 'managed', patterns: many });
    // A managed policy has at most five versions.
    for (let change = 0; change < 6; change += 1) {
      const digest = record['policy_digest'];
      await edit(username, { allowed_from_addresses: longPatterns(60, `change-${change}-of-the-rather-long-names`) });
      record = await records.waitFor(
        username,
        (item) => item['policy_digest'] !== digest && item['status'] === 'active',
      );
    }
    expect((await allowedByIam(UserName)).patterns[0]).toBe('change-5-of-the-rather-long-names-000@example.com');
    await edit(username, { allowed_from_addresses: ['short@example.com'] });
    await records.waitFor(username, (item) => String(item['policy_digest']).startsWith('inline:'));
    expect(await allowedByIam(UserName)).toEqual({ form: 'inline', patterns: ['short@example.com'] });
    expect(await managedPolicyVersions(UserName)).toBe(0);
  });

  it('are deleted with the record', async () => {
    await create('life.long.delete', longPatterns(60));
    const UserName = await userOf('life.long.delete');
    // A policy that a lagging IAM doesn't show yet is put again, as another version.
    const versions = await managedPolicyVersions(UserName);
    expect(versions).toBeGreaterThanOrEqual(1);
    expect(versions).toBeLessThanOrEqual(testIamLag() === undefined ? 1 : 5);
    await clients.dynamodb.send(
      new DeleteItemCommand({ TableName: description.table, Key: keyOf('life.long.delete') }),
    );
    await waitUntil(async () => (await iamUsersOf(clients.iam, 'life.long.delete')).length === 0);
    expect(await managedPolicyVersions(UserName)).toBe(0);
  });

  async function managedPolicyVersions(name: string): Promise<number> {
    const PolicyArn = `arn:aws:iam::${description.accountId}:policy${buildIamPath(description)}${buildPolicyName(name, description)}`;
    try {
      return (await clients.iam.send(new ListPolicyVersionsCommand({ PolicyArn }))).Versions?.length ?? 0;
    } catch (error) {
      if (error instanceof Error && error.name === 'NoSuchEntityException') return 0;
      throw error;
    }
  }
});

describe('when KMS refuses', () => {
  const KeyId = description.kmsKeyArn;
  afterEach(() => clients.kms.send(new EnableKeyCommand({ KeyId })));

  it('a new record fails, leaves nothing behind in IAM, and works once KMS does', async () => {
    await clients.kms.send(new DisableKeyCommand({ KeyId }));
    await records.insert('life.kms', ['life.kms@example.com']);
    const failed = await records.waitForStatus('life.kms', 'failed');
    const failure = failed['failure'] as { message: string; correlation_id: string };
    expect(failed).toMatchObject({ failure: { code: 'DisabledException' } });
    expect(failure.message).toContain('kms:Encrypt');
    for (const name of ['access_key_id', 'encrypted_password', 'iam_user_arn']) expect(failed).not.toHaveProperty(name);
    // A user that isn't visible yet can't be deleted yet. The claim keeps its name for the next attempt, which may run at any time.
    await waitUntil(async () => {
      const names = await iamUsersOf(clients.iam, 'life.kms');
      const claim = (await records.read('life.kms'))?.['claim'] as { iam_user_name?: string } | undefined;
      return names.every((name) => name === claim?.iam_user_name);
    });
    const deadLetter = await findDeadLetterOf('life.kms');
    expect(deadLetter).toEqual({
      originalEvent: expect.objectContaining({
        eventName: 'INSERT',
        dynamodb: expect.objectContaining({ Keys: keyOf('life.kms'), NewImage: expect.anything() }),
      }),
      errorType: 'DisabledException',
      errorMessage: failure.message,
      retryCount: 0,
      timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      correlationId: failure.correlation_id,
    });

    await clients.kms.send(new EnableKeyCommand({ KeyId }));
    await records.setStatus('life.kms', 'pending');
    const active = await records.waitForStatus('life.kms', 'active');
    expect(active).not.toHaveProperty('failure');
    expect(active).not.toHaveProperty('claim');
    expect(await iamUsersOf(clients.iam, 'life.kms')).toHaveLength(1);
    expect(await keysOf(await userOf('life.kms'))).toEqual([[active['access_key_id'], 'Active']]);
  });

  it('a rotation fails, the first key keeps working, and the dead letter holds no ciphertext', async () => {
    const before = await create('life.kms.rotate');
    await clients.kms.send(new DisableKeyCommand({ KeyId }));
    await edit('life.kms.rotate', { rotate_requested: true });
    const failed = await records.waitForStatus('life.kms.rotate', 'failed');
    expect(failed).toMatchObject({
      access_key_id: before['access_key_id'],
      encrypted_password: before['encrypted_password'],
      rotate_requested: true,
    });
    expect(await keysOf(await userOf('life.kms.rotate'))).toEqual([[before['access_key_id'], 'Active']]);
    const deadLetter = await findDeadLetterOf('life.kms.rotate');
    expect(deadLetter.originalEvent.dynamodb).toHaveProperty('OldImage');
    expect(JSON.stringify(deadLetter)).not.toContain(before['encrypted_password'] as string);
    expect(JSON.stringify(deadLetter)).not.toContain('encrypted_password');
  });

  it('a bad record in the same batch doesn’t keep the others from working', async () => {
    const usernames = ['life.batch.1', 'life.batch.2', 'life.batch.3'];
    const put = (username: string, patterns: string[]) =>
      clients.dynamodb.send(
        new PutItemCommand({
          TableName: description.table,
          Item: {
            ...keyOf(username),
            ...marshall({ status: 'pending', allowed_from_addresses: patterns, entity_type: 'smtp_credential' }),
          },
        }),
      );
    await Promise.all([
      put('life.batch.bad', ['*']),
      ...usernames.map((username) => put(username, [`${username}@example.com`])),
    ]);
    await Promise.all(usernames.map((username) => records.waitForStatus(username, 'active')));
    await records.waitForStatus('life.batch.bad', 'failed');
  });

  /** The dead letter as it was sent. Its function removes it from the queue at once. */
  async function findDeadLetterOf(username: string): Promise<DeadLetter> {
    let deadLetter: DeadLetter | undefined;
    await waitUntil(async () => {
      const calls = await recordedCalls(description, clients, manager, startedAtMs);
      deadLetter = deadLettersIn(calls).find((sent) => usernameOf(sent) === username);
      return deadLetter !== undefined;
    });
    return deadLetter as DeadLetter;
  }
});
