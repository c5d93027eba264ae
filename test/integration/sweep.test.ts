import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  AttachUserPolicyCommand,
  CreateAccessKeyCommand,
  CreatePolicyCommand,
  CreateUserCommand,
  DeleteAccessKeyCommand,
  DeleteUserCommand,
  DeleteUserPermissionsBoundaryCommand,
  DeleteUserPolicyCommand,
  GetUserCommand,
  GetUserPolicyCommand,
  ListAccessKeysCommand,
  PutUserPermissionsBoundaryCommand,
  PutUserPolicyCommand,
  UpdateAccessKeyCommand,
} from '@aws-sdk/client-iam';
import { GetFunctionEventInvokeConfigCommand, InvokeCommand } from '@aws-sdk/client-lambda';
import { CreateConfigurationSetCommand, CreateEmailIdentityCommand } from '@aws-sdk/client-sesv2';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createSignedFetch } from '../../src/aws/sign-request.ts';
import { buildIamUserTags } from '../../src/credential/iam/iam-user-name.ts';
import { buildIamPath } from '../../src/credential/iam/ownership.ts';
import { createCredentialRecords } from '../support/credential-records.ts';
import { iamPropagated } from '../support/iam-lag.ts';
import { type OwnLocalStack, startLocalStack, TEST_PROPAGATION_SECONDS } from '../support/start-local-stack.ts';
import { waitUntil } from '../support/wait-until.ts';

const sweeper = 'smtp-credential-sweeper';
let stack: OwnLocalStack;
let records: ReturnType<typeof createCredentialRecords>;

beforeAll(async () => {
  stack = await startLocalStack({ timings: { settleSeconds: 1, verificationDelaySeconds: 0 } });
  records = createCredentialRecords(stack.clients.dynamodb, stack.description.table);
});

afterAll(() => stack?.stop());

/** Makes a verified credential and returns its IAM user's name. */
async function make(username: string): Promise<string> {
  await records.insert(username, [`${username}@example.com`]);
  const record = await records.waitFor(username, ({ verified_at }) => verified_at !== undefined);
  return String(record['iam_user_arn']).split('/').at(-1) ?? '';
}

/** Runs one sweep. Returns the findings in its log, `username kind`. */
async function sweep(more: Record<string, unknown> = {}): Promise<string[]> {
  const id = randomUUID();
  const answer = await stack.clients.lambda.send(
    new InvokeCommand({ FunctionName: sweeper, Payload: JSON.stringify({ id, ...more }) }),
  );
  const lines = () =>
    readFileSync(stack.description.logs.functions, 'utf8')
      .split('\n')
      .filter((line) => line.includes(id));
  await waitUntil(() => Promise.resolve(lines().some((line) => line.includes('SWEEP_RUN_DONE'))));
  expect(answer.FunctionError, lines().join('\n')).toBeUndefined();
  return lines().flatMap((line) => {
    const [, user, kind] = /"username":"([^"]+)","finding":"([^"]+)"/.exec(line) ?? [];
    return user === undefined ? [] : [`${user} ${kind}`];
  });
}

const keysOf = async (UserName: string) =>
  (await stack.clients.iam.send(new ListAccessKeysCommand({ UserName }))).AccessKeyMetadata ?? [];

const policyOf = async (UserName: string) =>
  (await stack.clients.iam.send(new GetUserPolicyCommand({ UserName, PolicyName: 'sesame-sending' }))).PolicyDocument;

test('a scheduled call that fails permanently becomes a dead letter', async () => {
  const { DestinationConfig, MaximumRetryAttempts } = await stack.clients.lambda.send(
    new GetFunctionEventInvokeConfigCommand({ FunctionName: sweeper }),
  );
  expect(DestinationConfig?.OnFailure?.Destination).toMatch(/:smtp-dead-letters$/);
  expect(MaximumRetryAttempts).toBe(0);
});

test('finds nothing when table and IAM agree', async () => {
  await make('fine');
  expect(await sweep()).toEqual([]);
});

