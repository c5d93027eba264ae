import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readArguments } from '../local/command/read-arguments.ts';
import { runCommand } from '../local/command/run-command.ts';
import { policyValues } from '../local/deploy-function.ts';
import { evaluateIamRequest, type IamRequest } from '../local/iam-evaluation/evaluate-iam-request.ts';
import { localFunctions } from '../local/local-functions.ts';
import { localSettings } from '../local/local-settings.ts';
import type { PolicyDocument } from '../local/policy/policy-document.ts';
import { readPolicyTemplate } from '../local/policy/read-policy-template.ts';
import { readRolePolicy } from '../local/policy/read-role-policy.ts';
import { renderPolicy } from '../local/policy/render-policy.ts';
import { replacePart } from './generated-part.ts';

export const securityFile = join(import.meta.dirname, '..', 'SECURITY.md');
const marks = { begin: '<!-- reach: written by scripts/reach-docs.ts -->', end: '<!-- end of reach -->' };

const { region, accountId, table, queues, topics } = localSettings;
const arn = (service: string, rest: string, place = region) => `arn:aws:${service}:${place}:${accountId}:${rest}`;
const iam = (rest: string) => arn('iam', rest, '');
const tableArn = arn('dynamodb', `table/${table}`);
const kmsKeyArn = arn('kms', 'key/11111111-2222-3333-4444-555555555555');
const boundaryArn = iam(`policy/${localSettings.permissionsBoundary}`);
const mark = `${region}/${table}`;
const userName = 'ses-smtp-user-jane-1764000000000';
const ourUser = iam(`user/ses-smtp/${mark}/${userName}`);
const ours = { 'iam:ResourceTag/sesame:table': mark, 'iam:PermissionsBoundary': boundaryArn };

type Call = Pick<IamRequest, 'action' | 'resource' | 'context'>;

const call = (action: string, resource: string, context: Call['context'] = {}): Call => ({ action, resource, context });

/** Updates of an item, with either return value that DynamoDB offers. */
const update = (partition: string, ...attributes: string[]): Call[] =>
  ['NONE', 'ALL_NEW'].map((values) =>
    call('dynamodb:UpdateItem', tableArn, {
      'dynamodb:LeadingKeys': [partition],
      'dynamodb:Attributes': ['PK', 'SK', ...attributes],
      'dynamodb:ReturnValues': values,
    }),
  );
const put = (partition: string, ...attributes: string[]): Call[] => [
  call('dynamodb:PutItem', tableArn, {
    'dynamodb:LeadingKeys': [partition],
    'dynamodb:Attributes': ['PK', 'SK', ...attributes],
  }),
  ...update(partition, ...attributes),
];
const remove = (partition: string): Call =>
  call('dynamodb:DeleteItem', tableArn, {
    'dynamodb:LeadingKeys': [partition],
    'dynamodb:Attributes': ['PK', 'SK'],
  });
/** Reads of these attributes, and an update that returns the whole item. */
const read = (partition: string, ...attributes: string[]): Call[] => [
  ...['dynamodb:GetItem', 'dynamodb:Query', 'dynamodb:BatchGetItem'].map((action) =>
    call(action, tableArn, {
      'dynamodb:LeadingKeys': [partition],
      'dynamodb:Attributes': ['PK', 'SK', ...attributes],
      'dynamodb:Select': 'SPECIFIC_ATTRIBUTES',
    }),
  ),
  call('dynamodb:UpdateItem', tableArn, {
    'dynamodb:LeadingKeys': [partition],
    'dynamodb:Attributes': ['PK', 'SK', 'status'],
    'dynamodb:ReturnValues': 'ALL_NEW',
  }),
];

