import { functionDefinitions } from '../../local/function-definitions.ts';
import { localSettings } from '../../local/local-settings.ts';
import {
  arn,
  type Call,
  call,
  calls,
  iam,
  kmsKeyArn,
  put,
  readByWriting,
  readSome,
  readWhole,
  remove,
  tableArn,
  update,
} from './calls.ts';

const { region, table, queues, topics } = localSettings;
const mark = `${region}/${table}`;
const userName = 'ses-smtp-user-jane-1764000000000';
const ourUser = iam(`user/ses-smtp/${mark}/${userName}`);
const ourPolicy = iam(`policy/ses-smtp/${mark}/${userName}`);
const boundary = { 'iam:PermissionsBoundary': iam(`policy/${localSettings.permissionsBoundary}`) };
const ours = { 'iam:ResourceTag/sesame:table': mark, ...boundary };
const ourPolicyTag = { 'aws:ResourceTag/sesame:table': mark };
const newTag = { 'aws:RequestTag/sesame:table': mark, 'aws:TagKeys': ['sesame:table'] };
const foreignTag = { ...newTag, 'aws:TagKeys': ['sesame:table', 'team'] };
const administrators = 'arn:aws:iam::aws:policy/AdministratorAccess';
const quarantine = 'arn:aws:iam::aws:policy/AWSCompromisedKeyQuarantineV3';

const ourContext = { 'kms:EncryptionContext:table': table };
const queueArns = Object.values(queues).map((name) => arn('sqs', name));
const functionArns = Object.keys(functionDefinitions).map((name) => arn('lambda', `function:${name}`));
const { alerts: alertsTopic, ...mailTopics } = topics;

/** Users of others, which have another tag or none, and another path. */
const foreignUsers: readonly [name: string, tags: Call['context']][] = [
  ['administrator', {}],
  ['administrator', { 'iam:ResourceTag/sesame:table': mark }],
  ['ses-smtp/legacy-admin', {}],
  [`ses-smtp/${userName}`, {}],
  [`ses-smtp/${mark}/legacy-admin`, {}],
  [`ses-smtp/${region}/other/${userName}`, { 'iam:ResourceTag/sesame:table': `${region}/other` }],
  [`ses-smtp/${mark}/${userName}`, { 'iam:ResourceTag/sesame:table': `${region}/other` }],
];

