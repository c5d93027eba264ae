import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import {
  DeleteUserCommand,
  GetUserCommand,
  ListAccessKeysCommand,
  PutUserPolicyCommand,
  UpdateAccessKeyCommand,
} from '@aws-sdk/client-iam';
import { GetFunctionConfigurationCommand, InvokeCommand } from '@aws-sdk/client-lambda';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { policyValues } from '../../local/deploy-function.ts';
import { evaluateIamRequest } from '../../local/iam-evaluation/evaluate-iam-request.ts';
import { createLocalClients } from '../../local/local-clients.ts';
import { localFunctions } from '../../local/local-functions.ts';
import { fastTimings } from '../../local/local-timings.ts';
import { readRolePolicy } from '../../local/policy/read-role-policy.ts';
import type { PolicyValues } from '../../local/policy/render-policy.ts';
import { sendTestMail } from '../../local/send-test-mail.ts';
import { functionCredentials } from '../support/function-credentials.ts';
import { iamPropagated } from '../support/iam-lag.ts';
import { readSmtpPassword } from '../support/read-smtp-password.ts';
import { type Side, startDeployments, stopDeployments } from '../support/start-deployments.ts';
import { waitUntil } from '../support/wait-until.ts';

type Item = Record<string, unknown>;

let sides: Side[] = [];

beforeAll(async () => {
  // No day passes, so that only the administrator changes a credential.
  sides = await startDeployments({
    ...fastTimings,
    daySeconds: 86_400,
    sweepEverySeconds: 3_600,
    rotationEverySeconds: 3_600,
  });
}, 180_000);

afterAll(() => stopDeployments(sides));

function sideAt(index: number): Side {
  const side = sides[index];
  if (side === undefined) throw new Error(`There is no side ${index}.`);
  return side;
}

const userOf = (record: Item) => String(record['iam_user_arn']).split('/').at(-1) ?? '';

async function statusesOf(side: Side, UserName: string): Promise<(string | undefined)[]> {
  const { AccessKeyMetadata = [] } = await side.clients.iam.send(new ListAccessKeysCommand({ UserName }));
  return AccessKeyMetadata.map(({ Status }) => Status);
}

/** Sends a mail once IAM shows past changes to all readers. */
async function send(side: Side, record: Item, from: string): Promise<string> {
  await iamPropagated();
  const { clients, description } = side;
  const password = await readSmtpPassword({ clients, description }, record);
  const mailAccount = { user: String(record['access_key_id']), password };
  return sendTestMail(description, mailAccount, {
    from,
    to: 'success@simulator.amazonses.com',
    subject: 'Side by side',
    security: 'TLS',
  });
}

/** Runs one sweep. Returns the findings in its log. */
async function sweep({ clients, description, deployment }: Side): Promise<string[]> {
  const id = randomUUID();
  await clients.lambda.send(
    new InvokeCommand({
      FunctionName: `${deployment.namePrefix}smtp-credential-sweeper`,
      Payload: JSON.stringify({ id }),
    }),
  );
  const lines = () =>
    readFileSync(description.logs.functions, 'utf8')
      .split('\n')
      .filter((line) => line.includes(id));
  await waitUntil(() => Promise.resolve(lines().some((line) => line.includes('SWEEP_RUN_DONE'))));
  return lines().filter((line) => line.includes('"finding"'));
}

const isAboutOthers = (line: string) => line.includes('"finding":"orphan-user"') || line.includes('SWEEP_LOOK_FAILED');

const verified = (record: Item) => record['verified_at'] !== undefined;

/** Takes credentials through a whole life. All sides have the same usernames. */
async function live(side: Side): Promise<void> {
  const { administration: admin, deployment } = side;
  const [first, second] = [`side@${deployment.identity}`, `changed@${deployment.identity}`];
  await admin.insert('side', [first]);
  const created = await admin.waitFor('side', verified, 30);
  const UserName = userOf(created);
  expect(await send(side, created, first)).toMatch(/^250 /);

  await admin.edit('side', { allowed_from_addresses: [second] });
  await admin.waitFor('side', ({ policy_digest }) => policy_digest !== created['policy_digest']);
  expect(await send(side, created, first)).toMatch(/^554 /);
  expect(await send(side, created, second)).toMatch(/^250 /);

  await admin.edit('side', { status: 'disabled' });
  await admin.waitFor('side', ({ disabled_at }) => disabled_at !== undefined);
  expect(await statusesOf(side, UserName)).toEqual(['Inactive']);

  await admin.edit('side', { status: 'pending' });
  await admin.waitForStatus('side', 'active');
  expect(await statusesOf(side, UserName)).toEqual(['Active']);

  await admin.edit('side', { rotate_requested: true });
  const rotated = await admin.waitFor('side', ({ access_key_id }) => access_key_id !== created['access_key_id']);
  expect(await send(side, rotated, second)).toMatch(/^250 /);

  await admin.remove('side');
  await waitUntil(() => isGone(side, UserName));
}

