import { describe, expect, test } from 'vitest';
import { policyValues } from '../deploy-function.ts';
import { localFunctions } from '../local-functions.ts';
import { readPolicyTemplate } from './read-policy-template.ts';
import { readRolePolicy } from './read-role-policy.ts';
import { renderPolicy } from './render-policy.ts';

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html: white space doesn't count. */
const ROLE_POLICY_CHARACTERS = 10_240;

const resources = {
  tableArn: 'arn:aws:dynamodb:us-east-1:000000000000:table/t',
  kmsKeyArn: 'arn:aws:kms:us-east-1:000000000000:key/11111111-2222-3333-4444-555555555555',
  deadLetterQueue: { url: 'http://127.0.0.1/q', arn: 'arn:aws:sqs:us-east-1:000000000000:smtp-dead-letters' },
  permissionsBoundaryArn: 'arn:aws:iam::000000000000:policy/sesame-smtp-user-boundary',
};
const names = localFunctions.map(({ name }) => name);
const reconciling = localFunctions
  .filter(({ shared_statements: shared }) => shared.includes('reconcile-statements'))
  .map(({ name }) => name);
const sids = (statements: readonly { Sid?: string }[]) => statements.map(({ Sid }) => Sid);

describe('readRolePolicy', () => {
  test.each(reconciling)('%s has its own statements and the shared ones', async (name) => {
    const values = policyValues(name, resources);
    const own = renderPolicy(await readPolicyTemplate(name), values);
    const shared = renderPolicy(await readPolicyTemplate('reconcile-statements'), values);
    expect(shared.Statement.length).toBeGreaterThan(10);
    expect((await readRolePolicy(name, values)).Statement).toEqual([...own.Statement, ...shared.Statement]);
  });

  test('gives the shared statements only to roles that make IAM users', async () => {
    const makesUsers = async (name: string) =>
      sids((await readRolePolicy(name, policyValues(name, resources))).Statement).includes('CreateUsers');
    const found = await Promise.all(names.map(async (name) => ({ name, makes: await makesUsers(name) })));
    expect(found.filter(({ makes }) => makes).map(({ name }) => name)).toEqual(reconciling);
    expect(reconciling).toHaveLength(4);
  });

  test('no statement is repeated in the files of reconciling roles', async () => {
    const own = await Promise.all(
      reconciling.map(async (name) =>
        renderPolicy(await readPolicyTemplate(name), policyValues('any', resources)).Statement.map((statement) =>
          JSON.stringify({ ...statement, Sid: '' }),
        ),
      ),
    );
    const counts = own.flat().map((statement) => own.filter((role) => role.includes(statement)).length);
    expect(counts.filter((count) => count === reconciling.length)).toEqual([]);
  });

  test.each(names)('%s names each statement once, and fits into a role', async (name) => {
    const { Statement } = await readRolePolicy(name, policyValues(name, resources));
    expect(new Set(sids(Statement)).size).toBe(Statement.length);
    expect(JSON.stringify({ Version: '2012-10-17', Statement }).replaceAll(/\s/g, '').length).toBeLessThan(
      ROLE_POLICY_CHARACTERS,
    );
  });
});