/** What somebody could do who holds a role: possible if one of the calls is allowed. */
export const harms: Readonly<Record<string, readonly Call[]>> = {
  'make a user that can at most send mail': [call('iam:CreateUser', ourUser, { ...newTag, ...boundary })],
  'make a key for a credential': [call('iam:CreateAccessKey', ourUser, ours)],
  "write a credential's IAM policy": [
    call('iam:PutUserPolicy', ourUser, ours),
    call('iam:AttachUserPolicy', ourUser, { ...ours, 'iam:PolicyARN': ourPolicy }),
    call('iam:CreatePolicy', ourPolicy, newTag),
    call('iam:CreatePolicyVersion', ourPolicy, ourPolicyTag),
  ],
  "switch a credential's keys on or off in IAM": [call('iam:UpdateAccessKey', ourUser, ours)],
  "delete a credential's IAM user, keys or policies": [
    ...calls('iam', ['DeleteUser', 'DeleteAccessKey', 'DeleteUserPolicy'], ourUser, ours),
    ...calls('iam', ['DeletePolicy', 'DeletePolicyVersion'], ourPolicy, ourPolicyTag),
  ],
  "lift AWS's quarantine of a leaked key": [
    call('iam:DetachUserPolicy', ourUser, { ...ours, 'iam:PolicyARN': quarantine }),
  ],
  'insert a credential, or change its senders': put('SMTP_USER', 'status', 'allowed_from_addresses'),
  'set the status of a record, which switches it on or off': update('SMTP_USER', 'status'),
  'forge what Sesame wrote: IAM user, claim': ['iam_user_arn', 'claim'].flatMap((name) => update('SMTP_USER', name)),
  'put another ciphertext on a record': update('SMTP_USER', 'encrypted_password'),
  'make a ciphertext that opens as a password': [call('kms:Encrypt', kmsKeyArn, ourContext)],
  'delete a record': [remove('SMTP_USER')],
  'read records without passwords': [...readSome('SMTP_USER', 'status'), ...readWhole('SMTP_USER')],
  "read passwords' ciphertexts": [
    ...['encrypted_password', 'previous_key'].flatMap((name) => readSome('SMTP_USER', name)),
    ...readWhole('SMTP_USER'),
  ],
  'be returned a record by writing to it': readByWriting('SMTP_USER'),
  'decrypt passwords': [call('kms:Decrypt', kmsKeyArn, ourContext)],
  'change counters': ['SESAME#COUNT', 'SESAME#SEEN#jane'].flatMap((key) => [...put(key, 'sends'), remove(key)]),
  'silence alerts': [...put('SESAME#ALERT', 'until_ms'), remove('SESAME#ALERT')],
  'forget when a suspension ends': [...put('SESAME#UNTIL', 'username', 'until_ms'), remove('SESAME#UNTIL')],
  'read or forge answers to repeated requests of the API': [
    ...put('SESAME#IDEMPOTENCY', 'answer_body'),
    ...readWhole('SESAME#IDEMPOTENCY'),
  ],
  'forget how often a password was revealed': update('SMTP_USER', 'reveals'),
  'move the sweep on': [...put('SESAME#SWEEP', 'turn'), remove('SESAME#SWEEP')],
  "read other programs' items": [...readSome('ROUTE#*@example.com', 'target'), ...readWhole('ROUTE#*@example.com')],
  "write other programs' items": [...put('ROUTE#*@example.com', 'target'), remove('ROUTE#*@example.com')],
  'send people an alert': [call('sns:Publish', arn('sns', alertsTopic))],
  'suppress any address (setting suppression_list)': [call('ses:PutSuppressedDestination', '*')],
  "take any address off the account's suppression list": [call('ses:DeleteSuppressedDestination', '*')],
  "publish Sesame's events": [
    call('events:PutEvents', arn('events', `event-bus/${localSettings.eventBus}`), { 'events:source': ['sesame'] }),
  ],
  "publish other programs' events": [
    call('events:PutEvents', arn('events', 'event-bus/default'), { 'events:source': ['com.example'] }),
  ],
  'forge SES events': [
    ...[queues.feedback, queues.sendingEvents].map((name) => call('sqs:SendMessage', arn('sqs', name))),
    ...Object.values(mailTopics).map((name) => call('sns:Publish', arn('sns', name))),
  ],
  'ask for verifications': [call('sqs:SendMessage', arn('sqs', queues.verifications))],
  'forge dead letters': [call('sqs:SendMessage', arn('sqs', queues.deadLetters))],
  'park messages': [call('sqs:SendMessage', arn('sqs', queues.parking))],
  'take or lose messages of a queue': queueArns.flatMap((queue) =>
    calls(
      'sqs',
      ['ReceiveMessage', 'DeleteMessage', 'ChangeMessageVisibility', 'PurgeQueue', 'StartMessageMoveTask'],
      queue,
    ),
  ),
  'call functions': functionArns.map((name) => call('lambda:InvokeFunction', name)),
  'take an untagged user or policy in the path of Sesame': [
    call('iam:TagUser', ourUser, newTag),
    call('iam:UpdateUser', ourUser),
    call('iam:TagPolicy', ourPolicy, newTag),
  ],
  'give users or policies tags that grant more': [
    call('iam:TagUser', ourUser, { ...ours, ...foreignTag }),
    call('iam:CreateUser', ourUser, { ...boundary, ...foreignTag }),
    call('iam:TagPolicy', ourPolicy, { ...ourPolicyTag, ...foreignTag }),
    call('iam:CreatePolicy', ourPolicy, foreignTag),
  ],
  'make a user without the boundary, or beyond it': [
    call('iam:CreateUser', ourUser, newTag),
    call('iam:CreateUser', ourUser, { ...newTag, 'iam:PermissionsBoundary': administrators }),
    call('iam:PutUserPolicy', ourUser, { 'iam:ResourceTag/sesame:table': mark }),
    call('iam:AttachUserPolicy', ourUser, { ...ours, 'iam:PolicyARN': administrators }),
    ...calls(
      'iam',
      ['DeleteUserPermissionsBoundary', 'PutUserPermissionsBoundary', 'CreateLoginProfile'],
      ourUser,
      ours,
    ),
    call('iam:CreatePolicyVersion', boundary['iam:PermissionsBoundary']),
  ],
  'take over users or policies of others': [
    ...foreignUsers.flatMap(([name, tags]) => [
      ...calls('iam', ['CreateAccessKey', 'UpdateAccessKey', 'DeleteUser'], iam(`user/${name}`), tags),
      call('iam:PutUserPolicy', iam(`user/${name}`), { ...tags, ...boundary }),
      call('iam:TagUser', iam(`user/${name}`), { ...tags, ...newTag }),
    ]),
    call('iam:TagPolicy', iam('policy/ses-smtp/legacy'), newTag),
    call('iam:TagPolicy', ourPolicy, { ...newTag, 'aws:ResourceTag/sesame:table': `${region}/other` }),
    call('iam:CreatePolicyVersion', ourPolicy, { 'aws:ResourceTag/sesame:table': `${region}/other` }),
    call('iam:CreatePolicyVersion', iam('policy/legacy')),
  ],
  'take on or change roles and functions': [
    call('sts:AssumeRole', iam('role/administrator')),
    ...calls(
      'iam',
      ['PassRole', 'PutRolePolicy', 'AttachRolePolicy', 'UpdateAssumeRolePolicy'],
      iam('role/administrator'),
    ),
    ...functionArns.flatMap((name) => calls('lambda', ['UpdateFunctionCode', 'UpdateFunctionConfiguration'], name)),
  ],
  'use other tables, keys, queues, topics and buses, or send mail': [
    ...calls('dynamodb', ['GetItem', 'Query', 'UpdateItem', 'PutItem', 'DeleteItem'], arn('dynamodb', 'table/other'), {
      'dynamodb:LeadingKeys': ['SMTP_USER'],
      'dynamodb:Attributes': ['PK', 'SK'],
    }),
    call('dynamodb:Scan', tableArn),
    ...calls('kms', ['Decrypt', 'Encrypt'], arn('kms', 'key/99999999-2222-3333-4444-555555555555'), ourContext),
    ...calls('kms', ['Decrypt', 'Encrypt'], kmsKeyArn, { 'kms:EncryptionContext:table': 'other' }),
    ...calls('kms', ['Decrypt', 'Encrypt'], kmsKeyArn),
    ...calls('sqs', ['SendMessage', 'ReceiveMessage'], arn('sqs', 'other')),
    call('sns:Publish', arn('sns', 'other')),
    call('events:PutEvents', arn('events', 'event-bus/other'), { 'events:source': ['sesame'] }),
    call('lambda:InvokeFunction', arn('lambda', 'function:other')),
    ...calls('ses', ['SendEmail', 'SendRawEmail'], arn('ses', 'identity/example.com')),
  ],
};

