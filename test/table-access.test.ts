import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { functionDefinitions } from '../local/function-definitions.ts';
import { evaluateIamRequest, type IamRequest } from '../local/iam-evaluation/evaluate-iam-request.ts';

const guide = readFileSync(new URL('../docs/table-access.md', import.meta.url), 'utf8');
const table = 'arn:aws:dynamodb:eu-west-1:123456789012:table/mail';
const roleArn = (name: string) => `arn:aws:iam::123456789012:role/${name}`;
const everything = {
  name: 'everything',
  document: {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: 'dynamodb:*', Resource: table }],
  },
};

function readPolicy(name: string): object {
  const [, json = ''] = new RegExp(`<!-- ${name} -->\\n+\`\`\`json\\n([^\`]+)\`\`\``).exec(guide) ?? [];
  return JSON.parse(json) as object;
}

const isAllowed = async (action: string, keys: readonly string[], policies: Partial<IamRequest>): Promise<boolean> =>
  (
    await evaluateIamRequest({
      principalArn: roleArn('mail-receiver'),
      identityPolicies: [everything],
      action,
      resource: table,
      context: {
        'dynamodb:LeadingKeys': keys,
        'aws:PrincipalArn': policies.principalArn ?? roleArn('mail-receiver'),
      },
      ...policies,
    })
  ).allowed;

const writes = [
  'PutItem',
  'UpdateItem',
  'DeleteItem',
  'BatchWriteItem',
  'PartiQLInsert',
  'PartiQLUpdate',
  'PartiQLDelete',
];
const asIdentity = {
  identityPolicies: [everything, { name: 'guide', document: readPolicy('identity policy') }],
};
const asTable = { resourcePolicy: { name: 'guide', document: readPolicy('table policy') } };

describe.each([
  ['identity', asIdentity],
  ['table', asTable],
])('the policy for others, as an %s policy', (_, policies) => {
  it.each(writes)('denies %s on items of ours, and allows all others', async (write) => {
    const action = `dynamodb:${write}`;
    for (const key of ['SMTP_USER', 'SESAME#SWEEP', 'SESAME#ALERT', 'SESAME#UNTIL', 'SESAME#COUNT', 'SESAME#SEEN#jane'])
      expect(await isAllowed(action, [key], policies), key).toBe(false);
    expect(await isAllowed(action, ['ROUTE#*@example.com'], policies)).toBe(true);
    expect(await isAllowed(action, ['SMTP_USERS'], policies)).toBe(true);
  });

  it('denies a batch with one such item, and leaves reading alone', async () => {
    expect(await isAllowed('dynamodb:BatchWriteItem', ['ROUTE#a', 'SMTP_USER'], policies)).toBe(false);
    expect(await isAllowed('dynamodb:GetItem', ['SMTP_USER'], policies)).toBe(true);
  });
});

it.each([...Object.keys(functionDefinitions), 'smtp-operator'])(
  'the table policy excepts the role %s',
  async (name) => {
    const principalArn = roleArn(name);
    expect(await isAllowed('dynamodb:UpdateItem', ['SMTP_USER'], { ...asTable, principalArn })).toBe(true);
  },
);

it('the table policy does not except roles whose names only resemble ours', async () => {
  for (const name of ['smtp-viewer', 'smtp-secret-reader', 'xsmtp-operator', 'smtp-operator2']) {
    const principalArn = roleArn(name);
    expect(await isAllowed('dynamodb:UpdateItem', ['SMTP_USER'], { ...asTable, principalArn }), name).toBe(false);
  }
});
