import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { PolicyDocument, PolicyStatement } from '../local/policy/policy-document.ts';
import { harmless, harms } from './reach/harms.ts';
import { canMakeOne, readRoles } from './reach/roles.ts';
import { describeReach, renderSecurity, securityFile } from './reach-docs.ts';

const roles = await readRoles();

/** A policy that allows these actions on everything. */
function allowing(...Action: string[]): PolicyDocument {
  return { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action, Resource: '*' }] };
}

it('no role reaches further than SECURITY.md says (npm run docs:reach)', async () => {
  const page = readFileSync(securityFile, 'utf8');
  expect(page).toBe(await renderSecurity(page));
});

it.each(Object.entries(harms))('a role that gained it would show: %s', async (_, calls) => {
  // One call at a time: a call that is denied whatever the policy says proves nothing.
  for (const each of calls) expect(await canMakeOne(allowing(each.action), [each]), JSON.stringify(each)).toBe(true);
});

it.each([...roles])('the table changes with the policy of %s', async (name, policy) => {
  const grown = { ...policy, Statement: [...policy.Statement, ...allowing('iam:PassRole').Statement] };
  expect(await describeReach(new Map([[name, grown]]))).not.toBe(await describeReach(new Map([[name, policy]])));
});

it('every action that a role has is in the table, or harmless for a reason', () => {
  const granted = new Set([...roles.values()].flatMap(({ Statement }) => Statement.flatMap(({ Action }) => Action)));
  const inTable = new Set(
    Object.values(harms)
      .flat()
      .map(({ action }) => action),
  );
  const excused = Object.values(harmless).flat();
  expect([...granted].filter((action) => !inTable.has(action) && !excused.includes(action))).toEqual([]);
  expect(excused.filter((action) => !granted.has(action) || inTable.has(action))).toEqual([]);
});

describe.each([...roles])('the policy of %s', (_, { Statement }) => {
  /** The keys of a statement's ForAllValues conditions, which a call without the key would meet. */
  const keysOf = ({ Condition = {} }: PolicyStatement) =>
    Object.entries(Condition).flatMap(([operator, keys]) =>
      operator.startsWith('ForAllValues:') ? Object.keys(keys) : [],
    );

  it('requires the partition key or the source that it compares', () => {
    const needed = ['dynamodb:LeadingKeys', 'events:source'];
    const missing = Statement.flatMap((statement) =>
      keysOf(statement)
        .filter((key) => needed.includes(key) && statement.Condition?.['Null']?.[key] !== 'false')
        .map((key) => `${statement.Sid}: ${key}`),
    );
    expect(missing).toEqual([]);
  });

  it('names the items of the table that it uses', () => {
    const onItems = Statement.filter(({ Action }) =>
      [Action].flat().some((action) => /^dynamodb:(?!.*(Stream|Records|ShardIterator))/.test(action)),
    );
    expect(onItems.filter((statement) => !keysOf(statement).includes('dynamodb:LeadingKeys'))).toEqual([]);
  });
});
