import { readFileSync } from 'node:fs';
import { DeleteItemCommand, PutItemCommand, ScanCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import {
  AddUserToGroupCommand,
  AttachUserPolicyCommand,
  CreateAccessKeyCommand,
  CreateGroupCommand,
  CreateLoginProfileCommand,
  CreatePolicyCommand,
  CreateRoleCommand,
  CreateUserCommand,
  DeleteUserCommand,
  DeleteUserPermissionsBoundaryCommand,
  PutRolePolicyCommand,
  PutUserPermissionsBoundaryCommand,
  PutUserPolicyCommand,
  UpdateAssumeRolePolicyCommand,
} from '@aws-sdk/client-iam';
import { DecryptCommand, ScheduleKeyDeletionCommand } from '@aws-sdk/client-kms';
import { GetFunctionConfigurationCommand, UpdateFunctionConfigurationCommand } from '@aws-sdk/client-lambda';
import { ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { policyValues } from '../../local/deploy-function.ts';
import { evaluateIamRequest } from '../../local/iam-evaluation/evaluate-iam-request.ts';
import { createLocalClients, type LocalClients } from '../../local/local-clients.ts';
import type { PolicyDocument } from '../../local/policy/policy-document.ts';
import { readPolicyTemplate } from '../../local/policy/read-policy-template.ts';
import { readRolePolicy } from '../../local/policy/read-role-policy.ts';
import { renderPolicy } from '../../local/policy/render-policy.ts';
import { functionCredentials } from '../support/function-credentials.ts';
import { iamUsersOf } from '../support/iam-users-of.ts';
import { type RecordedCall, recordedCalls } from '../support/recorded-calls.ts';
import { runEveryFlow } from '../support/run-every-flow.ts';
import { type OwnLocalStack, startLocalStack, TEST_PROPAGATION_SECONDS } from '../support/start-local-stack.ts';
import { type AuthorizedCall, toIamRequests } from '../support/to-iam-request.ts';

const manager = 'smtp-credential-manager';

/** What the policy grants to services that act in the role's name, so that no call of the function needs it. */
const grantedToOthers: Record<string, string> = {
  'dynamodb:DescribeStream': 'the event source mapping reads the stream in the name of the role',
  'dynamodb:GetRecords': 'the event source mapping reads the stream in the name of the role',
  'dynamodb:GetShardIterator': 'the event source mapping reads the stream in the name of the role',
  'dynamodb:ListStreams': 'the event source mapping reads the stream in the name of the role',
  'logs:CreateLogStream': 'the runtime writes the logs in the name of the role',
  'logs:PutLogEvents': 'the runtime writes the logs in the name of the role',
  'xray:PutTelemetryRecords': 'the X-Ray daemon sends the traces in the name of the role',
  'xray:PutTraceSegments': 'the X-Ray daemon sends the traces in the name of the role',
};

/** The usual key policy: the account's IAM policies decide. */
const keyPolicy = {
  name: 'key policy',
  document: {
    Version: '2012-10-17',
    Statement: [
      { Effect: 'Allow', Principal: { AWS: 'arn:aws:iam::000000000000:root' }, Action: 'kms:*', Resource: '*' },
    ],
  },
};

let stack: OwnLocalStack;
let policy: PolicyDocument;
let boundary: PolicyDocument;
let calls: RecordedCall[];
let requests: AuthorizedCall[];
let asManager: LocalClients;

const roleArn = () => `arn:aws:iam::${stack.description.accountId}:role/${manager}`;

function isAllowed(call: AuthorizedCall): Promise<{ allowed: boolean; explanation: string }> {
  return evaluateIamRequest({
    principalArn: roleArn(),
    identityPolicies: [{ name: manager, document: policy }],
    resourcePolicy: call.action.startsWith('kms:') ? keyPolicy : undefined,
    ...call,
  });
}

/** IAM knows neither path nor tags of a user that isn't visible yet, so it denies all access that depends on them. */
function isAboutYoungUser(logLine: string): boolean {
  const createdAtMs = Number(/user\/\S*ses-smtp-user-\S+-(\d{13})\b/.exec(logLine)?.[1]);
  const loggedAtMs = Date.parse(/"timestamp":"([^"]+)"/.exec(logLine)?.[1] ?? '');
  return loggedAtMs - createdAtMs < TEST_PROPAGATION_SECONDS * 1000;
}

beforeAll(async () => {
  stack = await startLocalStack({
    cloudTrail: true,
    functionEnvironment: { [manager]: { RECEIVING_RULES: 'warn', MAX_CREDENTIALS: '5000' } },
  });
  const { description, clients } = stack;
  const { streamArn } = description;
  policy = await readRolePolicy(
    manager,
    policyValues(manager, {
      ...description,
      tableArn: streamArn.slice(0, streamArn.indexOf('/stream/')),
      deadLetterQueue: {
        url: description.deadLetterQueueUrl,
        arn: `arn:aws:sqs:${description.region}:${description.accountId}:${description.deadLetterQueueUrl.split('/').at(-1)}`,
      },
    }),
  );
  boundary = renderPolicy(await readPolicyTemplate('smtp-user-boundary'), {});
  await runEveryFlow(description, clients);
  calls = await recordedCalls(description, clients, manager, Date.now() - 300_000);
  requests = toIamRequests(calls, description);
  const { FunctionArn = '', Role = '' } = await clients.lambda.send(
    new GetFunctionConfigurationCommand({ FunctionName: manager }),
  );
  asManager = createLocalClients({ ...description, credentials: functionCredentials(FunctionArn, Role) });
});

afterAll(async () => {
  asManager?.destroy();
  await stack?.stop();
});

describe('the policy of smtp-credential-manager', () => {
  it('allows every call of the flows', async () => {
    expect(requests.length).toBeGreaterThan(100);
    const denied = new Set<string>();
    for (const request of requests) {
      const { allowed, explanation } = await isAllowed(request);
      if (!allowed) denied.add(`${explanation} ${JSON.stringify(request.context)}`);
    }
    expect([...denied]).toEqual([]);
    const log = readFileSync(stack.description.logs.functions, 'utf8').split('\n');
    expect(log.filter((line) => /AccessDenied|not authorized/.test(line) && !isAboutYoungUser(line))).toEqual([]);
  });

  it('grants nothing that is never used', () => {
    const granted = policy.Statement.flatMap(({ Action }) => Action);
    const used = new Set([...requests.map(({ action }) => action), ...Object.keys(grantedToOthers)]);
    expect(granted.filter((action) => !used.has(action))).toEqual([]);
    expect(granted.filter((action) => action.includes('*'))).toEqual([]);
    expect(Object.keys(grantedToOthers).filter((action) => !granted.includes(action))).toEqual([]);
  });

  it('needs only what the recorded calls show', () => {
    const granted = new Set(policy.Statement.flatMap(({ Action }) => Action));
    expect([...new Set(requests.map(({ action }) => action))].filter((action) => !granted.has(action))).toEqual([]);
  });
});

describe('smtp-credential-manager must not', () => {
  const account = '000000000000';
  const arn = (service: string, rest: string, region = 'us-east-1') =>
    `arn:aws:${service}:${region}:${account}:${rest}`;
  const iam = (rest: string) => arn('iam', rest, '');
  const mark = 'us-east-1/sesame-local';
  const ours = iam(`user/ses-smtp/${mark}/ses-smtp-user-victim-1764000000000`);
  const goodTag = { 'aws:RequestTag/sesame:table': mark };
  const ownedBy = (of: string) => ({ 'iam:ResourceTag/sesame:table': of });
  const goodBoundary = { 'iam:PermissionsBoundary': iam('policy/sesame-smtp-user-boundary') };
  const badBoundary = { 'iam:PermissionsBoundary': iam('policy/anything') };
  const administrator = 'arn:aws:iam::aws:policy/AdministratorAccess';

  interface Forbidden {
    readonly title: string;
    readonly call: AuthorizedCall;
    /** The same call for the emulator. Undefined if the emulator doesn't support the decisive condition key. */
    readonly send?: (clients: LocalClients, name: string) => Promise<unknown>;
  }

  const forbid = (
    title: string,
    action: string,
    resource: string,
    context: AuthorizedCall['context'],
    send?: Forbidden['send'],
  ): Forbidden => ({ title, call: { action, resource, context }, ...(send === undefined ? {} : { send }) });

  const table = 'sesame-local';
  const tableArn = arn('dynamodb', `table/${table}`);
  const Key = { PK: { S: 'ROUTE#*@example.com' }, SK: { S: 'RULE#v1' } };
  const PolicyDocument = '{"Version":"2012-10-17","Statement":[]}';
  const AssumeRolePolicyDocument = PolicyDocument;

  const forbidden: readonly Forbidden[] = [
    forbid('decrypt a password', 'kms:Decrypt', '', { 'kms:EncryptionContext:table': table }, ({ kms }) =>
      kms.send(new DecryptCommand({ KeyId: stack.description.kmsKeyArn, CiphertextBlob: Buffer.from('x') })),
    ),
    forbid('encrypt for another table', 'kms:Encrypt', '', { 'kms:EncryptionContext:table': 'other' }),
    forbid('encrypt without a context', 'kms:Encrypt', '', {}),
    forbid('encrypt with another key', 'kms:Encrypt', arn('kms', 'key/11111111-2222-3333-4444-555555555555'), {
      'kms:EncryptionContext:table': table,
    }),
    forbid('delete the key', 'kms:ScheduleKeyDeletion', '', {}, ({ kms }) =>
      kms.send(new ScheduleKeyDeletionCommand({ KeyId: stack.description.kmsKeyArn })),
    ),
    forbid(
      'create a user outside the path',
      'iam:CreateUser',
      iam('user/ses-smtp-user-x'),
      { ...goodTag, ...goodBoundary },
      (clients) =>
        clients.iam.send(
          new CreateUserCommand({ UserName: 'ses-smtp-user-x', Tags: [{ Key: 'sesame:table', Value: mark }] }),
        ),
    ),
    forbid('create a user without a boundary', 'iam:CreateUser', ours, goodTag),
    forbid('create a user with another boundary', 'iam:CreateUser', ours, { ...goodTag, ...badBoundary }),
    forbid('create a user without tags', 'iam:CreateUser', ours, goodBoundary, (clients) =>
      clients.iam.send(new CreateUserCommand({ UserName: 'ses-smtp-user-untagged', Path: `/ses-smtp/${mark}/` })),
    ),
    forbid('create a user of another table', 'iam:CreateUser', ours, {
      'aws:RequestTag/sesame:table': 'us-east-1/other',
      ...goodBoundary,
    }),
    forbid('take over a user of another table by a tag', 'iam:TagUser', ours, {
      ...goodTag,
      ...ownedBy('us-east-1/other'),
    }),
    forbid('write a policy beyond the boundary', 'iam:PutUserPolicy', ours, { ...ownedBy(mark), ...badBoundary }),
    forbid('write a policy of a user without a boundary', 'iam:PutUserPolicy', ours, ownedBy(mark)),
    forbid('write a policy of another table’s user', 'iam:PutUserPolicy', ours, {
      ...ownedBy('us-east-1/other'),
      ...goodBoundary,
    }),
    forbid('write a policy of a foreign user', 'iam:PutUserPolicy', iam('user/somebody'), goodBoundary, (clients) =>
      clients.iam.send(new PutUserPolicyCommand({ UserName: 'somebody', PolicyName: 'p', PolicyDocument })),
    ),
    forbid('attach AdministratorAccess', 'iam:AttachUserPolicy', ours, {
      ...ownedBy(mark),
      ...goodBoundary,
      'iam:PolicyARN': administrator,
    }),
    forbid(
      'attach AdministratorAccess to a foreign user',
      'iam:AttachUserPolicy',
      iam('user/somebody'),
      { 'iam:PolicyARN': administrator },
      (clients) => clients.iam.send(new AttachUserPolicyCommand({ UserName: 'somebody', PolicyArn: administrator })),
    ),
    forbid('make a key for another table’s user', 'iam:CreateAccessKey', ours, ownedBy('us-east-1/other')),
    forbid('make a key for an administrator', 'iam:CreateAccessKey', iam('user/somebody'), {}, (clients) =>
      clients.iam.send(new CreateAccessKeyCommand({ UserName: 'somebody' })),
    ),
    forbid('delete another table’s user', 'iam:DeleteUser', ours, ownedBy('us-east-1/other')),
    forbid('delete a foreign user', 'iam:DeleteUser', iam('user/somebody'), {}, (clients) =>
      clients.iam.send(new DeleteUserCommand({ UserName: 'somebody' })),
    ),
    forbid('give a user a console password', 'iam:CreateLoginProfile', ours, ownedBy(mark), (clients, UserName) =>
      clients.iam.send(new CreateLoginProfileCommand({ UserName, Password: 'Password-1!' })),
    ),
    forbid(
      'remove the boundary',
      'iam:DeleteUserPermissionsBoundary',
      ours,
      { ...ownedBy(mark), ...goodBoundary },
      (clients, UserName) => clients.iam.send(new DeleteUserPermissionsBoundaryCommand({ UserName })),
    ),
    forbid(
      'change the boundary',
      'iam:PutUserPermissionsBoundary',
      ours,
      { ...ownedBy(mark), ...badBoundary },
      (clients, UserName) =>
        clients.iam.send(new PutUserPermissionsBoundaryCommand({ UserName, PermissionsBoundary: administrator })),
    ),
    forbid('put a user in a group', 'iam:AddUserToGroup', iam('group/senders'), {}, (clients, UserName) =>
      clients.iam.send(new AddUserToGroupCommand({ UserName, GroupName: 'senders' })),
    ),
    forbid('change who may assume a role', 'iam:UpdateAssumeRolePolicy', iam(`role/${manager}`), {}, (clients) =>
      clients.iam.send(
        new UpdateAssumeRolePolicyCommand({ RoleName: manager, PolicyDocument: AssumeRolePolicyDocument }),
      ),
    ),
    forbid('widen its own role', 'iam:PutRolePolicy', iam(`role/${manager}`), {}, (clients) =>
      clients.iam.send(new PutRolePolicyCommand({ RoleName: manager, PolicyName: 'more', PolicyDocument })),
    ),
    forbid('create a role', 'iam:CreateRole', iam('role/ses-smtp/new'), {}, (clients) =>
      clients.iam.send(new CreateRoleCommand({ RoleName: 'new', AssumeRolePolicyDocument })),
    ),
    forbid(
      'change the boundary’s policy',
      'iam:CreatePolicyVersion',
      iam('policy/sesame-smtp-user-boundary'),
      {},
      undefined,
    ),
    forbid('create a policy outside the path', 'iam:CreatePolicy', iam('policy/anything'), {}, (clients) =>
      clients.iam.send(new CreatePolicyCommand({ PolicyName: 'anything', PolicyDocument })),
    ),
    forbid('change a receiving rule', 'dynamodb:UpdateItem', tableArn, {
      'dynamodb:LeadingKeys': ['ROUTE#*@example.com'],
    }),
    forbid('read other partitions', 'dynamodb:BatchGetItem', tableArn, { 'dynamodb:LeadingKeys': ['ORDER#1'] }),
    forbid('read the credentials in bulk', 'dynamodb:BatchGetItem', tableArn, {
      'dynamodb:LeadingKeys': ['SMTP_USER'],
    }),
    forbid('delete a record', 'dynamodb:DeleteItem', tableArn, { 'dynamodb:LeadingKeys': ['SMTP_USER'] }, (clients) =>
      clients.dynamodb.send(new DeleteItemCommand({ TableName: table, Key })),
    ),
    forbid('put a record', 'dynamodb:PutItem', tableArn, { 'dynamodb:LeadingKeys': ['SMTP_USER'] }, (clients) =>
      clients.dynamodb.send(new PutItemCommand({ TableName: table, Item: Key })),
    ),
    forbid('scan the table', 'dynamodb:Scan', tableArn, {}, (clients) =>
      clients.dynamodb.send(new ScanCommand({ TableName: table })),
    ),
    forbid(
      'touch another table',
      'dynamodb:UpdateItem',
      arn('dynamodb', 'table/other'),
      { 'dynamodb:LeadingKeys': ['SMTP_USER'] },
      (clients) =>
        clients.dynamodb.send(
          new UpdateItemCommand({
            TableName: 'other',
            Key,
            UpdateExpression: 'SET #a = :a',
            ExpressionAttributeNames: { '#a': 'a' },
            ExpressionAttributeValues: { ':a': { S: 'a' } },
          }),
        ),
    ),
    forbid('read the dead letters', 'sqs:ReceiveMessage', arn('sqs', 'smtp-dead-letters'), {}, (clients) =>
      clients.sqs.send(new ReceiveMessageCommand({ QueueUrl: stack.description.deadLetterQueueUrl })),
    ),
    forbid('send to other queues', 'sqs:SendMessage', arn('sqs', 'other'), {}),
    forbid('publish events of another source', 'events:PutEvents', arn('events', 'event-bus/default'), {
      'events:source': 'other',
    }),
    forbid('send mail', 'ses:SendRawEmail', arn('ses', 'identity/example.com'), { 'ses:FromAddress': 'a@example.com' }),
    forbid(
      'change its own function',
      'lambda:UpdateFunctionConfiguration',
      arn('lambda', `function:${manager}`),
      {},
      (clients) => clients.lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName: manager, Timeout: 3 })),
    ),
  ];

  it.each(forbidden)('$title', async ({ call }) => {
    const resource = call.resource === '' ? stack.description.kmsKeyArn : call.resource;
    expect(await isAllowed({ ...call, resource })).toMatchObject({ allowed: false });
  });

  it('and the emulator denies every call that it can evaluate', async () => {
    await stack.clients.iam.send(new CreateUserCommand({ UserName: 'somebody' }));
    await stack.clients.iam.send(new CreateGroupCommand({ GroupName: 'senders' }));
    const [name = ''] = await iamUsersOf(stack.clients.iam, 'flow.rotation');
    const asked = forbidden.filter(({ send }) => send !== undefined);
    expect(asked.length).toBeGreaterThan(20);
    const answers = await Promise.all(
      asked.map(async ({ title, send }) => {
        const answer = await send?.(asManager, name).then(
          () => 'allowed',
          (error: unknown) => (error instanceof Error ? error.name : String(error)),
        );
        return { title, answer };
      }),
    );
    expect(answers.filter(({ answer }) => !/^AccessDenied/.test(String(answer)))).toEqual([]);
  });
});

