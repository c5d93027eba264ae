import type { AuthorizedCall } from '../to-iam-request.ts';

/** A call that a role must be allowed or denied. */
export interface RoleCall extends AuthorizedCall {
  readonly title: string;
}

const account = '123456789012';
const arn = (service: string, rest: string, region = 'eu-west-1') => `arn:aws:${service}:${region}:${account}:${rest}`;
const iam = (rest: string) => arn('iam', rest, '');

const table = 'mail';
const tableArn = arn('dynamodb', `table/${table}`);
const keyArn = arn('kms', 'key/00000000-1111-2222-3333-444444444444');
const otherKeyArn = arn('kms', 'key/99999999-1111-2222-3333-444444444444');
const path = `ses-smtp/eu-west-1/${table}`;
const mark = `eu-west-1/${table}`;
const iamUserName = 'ses-smtp-user-jane-1764000000000';
const user = iam(`user/${path}/${iamUserName}`);
const longPolicy = iam(`policy/${path}/${iamUserName}`);
/** The same table name in another Region, and another name in the same one. */
const elsewhere = ['us-east-1/mail', 'eu-west-1/mail-2', 'eu-west-1/other'];
const administrator = iam('user/administrator');
const boundary = { 'iam:PermissionsBoundary': iam('policy/company/mail-users') };
const requestTag = { 'aws:RequestTag/sesame:table': mark, 'aws:TagKeys': ['sesame:table', 'sesame:username'] };
const ours = { 'iam:ResourceTag/sesame:table': mark };
const others = { 'iam:ResourceTag/sesame:table': 'eu-west-1/other' };
const ourPolicy = { 'aws:ResourceTag/sesame:table': mark };
const othersPolicy = { 'aws:ResourceTag/sesame:table': 'eu-west-1/other' };
const credentials = { 'dynamodb:LeadingKeys': ['SMTP_USER'] };
const rules = { 'dynamodb:LeadingKeys': ['ROUTE#*@example.com'] };
const ourContext = { 'kms:EncryptionContext:table': table };
const bus = arn('events', 'event-bus/default');

const call = (title: string, action: string, resource: string, context: AuthorizedCall['context'] = {}): RoleCall => ({
  title,
  action,
  resource,
  context,
});

const publishAsOther = call('publish events of another source', 'events:PutEvents', bus, {
  'events:source': ['other'],
});