async function isGone(side: Side, UserName: string): Promise<boolean> {
  const answer = await side.clients.iam.send(new GetUserCommand({ UserName })).catch((error: Error) => error.name);
  return answer === 'NoSuchEntityException';
}

describe('deployments of one account', () => {
  it('work in parallel, and no sweep finds anything of another one', async () => {
    const stays = await Promise.all(
      sides.map(({ administration, deployment }) => administration.create('stays', [`stays@${deployment.identity}`])),
    );
    await Promise.all([
      ...sides.map(live),
      ...sides.map(async (side) => {
        // Findings about its own users while they change don't matter here.
        for (let count = 0; count < 3; count += 1) {
          expect((await sweep(side)).filter(isAboutOthers), side.name).toEqual([]);
        }
      }),
    ]);
    await iamPropagated();
    for (const [index, side] of sides.entries()) {
      expect(await sweep(side), side.name).toEqual([]);
      const before = stays[index] ?? {};
      expect(await side.administration.read('stays')).toMatchObject({
        status: 'active',
        access_key_id: before['access_key_id'],
        policy_digest: before['policy_digest'],
      });
      expect(await statusesOf(side, userOf(before)), side.name).toEqual(['Active']);
    }
  });

  it('have users that show their deployment', async () => {
    const arns = await Promise.all(
      sides.map(async ({ administration }) => {
        const record = await administration.read('stays');
        return String(record?.['iam_user_arn']).split('/').slice(0, -1).join('/');
      }),
    );
    expect(new Set(arns).size).toBe(sides.length);
  });

  it('have passwords that only their own Region’s endpoint accepts', async () => {
    const [first, elsewhere] = [sideAt(0), sideAt(1)];
    const record = (await first.administration.read('stays')) ?? {};
    const password = await readSmtpPassword(first, record);
    const mailAccount = { user: String(record['access_key_id']), password };
    const mail = { from: 'stays@example.com', to: 'success@simulator.amazonses.com', subject: 'x' } as const;
    expect(await sendTestMail(first.description, mailAccount, { ...mail, security: 'TLS' })).toMatch(/^250 /);
    expect(await sendTestMail(elsewhere.description, mailAccount, { ...mail, security: 'TLS' })).toMatch(/^535 /);
  });
});

const pairs = [
  [0, 1],
  [0, 2],
  [1, 0],
  [1, 2],
  [2, 0],
  [2, 1],
] as const;

/** All IAM actions on a user or its keys that any of our roles is allowed, and a few more. */
const userActions = [
  'CreateUser',
  'TagUser',
  'UntagUser',
  'GetUser',
  'UpdateUser',
  'DeleteUser',
  'CreateAccessKey',
  'UpdateAccessKey',
  'DeleteAccessKey',
  'ListAccessKeys',
  'GetAccessKeyLastUsed',
  'PutUserPolicy',
  'DeleteUserPolicy',
  'GetUserPolicy',
  'ListUserPolicies',
  'AttachUserPolicy',
  'DetachUserPolicy',
  'ListAttachedUserPolicies',
  'ListUserTags',
  'ListGroupsForUser',
  'PutUserPermissionsBoundary',
  'DeleteUserPermissionsBoundary',
].map((action) => `iam:${action}`);