test('repairs what was changed by hand, and reports what only a person can decide', async () => {
  const { iam } = stack.clients;
  const names = {
    policy: await make('policy.gone'),
    widened: await make('policy.widened'),
    inactive: await make('key.inactive'),
    missing: await make('key.missing'),
    user: await make('user.gone'),
    extra: await make('key.extra'),
    quarantined: await make('quarantined'),
  };
  const policy = await policyOf(names.policy);
  await iam.send(new DeleteUserPolicyCommand({ UserName: names.policy, PolicyName: 'sesame-sending' }));
  await iam.send(
    new PutUserPolicyCommand({
      UserName: names.widened,
      PolicyName: 'sesame-sending',
      PolicyDocument: '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"ses:*","Resource":"*"}]}',
    }),
  );
  for (const { AccessKeyId } of await keysOf(names.inactive)) {
    await iam.send(new UpdateAccessKeyCommand({ UserName: names.inactive, AccessKeyId, Status: 'Inactive' }));
  }
  for (const name of [names.missing, names.user]) {
    for (const { AccessKeyId } of await keysOf(name)) {
      await iam.send(new DeleteAccessKeyCommand({ UserName: name, AccessKeyId }));
    }
  }
  await iam.send(new DeleteUserPolicyCommand({ UserName: names.user, PolicyName: 'sesame-sending' }));
  await iam.send(new DeleteUserCommand({ UserName: names.user }));
  await iam.send(new CreateAccessKeyCommand({ UserName: names.extra }));
  const { Policy } = await iam.send(
    new CreatePolicyCommand({
      PolicyName: 'AWSCompromisedKeyQuarantineV3',
      PolicyDocument: '{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"ses:*","Resource":"*"}]}',
    }),
  );
  await iam.send(new AttachUserPolicyCommand({ UserName: names.quarantined, PolicyArn: Policy?.Arn }));
  const orphan = 'ses-smtp-user-orphan-1700000000000';
  await iam.send(
    new CreateUserCommand({
      UserName: orphan,
      Path: buildIamPath(stack.description),
      Tags: buildIamUserTags({ ...stack.description, username: 'orphan' }),
    }),
  );
  await iam.send(new CreateUserCommand({ UserName: 'somebody-else', Path: '/ses-smtp/' }));

  // New users may not be visible in IAM yet, so the sweep doesn't compare them.
  await sleep((TEST_PROPAGATION_SECONDS + 1) * 1000);
  // Two sweeps find all faults: each makes three reads per user.
  const found = [...(await sweep()), ...(await sweep())].filter((finding, at, all) => all.indexOf(finding) === at);
  expect(found.sort()).toEqual([
    'key.extra orphan-key',
    'key.inactive inactive-key',
    'key.missing missing-key',
    'orphan orphan-user',
    'policy.gone policy-drift',
    'policy.widened policy-drift',
    'quarantined quarantined',
    'user.gone missing-user',
  ]);

  expect(await policyOf(names.policy)).toBe(policy);
  expect(decodeURIComponent((await policyOf(names.widened)) ?? '')).toContain('policy.widened@example.com');
  expect((await keysOf(names.inactive)).map((key) => key.Status)).toEqual(['Active']);
  expect(await keysOf(names.extra)).toHaveLength(1);
  for (const username of ['key.missing', 'user.gone']) {
    const record = await records.read(username);
    expect(record).toMatchObject({ status: 'active', repaired: { reason: expect.stringContaining('does not exist') } });
    const keys = await keysOf(String(record?.['iam_user_arn']).split('/').at(-1) ?? '');
    expect(keys.map((key) => [key.AccessKeyId, key.Status])).toEqual([[record?.['access_key_id'], 'Active']]);
  }
  expect(await records.read('quarantined')).toMatchObject({ status: 'disabled', suspension: {} });
  expect((await keysOf(names.quarantined)).map((key) => key.Status)).toEqual(['Inactive']);
  await iam.send(new GetUserCommand({ UserName: orphan }));
  await iam.send(new GetUserCommand({ UserName: 'somebody-else' }));
  expect((await sweep()).filter((finding) => finding !== 'orphan orphan-user')).toEqual([]);
});