/** Calls that no role of this deployment may make, unless it is expressly allowed one. */
export const deniedToAll: readonly RoleCall[] = [
  call('create a user without a boundary', 'iam:CreateUser', user, requestTag),
  call('create a user with another boundary', 'iam:CreateUser', user, {
    ...requestTag,
    'iam:PermissionsBoundary': iam('policy/other'),
  }),
  call('create a user outside the path', 'iam:CreateUser', administrator, { ...requestTag, ...boundary }),
  call('create a user of another table', 'iam:CreateUser', user, {
    ...boundary,
    'aws:RequestTag/sesame:table': 'eu-west-1/other',
  }),
  call('make a key of an administrator', 'iam:CreateAccessKey', administrator, ours),
  call('make a key of another table’s user', 'iam:CreateAccessKey', user, others),
  call('delete another table’s user', 'iam:DeleteUser', user, others),
  call('write a policy beyond the boundary', 'iam:PutUserPolicy', user, ours),
  call('attach AdministratorAccess', 'iam:AttachUserPolicy', user, {
    ...ours,
    ...boundary,
    'iam:PolicyARN': 'arn:aws:iam::aws:policy/AdministratorAccess',
  }),
  call('remove a boundary', 'iam:DeleteUserPermissionsBoundary', user, { ...ours, ...boundary }),
  call('change the boundary', 'iam:CreatePolicyVersion', iam('policy/boundaries/sesame-smtp-user-boundary'), ourPolicy),
  call('create a policy of another table', 'iam:CreatePolicy', longPolicy, {
    'aws:RequestTag/sesame:table': 'eu-west-1/other',
  }),
  call('widen the policy of another table’s user', 'iam:CreatePolicyVersion', longPolicy, othersPolicy),
  call('delete the policy of another table’s user', 'iam:DeletePolicy', longPolicy, othersPolicy),
  call('take over the policy of another table’s user', 'iam:TagPolicy', longPolicy, {
    ...requestTag,
    ...othersPolicy,
  }),
  ...elsewhere.flatMap((of) => {
    const theirs = iam(`user/ses-smtp/${of}/${iamUserName}`);
    const tag = { 'iam:ResourceTag/sesame:table': of };
    return [
      call(`see a user of ${of}`, 'iam:GetUser', theirs, tag),
      call(`make a key of a user of ${of}`, 'iam:CreateAccessKey', theirs, tag),
      call(`turn a key of ${of} off`, 'iam:UpdateAccessKey', theirs, tag),
      call(`write a policy of ${of}`, 'iam:PutUserPolicy', theirs, { ...tag, ...boundary }),
      call(`take over a user of ${of}`, 'iam:TagUser', theirs, { ...tag, ...requestTag }),
      call(`move a user of ${of}`, 'iam:UpdateUser', theirs, tag),
      call(`delete a user of ${of}`, 'iam:DeleteUser', theirs, tag),
      call(`create a user of ${of}`, 'iam:CreateUser', theirs, { ...requestTag, ...boundary }),
      call(`mark a user of its own as one of ${of}`, 'iam:TagUser', user, {
        ...ours,
        ...requestTag,
        'aws:RequestTag/sesame:table': of,
      }),
      call(`change a policy of ${of}`, 'iam:CreatePolicyVersion', iam(`policy/ses-smtp/${of}/${iamUserName}`), {
        'aws:ResourceTag/sesame:table': of,
      }),
    ];
  }),
  call('take over an untagged user beside its own path', 'iam:TagUser', iam('user/ses-smtp/legacy-admin'), requestTag),
  call(
    'take over an untagged user of version 0.1’s path',
    'iam:TagUser',
    iam(`user/ses-smtp/${iamUserName}`),
    requestTag,
  ),
  call('take over an untagged user in its own path', 'iam:TagUser', iam(`user/${path}/legacy-admin`), requestTag),
  call('take over an untagged policy', 'iam:TagPolicy', iam('policy/ses-smtp/legacy'), requestTag),
  call('see another user in its own path', 'iam:GetUser', iam(`user/${path}/legacy-admin`)),
  call('rename an untagged user in its own path', 'iam:UpdateUser', iam(`user/${path}/legacy-admin`)),
  call('rename a user of another table', 'iam:UpdateUser', iam(`user/${path}/tidy-jane`), others),
  call('make a key of an untagged user', 'iam:CreateAccessKey', iam('user/ses-smtp/legacy-admin')),
  call('move an untagged user', 'iam:UpdateUser', iam(`user/ses-smtp/${iamUserName}`)),
  call('set a tag that grants other access', 'iam:TagUser', user, {
    ...ours,
    ...requestTag,
    'aws:TagKeys': ['sesame:table', 'team'],
  }),
  call('create a user with a tag that grants other access', 'iam:CreateUser', user, {
    ...requestTag,
    ...boundary,
    'aws:TagKeys': ['sesame:table', 'team'],
  }),
  call('widen a role', 'iam:PutRolePolicy', iam('role/smtp-credential-manager')),
  call('assume a role', 'sts:AssumeRole', iam('role/administrator')),
  call('pass a role', 'iam:PassRole', iam('role/administrator')),
  call('give a user console access', 'iam:CreateLoginProfile', user, ours),
  call('encrypt with another key', 'kms:Encrypt', otherKeyArn, ourContext),
  call('decrypt with another key', 'kms:Decrypt', otherKeyArn, ourContext),
  call('decrypt another table’s password', 'kms:Decrypt', keyArn, { 'kms:EncryptionContext:table': 'other' }),
  call('decrypt without a context', 'kms:Decrypt', keyArn),
  call('delete the key', 'kms:ScheduleKeyDeletion', keyArn),
  call('scan the table', 'dynamodb:Scan', tableArn),
  call('delete the table', 'dynamodb:DeleteTable', tableArn),
  call('change a receiving rule', 'dynamodb:UpdateItem', tableArn, rules),
  call('delete a receiving rule', 'dynamodb:DeleteItem', tableArn, rules),
  call('touch another table', 'dynamodb:UpdateItem', arn('dynamodb', 'table/other'), credentials),
  call('send mail', 'ses:SendRawEmail', arn('ses', 'identity/example.com')),
  call('delete an identity', 'ses:DeleteEmailIdentity', arn('ses', 'identity/example.com')),
  publishAsOther,
  call('change a function', 'lambda:UpdateFunctionCode', arn('lambda', 'function:smtp-credential-manager')),
  call('send to another queue', 'sqs:SendMessage', arn('sqs', 'other')),
  call('delete logs', 'logs:DeleteLogGroup', arn('logs', 'log-group:/aws/lambda/smtp-credential-manager')),
  call('stop the trail', 'cloudtrail:StopLogging', arn('cloudtrail', 'trail/sesame')),
];