describe('no role of a deployment', () => {
  it.each(pairs)('of side %i may read or change a user of side %i, says its policy', async (byIndex, ofIndex) => {
    const [by, of] = [sideAt(byIndex), sideAt(ofIndex)];
    const record = (await of.administration.read('stays')) ?? {};
    const { User } = await of.clients.iam.send(new GetUserCommand({ UserName: userOf(record) }));
    const tags = (User?.Tags ?? []).map(({ Key, Value = '' }) => [`iam:ResourceTag/${Key}`, Value] as const);
    const requestTags = (User?.Tags ?? []).map(({ Key, Value = '' }) => [`aws:RequestTag/${Key}`, Value] as const);
    const context = {
      ...Object.fromEntries([...tags, ...requestTags]),
      'aws:TagKeys': (User?.Tags ?? []).map(({ Key = '' }) => Key),
      'iam:PermissionsBoundary': User?.PermissionsBoundary?.PermissionsBoundaryArn ?? '',
      'iam:PolicyARN': `arn:aws:iam::${of.description.accountId}:policy/ses-smtp/x`,
    };
    const allowed: string[] = [];
    let asked = 0;
    for (const { name } of localFunctions) {
      const document = await readRolePolicy(name, valuesOf(by, name));
      for (const action of userActions) {
        asked += 1;
        const decision = await evaluateIamRequest({
          principalArn: `arn:aws:iam::${by.description.accountId}:role/${by.deployment.namePrefix}${name}`,
          identityPolicies: [{ name, document }],
          action,
          resource: User?.Arn ?? '',
          context,
        });
        if (decision.allowed) allowed.push(`${name}: ${action}`);
      }
    }
    expect(asked).toBe(localFunctions.length * userActions.length);
    expect(allowed).toEqual([]);
  });

  it.each(pairs)('of side %i may touch the table, the queues and the key of side %i', async (byIndex, ofIndex) => {
    const [by, of] = [sideAt(byIndex), sideAt(ofIndex)];
    const { region, accountId, streamArn, kmsKeyArn, table } = of.description;
    const queue = `arn:aws:sqs:${region}:${accountId}:${of.description.deadLetterQueueUrl.split('/').at(-1)}`;
    const tableArn = streamArn.slice(0, streamArn.indexOf('/stream/'));
    const kms = { 'kms:EncryptionContext:table': table };
    const requests: [string, string, Record<string, string | string[]>][] = [
      ['dynamodb:GetItem', tableArn, { 'dynamodb:LeadingKeys': ['SMTP_USER'] }],
      ['dynamodb:Query', tableArn, { 'dynamodb:LeadingKeys': ['SMTP_USER'] }],
      ['dynamodb:UpdateItem', tableArn, { 'dynamodb:LeadingKeys': ['SMTP_USER'] }],
      ['dynamodb:GetRecords', streamArn, {}],
      ['sqs:SendMessage', queue, {}],
      ['sqs:ReceiveMessage', queue, {}],
      ['kms:Encrypt', kmsKeyArn, kms],
      ['kms:Decrypt', kmsKeyArn, kms],
    ];
    const allowed: string[] = [];
    for (const { name } of localFunctions) {
      const document = await readRolePolicy(name, valuesOf(by, name));
      for (const [action, resource, context] of requests) {
        const decision = await evaluateIamRequest({
          principalArn: `arn:aws:iam::${accountId}:role/${by.deployment.namePrefix}${name}`,
          identityPolicies: [{ name, document }],
          ...(action.startsWith('kms:') ? { resourcePolicy: { name: 'key', document: keyPolicy(accountId) } } : {}),
          action,
          resource,
          context,
        });
        if (decision.allowed) allowed.push(`${name}: ${action} ${resource}`);
      }
    }
    expect(allowed).toEqual([]);
  });

  it.each(pairs)('of side %i gets through to a user of side %i', async (byIndex, ofIndex) => {
    const [by, of] = [sideAt(byIndex), sideAt(ofIndex)];
    const UserName = userOf((await of.administration.read('stays')) ?? {});
    const { FunctionArn = '', Role = '' } = await by.clients.lambda.send(
      new GetFunctionConfigurationCommand({ FunctionName: `${by.deployment.namePrefix}smtp-credential-sweeper` }),
    );
    const asRole = createLocalClients({
      ...by.description,
      credentials: functionCredentials(FunctionArn, Role),
    });
    const [key] = (await of.clients.iam.send(new ListAccessKeysCommand({ UserName }))).AccessKeyMetadata ?? [];
    const AccessKeyId = key?.AccessKeyId ?? '';
    const PolicyDocument = '{"Version":"2012-10-17","Statement":[]}';
    const calls: Promise<unknown>[] = [
      asRole.iam.send(new GetUserCommand({ UserName })),
      asRole.iam.send(new ListAccessKeysCommand({ UserName })),
      asRole.iam.send(new UpdateAccessKeyCommand({ UserName, AccessKeyId, Status: 'Inactive' })),
      asRole.iam.send(new PutUserPolicyCommand({ UserName, PolicyName: 'sesame-sending', PolicyDocument })),
      asRole.iam.send(new DeleteUserCommand({ UserName })),
    ];
    const answers = await Promise.allSettled(calls);
    expect(answers.map((answer) => (answer.status === 'rejected' ? (answer.reason as Error).name : 'allowed'))).toEqual(
      calls.map(() => 'AccessDenied'),
    );
    expect(await statusesOf(of, UserName)).toEqual(['Active']);
    asRole.destroy();
  });
});

function valuesOf({ description, deployment }: Side, functionName: string): PolicyValues {
  const { streamArn, region, accountId, deadLetterQueueUrl } = description;
  return policyValues(
    functionName,
    {
      ...description,
      tableArn: streamArn.slice(0, streamArn.indexOf('/stream/')),
      deadLetterQueue: {
        url: deadLetterQueueUrl,
        arn: `arn:aws:sqs:${region}:${accountId}:${deadLetterQueueUrl.split('/').at(-1)}`,
      },
    },
    deployment,
  );
}

/** KMS also checks the key's own policy. This one leaves everything to the account's IAM. */
function keyPolicy(accountId: string) {
  return {
    Version: '2012-10-17',
    Statement: [
      { Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${accountId}:root` }, Action: 'kms:*', Resource: '*' },
    ],
  };
}