test('reports identities below an allowed domain without our configuration set, and warns of patterns by their case', async () => {
  const { ses } = stack.clients;
  await ses.send(new CreateConfigurationSetCommand({ ConfigurationSetName: 'theirs' }));
  await ses.send(new CreateEmailIdentityCommand({ EmailIdentity: 'bare@example.com' }));
  await ses.send(
    new CreateEmailIdentityCommand({ EmailIdentity: 'Other@example.com', ConfigurationSetName: 'theirs' }),
  );
  await records.insert('identities', ['bare@example.com', 'other@example.com']);
  await records.waitFor('identities', ({ verified_at }) => verified_at !== undefined);
  expect(await sweep()).toContain('identities identity-configuration-set');
  expect((await records.read('identities'))?.['warning']).toMatchObject([
    {
      code: 'PatternCaseDiffers',
      text: expect.stringContaining('"other@example.com" does not allow Other@example.com'),
    },
  ]);
});

test('finds in one full sweep what takes turns otherwise, whichever turn it is', async () => {
  const [policyUser, boundaryUser] = [await make('full.policy'), await make('full.boundary')];
  const PolicyDocument = '{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"ses:*","Resource":"*"}]}';
  const name = { UserName: policyUser, PolicyName: 'sesame-sending' };
  await stack.clients.iam.send(new DeleteUserPermissionsBoundaryCommand({ UserName: boundaryUser }));
  for (let turn = 0; turn < 2; turn += 1) {
    await stack.clients.iam.send(new PutUserPolicyCommand({ ...name, PolicyDocument }));
    // A change that IAM may not show yet is no difference.
    await sleep((TEST_PROPAGATION_SECONDS + 1) * 1000);
    const found = (await sweep({ reads: 'all' })).filter((finding) => finding.startsWith('full.'));
    expect(found.sort()).toEqual(['full.boundary foreign-boundary', 'full.policy policy-drift']);
  }
  const PermissionsBoundary = stack.description.permissionsBoundaryArn;
  const restored = { UserName: boundaryUser, PermissionsBoundary };
  await stack.clients.iam.send(new PutUserPermissionsBoundaryCommand(restored));
});

test('reports a user that has lost its permissions boundary, within four sweeps', async () => {
  const UserName = await make('unbounded');
  await stack.clients.iam.send(new DeleteUserPermissionsBoundaryCommand({ UserName }));
  await iamPropagated();
  const found: string[] = [];
  for (let turn = 0; turn < 4; turn += 1) found.push(...(await sweep()));
  expect(found.filter((finding) => finding.startsWith('unbounded'))).toEqual(['unbounded foreign-boundary']);
  expect(found.filter((finding) => finding.endsWith('foreign-boundary'))).toHaveLength(1);
});

test('keeps its findings for people, with what became of them', async () => {
  const name = await make('kept.finding');
  const { region, credentials, api } = stack.description;
  const PolicyDocument = JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: 's3:GetObject', Resource: '*' }],
  });
  await stack.clients.iam.send(new PutUserPolicyCommand({ UserName: name, PolicyName: 'by-hand', PolicyDocument }));
  // A key this young may not be shown everywhere yet.
  await sleep((TEST_PROPAGATION_SECONDS + 1) * 1000);
  expect(await sweep({ reads: 'all' })).toContain('kept.finding foreign-policy');
  const answer = await createSignedFetch({ region, credentials })(`${api.url}/v1/findings?username=kept.finding`);
  expect(await answer.json()).toMatchObject({
    sweeps: expect.any(Number),
    swept_at: expect.any(String),
    is_running: false,
    findings: [{ username: 'kept.finding', kind: 'foreign-policy', outcome: 'open', runbook: 'compromised-key' }],
  });
});