const traces = [
  call('write traces', 'xray:PutTraceSegments', '*'),
  call('write telemetry', 'xray:PutTelemetryRecords', '*'),
];
const logs = (name: string) => [
  call('open a log stream', 'logs:CreateLogStream', arn('logs', `log-group:/aws/lambda/${name}:log-stream:a`)),
  call('write logs', 'logs:PutLogEvents', arn('logs', `log-group:/aws/lambda/${name}:log-stream:a`)),
];
const publish = call('publish events', 'events:PutEvents', bus, { 'events:source': ['sesame'] });

const reconcile = [
  call('write a record', 'dynamodb:UpdateItem', tableArn, credentials),
  call('read receiving rules', 'dynamodb:BatchGetItem', tableArn, rules),
  call('create a user', 'iam:CreateUser', user, { ...requestTag, ...boundary }),
  call('tag it', 'iam:TagUser', user, requestTag),
  call('tag it with a tag of the company', 'iam:TagUser', user, {
    ...requestTag,
    'aws:TagKeys': ['sesame:table', 'sesame:username', 'sesame:managed-by', 'CostCenter'],
  }),
  call(
    'take over a user of the former table',
    'iam:TagUser',
    iam(`user/ses-smtp/eu-west-1/mail-before/${iamUserName}`),
    {
      ...requestTag,
      'iam:ResourceTag/sesame:table': 'eu-west-1/mail-before',
    },
  ),
  call('move it away', 'iam:UpdateUser', iam(`user/ses-smtp/eu-west-1/mail-before/${iamUserName}`), ours),
  call('move it here', 'iam:UpdateUser', user),
  call('delete its policy', 'iam:DeletePolicy', iam(`policy/ses-smtp/eu-west-1/mail-before/${iamUserName}`), {
    'aws:ResourceTag/sesame:table': 'eu-west-1/mail-before',
  }),
  call('write its policy', 'iam:PutUserPolicy', user, { ...ours, ...boundary }),
  call('write the policy of a user with Sesame’s own boundary', 'iam:PutUserPolicy', user, {
    ...ours,
    'iam:PermissionsBoundary': iam('policy/boundaries/sesame-smtp-user-boundary'),
  }),
  call('attach a long policy', 'iam:AttachUserPolicy', user, {
    ...ours,
    ...boundary,
    'iam:PolicyARN': longPolicy,
  }),
  call('create a long policy', 'iam:CreatePolicy', longPolicy, requestTag),
  call('tag it as this table’s', 'iam:TagPolicy', longPolicy, requestTag),
  call('change a long policy', 'iam:CreatePolicyVersion', longPolicy, ourPolicy),
  call('delete a long policy', 'iam:DeletePolicy', longPolicy, ourPolicy),
  call('make a key', 'iam:CreateAccessKey', user, ours),
  call('turn a key off', 'iam:UpdateAccessKey', user, ours),
  call('delete a key', 'iam:DeleteAccessKey', user, ours),
  call('see a key’s use', 'iam:GetAccessKeyLastUsed', user, ours),
  call('see whose a key is that a renamed user has', 'iam:GetAccessKeyLastUsed', iam(`user/${path}/tidy-jane`), ours),
  call('see a renamed user', 'iam:GetUser', iam(`user/${path}/tidy-jane`), ours),
  call('see a renamed user’s keys', 'iam:ListAccessKeys', iam(`user/${path}/tidy-jane`), ours),
  call('give a renamed user its name back', 'iam:UpdateUser', iam(`user/${path}/tidy-jane`), ours),
  call('delete a user', 'iam:DeleteUser', user, ours),
  call('encrypt a password', 'kms:Encrypt', keyArn, ourContext),
  publish,
];
const noLeadingKey = [call('read an item without saying which', 'dynamodb:GetItem', tableArn)];
const neverReconcilers = [
  ...noLeadingKey,
  call('decrypt a password', 'kms:Decrypt', keyArn, ourContext),
  call('delete a record', 'dynamodb:DeleteItem', tableArn, credentials),
  call('put a record', 'dynamodb:PutItem', tableArn, credentials),
];
const neverFunctions = [
  call('invoke a function', 'lambda:InvokeFunction', arn('lambda', 'function:smtp-dlq-processor')),
];