describe('the permissions boundary', () => {
  it('grants only the two actions that send mail', () => {
    expect(boundary.Statement).toHaveLength(1);
    expect(boundary.Statement[0]).toMatchObject({
      Effect: 'Allow',
      Action: ['ses:SendEmail', 'ses:SendRawEmail'],
    });
  });

  it.each([
    ['ses:SendRawEmail', 'arn:aws:ses:us-east-1:000000000000:identity/example.com', true],
    ['ses:SendEmail', 'arn:aws:ses:us-east-1:000000000000:identity/example.com', true],
    ['ses:DeleteEmailIdentity', 'arn:aws:ses:us-east-1:000000000000:identity/example.com', false],
    ['iam:CreateAccessKey', 'arn:aws:iam::000000000000:user/admin', false],
    ['dynamodb:GetItem', 'arn:aws:dynamodb:us-east-1:000000000000:table/sesame-local', false],
    ['kms:Decrypt', 'arn:aws:kms:us-east-1:000000000000:key/11111111-2222-3333-4444-555555555555', false],
    ['sts:AssumeRole', 'arn:aws:iam::000000000000:role/admin', false],
  ])('of an administrator leaves %s on %s: %s', async (action, resource, allowed) => {
    const everything = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] };
    const decision = await evaluateIamRequest({
      principalArn: 'arn:aws:iam::000000000000:user/ses-smtp/ses-smtp-user-x-1764000000000',
      identityPolicies: [{ name: 'everything', document: everything }],
      permissionsBoundary: { name: 'boundary', document: boundary },
      action,
      resource,
      context: {},
    });
    expect(decision.allowed).toBe(allowed);
  });
});