/** What roles may call without being able to do harm with it, by reason. */
export const harmless: Readonly<Record<string, readonly string[]>> = {
  'reads of users and policies: no secret is among them': [
    'iam:GetAccessKeyLastUsed',
    'iam:GetAccountSummary',
    'iam:GetPolicy',
    'iam:GetPolicyVersion',
    'iam:GetUser',
    'iam:GetUserPolicy',
    'iam:ListAccessKeys',
    'iam:ListAttachedUserPolicies',
    'iam:ListPolicies',
    'iam:ListPolicyVersions',
    'iam:ListUserPolicies',
    'iam:ListUsers',
    'iam:SimulatePrincipalPolicy',
  ],
  "reads of SES's settings and figures": [
    'ses:GetAccount',
    'ses:GetConfigurationSet',
    'ses:GetEmailIdentity',
    'ses:GetSendQuota',
    'ses:GetSendStatistics',
    'ses:GetSuppressedDestination',
    'ses:ListEmailIdentities',
  ],
  'reads of metrics, alarms and logs, in which a test finds no secret': [
    'cloudwatch:DescribeAlarms',
    'cloudwatch:GetDashboard',
    'cloudwatch:GetMetricData',
    'cloudwatch:ListMetrics',
    'logs:DescribeQueryDefinitions',
    'logs:FilterLogEvents',
    'logs:GetQueryResults',
    'logs:StartQuery',
  ],
  "writes of a function's own logs and traces": [
    'logs:CreateLogStream',
    'logs:PutLogEvents',
    'xray:PutTelemetryRecords',
    'xray:PutTraceSegments',
  ],
  'facts about queues, the stream and the deployment': [
    'dynamodb:DescribeStream',
    'dynamodb:ListStreams',
    'sqs:CancelMessageMoveTask',
    'sqs:GetQueueAttributes',
    'sqs:GetQueueUrl',
    'sqs:ListMessageMoveTasks',
    'ssm:GetParameter',
  ],
};