const deadLetters = arn('sqs', 'smtp-dead-letters');
const parking = arn('sqs', 'smtp-parking');
const sendingEvents = arn('sqs', 'smtp-sending-events');
const feedback = arn('sqs', 'smtp-feedback');
const alerts = arn('sns', 'smtp-alerts');
const rememberedAlerts = { 'dynamodb:LeadingKeys': ['SESAME#ALERT'] };
const answers = { 'dynamodb:LeadingKeys': ['SESAME#IDEMPOTENCY'] };
const counters = { 'dynamodb:LeadingKeys': ['SESAME#COUNT'] };
const verifications = arn('sqs', 'smtp-verifications');
const seen = {
  ...credentials,
  'dynamodb:Attributes': ['PK', 'SK', 'status'],
  'dynamodb:Select': 'SPECIFIC_ATTRIBUTES',
};
const sight = [
  call('read records without passwords', 'dynamodb:Query', tableArn, seen),
  call('see a user', 'iam:GetUser', user),
  call('see a queue', 'sqs:GetQueueAttributes', parking),
  call('see how many events wait', 'sqs:GetQueueAttributes', sendingEvents),
  call('see alarms', 'cloudwatch:DescribeAlarms', '*'),
  call('see a suppressed address', 'ses:GetSuppressedDestination', '*'),
  call(
    'search a function’s logs',
    'logs:StartQuery',
    arn('logs', 'log-group:/aws/lambda/smtp-dlq-processor:log-stream:'),
  ),
];
const sightOfOthers = [
  call('see another deployment’s users', 'iam:GetUser', iam(`user/ses-smtp/us-east-1/mail/${iamUserName}`)),
  call(
    'search another deployment’s logs',
    'logs:StartQuery',
    arn('logs', 'log-group:/aws/lambda/prod-smtp-dlq-processor:log-stream:'),
  ),
];
const noPasswords = [
  call('decrypt a password', 'kms:Decrypt', keyArn, ourContext),
  call('read the encrypted password', 'dynamodb:GetItem', tableArn, {
    ...credentials,
    'dynamodb:Attributes': ['PK', 'SK', 'encrypted_password'],
  }),
  call('read whole records', 'dynamodb:Query', tableArn, {
    ...credentials,
    'dynamodb:Select': 'ALL_ATTRIBUTES',
  }),
  call('read receiving rules', 'dynamodb:Query', tableArn, { ...seen, ...rules }),
  call('encrypt a password', 'kms:Encrypt', keyArn, ourContext),
];
const wanted = {
  ...credentials,
  'dynamodb:Attributes': ['PK', 'SK', 'status', 'allowed_from_addresses', 'entity_type'],
};
const written = [
  call('insert a record', 'dynamodb:PutItem', tableArn, wanted),
  call('change a status', 'dynamodb:UpdateItem', tableArn, wanted),
  call('set a quota', 'dynamodb:UpdateItem', tableArn, {
    ...credentials,
    'dynamodb:Attributes': ['PK', 'SK', 'quota_per_day'],
  }),
  call('delete a record', 'dynamodb:DeleteItem', tableArn, { ...credentials, 'dynamodb:Attributes': ['PK', 'SK'] }),
  call('read a parked message', 'sqs:ReceiveMessage', parking),
  call('redrive parked messages', 'sqs:StartMessageMoveTask', parking),
  call('return parked events to their queue', 'sqs:SendMessage', feedback),
  call('sweep now', 'lambda:InvokeFunction', arn('lambda', 'function:smtp-credential-sweeper')),
];

/** An update of a credential that names these attributes. */
function writing(...attributes: string[]): AuthorizedCall['context'] {
  return { ...credentials, 'dynamodb:Attributes': ['PK', 'SK', ...attributes], 'dynamodb:ReturnValues': 'NONE' };
}