/** What somebody could do who holds a role: each is possible if one of its calls is allowed. */
const harms: Readonly<Record<string, readonly Call[]>> = {
  'make a key for a credential': [call('iam:CreateAccessKey', ourUser, ours)],
  "write a credential's IAM policy": [call('iam:PutUserPolicy', ourUser, ours)],
  "switch a credential's keys on or off in IAM": [call('iam:UpdateAccessKey', ourUser, ours)],
  "delete a credential's IAM user": [call('iam:DeleteUser', ourUser, ours)],
  'insert a credential, or change its senders': put('SMTP_USER', 'status', 'allowed_from_addresses'),
  'set the status of a record': update('SMTP_USER', 'status'),
  'forge what Sesame wrote: IAM user, claim': ['iam_user_arn', 'claim'].flatMap((name) => update('SMTP_USER', name)),
  'put another ciphertext on a record': update('SMTP_USER', 'encrypted_password'),
  'delete a record': [remove('SMTP_USER')],
  'read records without passwords': read('SMTP_USER', 'status'),
  "read passwords' ciphertexts": read('SMTP_USER', 'encrypted_password'),
  'decrypt passwords': [call('kms:Decrypt', kmsKeyArn, { 'kms:EncryptionContext:table': table })],
  'change counters': update('SESAME#COUNT', 'sends'),
  'silence alerts': put('SESAME#ALERT', 'until_ms'),
  'forget when a suspension ends': [...put('SESAME#UNTIL', 'username', 'until_ms'), remove('SESAME#UNTIL')],
  'move the sweep on': put('SESAME#SWEEP', 'turn'),
  "write other programs' items": [...put('ROUTE#*@example.com', 'target'), remove('ROUTE#*@example.com')],
  'send people an alert': [call('sns:Publish', arn('sns', topics.alerts))],
  'suppress any address (setting suppression_list)': [call('ses:PutSuppressedDestination', '*')],
  "publish Sesame's events": [
    call('events:PutEvents', arn('events', `event-bus/${localSettings.eventBus}`), { 'events:source': ['sesame'] }),
  ],
  'forge SES events in their queues': [queues.feedback, queues.sendingEvents].map((name) =>
    call('sqs:SendMessage', arn('sqs', name), { 'aws:PrincipalArn': iam('role/x') }),
  ),
  'forge dead letters': [call('sqs:SendMessage', arn('sqs', queues.deadLetters))],
  'call other functions': ['sweeper', 'rotator'].map((name) =>
    call('lambda:InvokeFunction', arn('lambda', `function:smtp-credential-${name}`)),
  ),
  'make a user without the boundary': [
    call('iam:CreateUser', ourUser, { 'aws:RequestTag/sesame:table': mark, 'aws:TagKeys': ['sesame:table'] }),
  ],
  'take over users of others, or roles': [
    call('iam:CreateAccessKey', iam('user/administrator')),
    call('iam:TagUser', iam('user/ses-smtp/legacy-admin'), {
      'aws:RequestTag/sesame:table': mark,
      'aws:TagKeys': ['sesame:table'],
    }),
    call('iam:CreateAccessKey', iam(`user/ses-smtp/${region}/other/${userName}`), {
      'iam:ResourceTag/sesame:table': `${region}/other`,
    }),
    call('iam:PassRole', iam('role/administrator')),
    call('sts:AssumeRole', iam('role/administrator')),
  ],
};

/** A key's own policy as in most accounts: IAM policies decide. */
const keyPolicy = {
  name: 'key policy',
  document: {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: { AWS: iam('root') }, Action: 'kms:*', Resource: '*' }],
  },
};

/** Evaluates what each role could do harm with, as a table in Markdown. */
export async function describeReach(): Promise<string> {
  const roles = await readRoles();
  const rows = await Promise.all(
    Object.entries(harms).map(async ([harm, calls]) => {
      const cells = await Promise.all([...roles].map(([name, policy]) => canDo(name, policy, calls)));
      return `| ${harm} | ${cells.map((can) => (can ? 'yes' : '')).join(' | ')} |`;
    }),
  );
  const names = [...roles.keys()].map((name) => name.replace(/^(smtp|admin)-(credential-|email-)?/, ''));
  return [`| | ${names.join(' | ')} |`, `|---|${names.map(() => '---|').join('')}`, ...rows].join('\n');
}

async function readRoles(): Promise<Map<string, PolicyDocument>> {
  const resources = {
    tableArn,
    kmsKeyArn,
    deadLetterQueue: { url: '', arn: arn('sqs', queues.deadLetters) },
    permissionsBoundaryArn: boundaryArn,
  };
  const functions = localFunctions.map(
    async ({ name }) =>
      [name, await readRolePolicy(name, policyValues(name, resources), { suppressionList: true })] as const,
  );
  const people = ['admin-viewer', 'admin-operator', 'admin-secret-reader'].map(
    async (name) => [name, renderPolicy(await readPolicyTemplate(name), policyValues(name, resources))] as const,
  );
  return new Map(await Promise.all([...functions, ...people]));
}

async function canDo(name: string, document: PolicyDocument, calls: readonly Call[]): Promise<boolean> {
  const decisions = await Promise.all(
    calls.map((each) =>
      evaluateIamRequest({
        ...each,
        principalArn: iam(`role/${name}`),
        identityPolicies: [{ name, document }],
        resourcePolicy: each.action.startsWith('kms:') ? keyPolicy : undefined,
      }),
    ),
  );
  return decisions.some(({ allowed }) => allowed);
}

/** Returns the page with the current table. Throws if the marks around it are missing. */
export async function renderSecurity(page: string): Promise<string> {
  return replacePart('SECURITY.md', page, marks, await describeReach());
}

const usage = `Usage: npm run docs:reach

Writes the table of what each role could do harm with, in SECURITY.md.

  -h, --help      show this`;

if (import.meta.main) {
  process.exitCode = await runCommand(
    usage,
    () => readArguments(process.argv.slice(2), {}).values,
    async () => {
      writeFileSync(securityFile, await renderSecurity(readFileSync(securityFile, 'utf8')));
      return 0;
    },
  );
}