/** The same update, which would return the whole record. */
const readingIt = { 'dynamodb:ReturnValues': 'ALL_NEW' };

/** By role of a deployment with the default names: the calls that it must be allowed, and those that it must be denied in addition. */
export const roleCalls: Readonly<
  Record<string, { readonly allowed: readonly RoleCall[]; readonly denied: readonly RoleCall[] }>
> = {
  'smtp-credential-manager': {
    allowed: [
      ...reconcile,
      ...logs('smtp-credential-manager'),
      ...traces,
      call('read the stream', 'dynamodb:GetRecords', `${tableArn}/stream/2026-01-01T00:00:00.000`),
      call('send a dead letter', 'sqs:SendMessage', deadLetters),
      call('count the credentials', 'dynamodb:Query', tableArn, { ...credentials, 'dynamodb:Select': 'COUNT' }),
    ],
    denied: [
      ...neverReconcilers,
      ...neverFunctions,
      call('list records', 'dynamodb:Query', tableArn, credentials),
      call('list whole records', 'dynamodb:Query', tableArn, { ...credentials, 'dynamodb:Select': 'ALL_ATTRIBUTES' }),
      call('take dead letters', 'sqs:ReceiveMessage', deadLetters),
      call('park a message', 'sqs:SendMessage', parking),
    ],
  },
  'smtp-credential-rotator': {
    allowed: [
      ...reconcile,
      ...logs('smtp-credential-rotator'),
      ...traces,
      call('list records', 'dynamodb:Query', tableArn, credentials),
      call('report a failed call', 'sqs:SendMessage', deadLetters),
      call('alert people', 'sns:Publish', alerts),
      call('remember an alert', 'dynamodb:PutItem', tableArn, rememberedAlerts),
      call('forget an alert', 'dynamodb:DeleteItem', tableArn, rememberedAlerts),
    ],
    denied: [
      ...neverReconcilers,
      ...neverFunctions,
      call('delete a record', 'dynamodb:DeleteItem', tableArn, credentials),
      call('write a record anew', 'dynamodb:PutItem', tableArn, credentials),
      call('forge a bounce', 'sns:Publish', arn('sns', 'smtp-bounces')),
      call('read the stream', 'dynamodb:GetRecords', `${tableArn}/stream/2026-01-01T00:00:00.000`),
      call('take dead letters', 'sqs:ReceiveMessage', deadLetters),
    ],
  },
  'smtp-credential-sweeper': {
    allowed: [
      ...reconcile,
      ...logs('smtp-credential-sweeper'),
      ...traces,
      call('list records', 'dynamodb:Query', tableArn, credentials),
      call('report a failed call', 'sqs:SendMessage', deadLetters),
      call('list identities', 'ses:ListEmailIdentities', '*'),
      call('list policies', 'iam:ListPolicies', '*'),
      call('see an identity', 'ses:GetEmailIdentity', arn('ses', 'identity/jane@example.com')),
    ],
    denied: [
      ...neverReconcilers,
      ...neverFunctions,
      call('take dead letters', 'sqs:ReceiveMessage', deadLetters),
      call('change an identity', 'ses:PutEmailIdentityConfigurationSetAttributes', arn('ses', 'identity/example.com')),
      call('read an administrator’s policy', 'iam:GetUserPolicy', administrator),
    ],
  },
  'smtp-credential-verifier': {
    allowed: [
      ...logs('smtp-credential-verifier'),
      ...traces,
      publish,
      call('take a verification', 'sqs:ReceiveMessage', verifications),
      call('finish a verification', 'sqs:DeleteMessage', verifications),
      call('read a record', 'dynamodb:GetItem', tableArn, credentials),
      call('record the result', 'dynamodb:UpdateItem', tableArn, writing('verified_at', 'verification_failure')),
      call('decrypt a password', 'kms:Decrypt', keyArn, ourContext),
    ],
    denied: [
      ...neverFunctions,
      call('widen a credential', 'dynamodb:UpdateItem', tableArn, writing('allowed_from_addresses')),
      call('be returned the record', 'dynamodb:UpdateItem', tableArn, { ...writing('verified_at'), ...readingIt }),
      call('write without naming attributes', 'dynamodb:UpdateItem', tableArn, credentials),
      call('encrypt a password', 'kms:Encrypt', keyArn, ourContext),
      call('list records', 'dynamodb:Query', tableArn, credentials),
      call('delete a record', 'dynamodb:DeleteItem', tableArn, credentials),
      call('create a user', 'iam:CreateUser', user, { ...requestTag, ...boundary }),
      call('make a key', 'iam:CreateAccessKey', user, ours),
      call('take dead letters', 'sqs:ReceiveMessage', deadLetters),
      call('send a verification', 'sqs:SendMessage', verifications),
    ],
  },
  'smtp-dlq-processor': {
    allowed: [
      ...reconcile,
      ...logs('smtp-dlq-processor'),
      ...traces,
      call('list records', 'dynamodb:Query', tableArn, credentials),
      call('take a dead letter', 'sqs:ReceiveMessage', deadLetters),
      call('finish a dead letter', 'sqs:DeleteMessage', deadLetters),
      call('delay a dead letter', 'sqs:ChangeMessageVisibility', deadLetters),
      call('park a message', 'sqs:SendMessage', parking),
    ],
    denied: [
      ...neverReconcilers,
      ...neverFunctions,
      call('take a parked message', 'sqs:ReceiveMessage', parking),
      call('purge the dead letters', 'sqs:PurgeQueue', deadLetters),
    ],
  },
  'smtp-email-validator': {
    allowed: [
      ...logs('smtp-email-validator'),
      ...traces,
      publish,
      call('take an event', 'sqs:ReceiveMessage', sendingEvents),
      call('finish an event', 'sqs:DeleteMessage', sendingEvents),
      call('park an event', 'sqs:SendMessage', parking),
      call('read a record', 'dynamodb:GetItem', tableArn, credentials),
      call('suspend a credential', 'dynamodb:UpdateItem', tableArn, writing('status', 'suspension', 'counted_from')),
      call('count a violation', 'dynamodb:UpdateItem', tableArn, counters),
      call('alert people', 'sns:Publish', alerts),
    ],
    denied: [
      ...neverReconcilers,
      ...neverFunctions,
      call('widen a credential', 'dynamodb:UpdateItem', tableArn, writing('status', 'allowed_from_addresses')),
      call('claim a record', 'dynamodb:UpdateItem', tableArn, writing('claim')),
      call('be returned the record', 'dynamodb:UpdateItem', tableArn, { ...writing('status'), ...readingIt }),
      call('take feedback', 'sqs:ReceiveMessage', feedback),
      call('forge a bounce', 'sns:Publish', arn('sns', 'smtp-bounces')),
      call('create a user', 'iam:CreateUser', user, { ...requestTag, ...boundary }),
      call('turn a key off', 'iam:UpdateAccessKey', user, ours),
      call('encrypt a password', 'kms:Encrypt', keyArn, ourContext),
      call('suppress an address', 'ses:PutSuppressedDestination', '*'),
      call('read receiving rules', 'dynamodb:BatchGetItem', tableArn, rules),
    ],
  },
  'smtp-feedback-processor': {
    allowed: [
      ...logs('smtp-feedback-processor'),
      ...traces,
      publish,
      call('take feedback', 'sqs:ReceiveMessage', feedback),
      call('finish feedback', 'sqs:DeleteMessage', feedback),
      call('park feedback', 'sqs:SendMessage', parking),
      call('suspend a credential', 'dynamodb:UpdateItem', tableArn, writing('status', 'suspension', 'counted_from')),
      call('count a bounce', 'dynamodb:UpdateItem', tableArn, counters),
      call('store the expiry of a suspension', 'dynamodb:PutItem', tableArn, {
        'dynamodb:LeadingKeys': ['SESAME#UNTIL'],
      }),
      call('alert people', 'sns:Publish', alerts),
      call('suppress an address', 'ses:PutSuppressedDestination', '*'),
    ],
    denied: [
      ...neverReconcilers,
      ...neverFunctions,
      call('widen a credential', 'dynamodb:UpdateItem', tableArn, writing('status', 'allowed_from_addresses')),
      call('claim a record', 'dynamodb:UpdateItem', tableArn, writing('claim')),
      call('be returned the record', 'dynamodb:UpdateItem', tableArn, { ...writing('status'), ...readingIt }),
      call('take an event', 'sqs:ReceiveMessage', sendingEvents),
      call('forge a bounce', 'sns:Publish', arn('sns', 'smtp-bounces')),
      call('create a user', 'iam:CreateUser', user, { ...requestTag, ...boundary }),
      call('turn a key off', 'iam:UpdateAccessKey', user, ours),
      call('encrypt a password', 'kms:Encrypt', keyArn, ourContext),
      call('take an address off the suppression list', 'ses:DeleteSuppressedDestination', '*'),
      call('read receiving rules', 'dynamodb:BatchGetItem', tableArn, rules),
    ],
  },
  'smtp-admin-api': {
    allowed: [
      ...logs('smtp-admin-api'),
      ...traces,
      call('read records without passwords', 'dynamodb:Query', tableArn, seen),
      call('see the key before the last rotation', 'dynamodb:GetItem', tableArn, {
        ...credentials,
        'dynamodb:Attributes': ['PK', 'SK', 'previous_key'],
      }),
      ...written.filter(({ action }) => action !== 'sqs:StartMessageMoveTask'),
      call('count what was sent', 'dynamodb:Query', tableArn, counters),
      call('see alerts', 'dynamodb:Query', tableArn, rememberedAlerts),
      call('remember an answer', 'dynamodb:UpdateItem', tableArn, answers),
      call('find an answer', 'dynamodb:GetItem', tableArn, answers),
      call('deny a user everything', 'iam:PutUserPolicy', user, { ...ours, ...boundary }),
      call('lift that', 'iam:DeleteUserPolicy', user, ours),
      call('turn a key off', 'iam:UpdateAccessKey', user, ours),
      call('see a user’s policy', 'iam:GetUserPolicy', user),
      call('ask what a user may', 'iam:SimulatePrincipalPolicy', user),
      call('finish a message', 'sqs:DeleteMessage', deadLetters),
      call('ask for a verification', 'sqs:SendMessage', verifications),
      call('see an identity', 'ses:GetEmailIdentity', arn('ses', 'identity/example.com')),
      call('see the configuration set', 'ses:GetConfigurationSet', arn('ses', 'configuration-set/smtp')),
      call('see the account', 'ses:GetAccount', '*'),
      call('see a suppressed address', 'ses:GetSuppressedDestination', '*'),
      call('take an address off the suppression list', 'ses:DeleteSuppressedDestination', '*'),
      call('describe the deployment', 'ssm:GetParameter', arn('ssm', 'parameter/sesame/deployment')),
    ],
    denied: [
      ...noPasswords,
      ...sightOfOthers,
      ...noLeadingKey,
      publish,
      call('suppress an address', 'ses:PutSuppressedDestination', '*'),
      call('claim a record', 'dynamodb:UpdateItem', tableArn, writing('claim')),
      call('forge an IAM user', 'dynamodb:UpdateItem', tableArn, writing('iam_user_arn')),
      call('be returned the record', 'dynamodb:UpdateItem', tableArn, { ...writing('status'), ...readingIt }),
      call('change counters', 'dynamodb:UpdateItem', tableArn, counters),
      call('silence alerts', 'dynamodb:PutItem', tableArn, rememberedAlerts),
      call('forget reveals', 'dynamodb:UpdateItem', tableArn, writing('reveals')),
      call('make a key', 'iam:CreateAccessKey', user, ours),
      call('delete a user', 'iam:DeleteUser', user, ours),
      call('deny another table’s user everything', 'iam:PutUserPolicy', user, { ...others, ...boundary }),
      call('see another configuration set', 'ses:GetConfigurationSet', arn('ses', 'configuration-set/other')),
      call('invoke the function that reveals', 'lambda:InvokeFunction', arn('lambda', 'function:smtp-password-reveal')),
      call('sweep another deployment', 'lambda:InvokeFunction', arn('lambda', 'function:prod-smtp-credential-sweeper')),
    ],
  },
  'smtp-password-reveal': {
    allowed: [
      ...logs('smtp-password-reveal'),
      ...traces,
      publish,
      call('read a record', 'dynamodb:GetItem', tableArn, credentials),
      call('count a reveal', 'dynamodb:UpdateItem', tableArn, writing('access_key_id', 'reveals')),
      call('decrypt a password', 'kms:Decrypt', keyArn, ourContext),
    ],
    denied: [
      ...noLeadingKey,
      ...neverFunctions,
      call('list credentials', 'dynamodb:Query', tableArn, credentials),
      call('read counters', 'dynamodb:GetItem', tableArn, counters),
      call('widen a credential', 'dynamodb:UpdateItem', tableArn, writing('allowed_from_addresses')),
      call('switch a credential on', 'dynamodb:UpdateItem', tableArn, writing('status')),
      call('be returned the record', 'dynamodb:UpdateItem', tableArn, { ...writing('reveals'), ...readingIt }),
      call('write without saying what', 'dynamodb:UpdateItem', tableArn, credentials),
      call('put a record', 'dynamodb:PutItem', tableArn, credentials),
      call('delete a record', 'dynamodb:DeleteItem', tableArn, credentials),
      call('encrypt a password', 'kms:Encrypt', keyArn, ourContext),
      call('see a user', 'iam:GetUser', user),
      call('turn a key off', 'iam:UpdateAccessKey', user, ours),
      call('take a parked message', 'sqs:ReceiveMessage', parking),
    ],
  },
  'smtp-scheduler': {
    allowed: [
      call('rotate', 'lambda:InvokeFunction', arn('lambda', 'function:smtp-credential-rotator')),
      call('sweep', 'lambda:InvokeFunction', arn('lambda', 'function:smtp-credential-sweeper')),
      call('end suspensions', 'lambda:InvokeFunction', arn('lambda', 'function:smtp-feedback-processor')),
      call('park what could not be called', 'sqs:SendMessage', parking),
    ],
    denied: [
      ...neverReconcilers,
      ...neverFunctions,
      call('call the verifier', 'lambda:InvokeFunction', arn('lambda', 'function:smtp-credential-verifier')),
      call('sweep another deployment', 'lambda:InvokeFunction', arn('lambda', 'function:prod-smtp-credential-sweeper')),
      call('send a dead letter', 'sqs:SendMessage', deadLetters),
      call('take a parked message', 'sqs:ReceiveMessage', parking),
      publish,
    ],
  },
  'smtp-health-forwarder': {
    // An event of AWS Health is one of another source. Only EventBridge can use the role, for one rule.
    allowed: [publishAsOther],
    denied: [
      ...neverReconcilers,
      ...neverFunctions,
      call('publish on another bus', 'events:PutEvents', arn('events', 'event-bus/other'), {
        'events:source': ['aws.health'],
      }),
      call('publish in another Region', 'events:PutEvents', arn('events', 'event-bus/default', 'us-east-1'), {
        'events:source': ['aws.health'],
      }),
      call('park a message', 'sqs:SendMessage', parking),
    ],
  },
  'smtp-viewer': {
    allowed: sight,
    denied: [
      ...noPasswords,
      ...sightOfOthers,
      ...written.map(({ title, ...rest }) => ({ ...rest, title: `may not: ${title}` })),
      call('make a key', 'iam:CreateAccessKey', user, ours),
    ],
  },
  'smtp-operator': {
    allowed: [...sight, ...written],
    denied: [
      ...noPasswords,
      ...sightOfOthers,
      call('sweep another deployment', 'lambda:InvokeFunction', arn('lambda', 'function:prod-smtp-credential-sweeper')),
      call('forge a password', 'dynamodb:UpdateItem', tableArn, {
        ...credentials,
        'dynamodb:Attributes': ['PK', 'SK', 'encrypted_password'],
      }),
      call('forge an IAM user', 'dynamodb:PutItem', tableArn, {
        ...credentials,
        'dynamodb:Attributes': ['PK', 'SK', 'iam_user_arn'],
      }),
      call('make a key', 'iam:CreateAccessKey', user, ours),
      call('take an address off the suppression list', 'ses:DeleteSuppressedDestination', '*'),
      call('invoke the verifier', 'lambda:InvokeFunction', arn('lambda', 'function:smtp-credential-verifier')),
    ],
  },
  'smtp-secret-reader': {
    allowed: [
      call('read a record', 'dynamodb:GetItem', tableArn, credentials),
      call('decrypt a password', 'kms:Decrypt', keyArn, ourContext),
    ],
    denied: [
      call('read receiving rules', 'dynamodb:GetItem', tableArn, rules),
      call('change a record', 'dynamodb:UpdateItem', tableArn, credentials),
      call('encrypt a password', 'kms:Encrypt', keyArn, ourContext),
      call('make a key', 'iam:CreateAccessKey', user, ours),
    ],
  },
};
