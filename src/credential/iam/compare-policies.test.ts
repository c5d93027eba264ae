import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { comparePolicies } from './compare-policies.ts';
import { buildSendingPolicy } from './sending-policy.ts';

const identity = 'arn:aws:ses:eu-west-1:123456789012:identity/*';
const statement = {
  Effect: 'Allow',
  Action: ['ses:SendEmail', 'ses:SendRawEmail'],
  Resource: [identity],
  Condition: { StringLike: { 'ses:FromAddress': ['a@example.com', 'b@example.com'] } },
};
const policyOf = (...Statement: object[]) => ({ Version: '2012-10-17', Statement });
const deny = { Effect: 'Deny', Action: '*', Resource: '*' };

describe('comparePolicies', () => {
  it.each([
    ['the order of statements', policyOf(statement, deny), policyOf(deny, statement)],
    ['one statement without a list', policyOf(deny), { Version: '2012-10-17', Statement: deny }],
    ['a list of one', policyOf(deny), policyOf({ Effect: 'Deny', Action: ['*'], Resource: ['*'] })],
    [
      'the case of actions',
      policyOf(statement),
      policyOf({ ...statement, Action: ['SES:sendrawemail', 'ses:SENDEMAIL'] }),
    ],
    [
      'the order of keys',
      policyOf(statement),
      { Statement: [Object.fromEntries(Object.entries(statement).reverse())], Version: '2012-10-17' },
    ],
    [
      'the case of condition keys',
      policyOf(statement),
      policyOf({ ...statement, Condition: { StringLike: { 'SES:fromaddress': ['b@example.com', 'a@example.com'] } } }),
    ],
    ['repetitions', policyOf(deny), policyOf(deny, { ...deny, Action: ['*', '*'] })],
    ['Sid and Id', policyOf(deny), { Id: 'some', ...policyOf({ Sid: 'Contained', ...deny }) }],
    [
      'true in place of "true"',
      policyOf({ ...deny, Condition: { Bool: { 'aws:SecureTransport': true } } }),
      policyOf({ ...deny, Condition: { Bool: { 'aws:SecureTransport': 'true' } } }),
    ],
  ])('%s is no difference', (_what, wanted, held) => {
    expect(comparePolicies(wanted, held)).toEqual([]);
    expect(comparePolicies(held, wanted)).toEqual([]);
  });

  it('names values that are missing, and those that were added', () => {
    const held = { ...statement, Condition: { StringLike: { 'ses:FromAddress': ['a@example.com', '*@example.org'] } } };
    expect(comparePolicies(policyOf(statement), policyOf(held))).toEqual([
      {
        at: 'Condition.StringLike.ses:FromAddress',
        missing: ['b@example.com'],
        extra: ['*@example.org'],
        text: 'Condition.StringLike.ses:FromAddress: IAM lacks b@example.com; IAM has *@example.org, which is not wanted.',
      },
    ]);
  });

  it('names a condition that is gone, and one that was added', () => {
    const { Condition, ...open } = statement;
    expect(comparePolicies(policyOf(statement), policyOf(open))).toMatchObject([
      { at: 'Condition.StringLike.ses:FromAddress', missing: ['a@example.com', 'b@example.com'], extra: [] },
    ]);
    const held = { ...statement, Condition: { ...Condition, IpAddress: { 'aws:SourceIp': '203.0.113.0/24' } } };
    expect(comparePolicies(policyOf(statement), policyOf(held))).toMatchObject([
      { at: 'Condition.IpAddress.aws:SourceIp', missing: [], extra: ['203.0.113.0/24'] },
    ]);
    const never = { ...statement, Condition: { ...Condition, IpAddress: { 'aws:SourceIp': [] } } };
    expect(comparePolicies(policyOf(statement), policyOf(never))).toMatchObject([{ extra: ['[]'] }]);
  });

  it('names an operator that was changed as a condition less and one more', () => {
    const held = { ...statement, Condition: { StringNotLike: statement.Condition.StringLike } };
    expect(comparePolicies(policyOf(statement), policyOf(held)).map(({ at }) => at)).toEqual([
      'Condition.StringLike.ses:FromAddress',
      'Condition.StringNotLike.ses:FromAddress',
    ]);
  });

  it('names resources, actions and the version', () => {
    const held = { ...statement, Action: 'ses:*', Resource: '*' };
    expect(comparePolicies(policyOf(statement), { Statement: [held] })).toMatchObject([
      { at: 'Version', missing: ['2012-10-17'], extra: ['2008-10-17'] },
      { at: 'Action', missing: ['ses:sendemail', 'ses:sendrawemail'], extra: ['ses:*'] },
      { at: 'Resource', missing: [identity], extra: ['*'] },
    ]);
  });

  it('names whole statements', () => {
    expect(comparePolicies(policyOf(statement), policyOf(statement, deny))).toMatchObject([
      { at: 'Statement', missing: [], extra: [deny] },
    ]);
    expect(comparePolicies(policyOf(statement, deny), policyOf(statement))).toMatchObject([
      { at: 'Statement', missing: [deny], extra: [] },
    ]);
    // The opposite effect is another statement.
    expect(comparePolicies(policyOf(statement), policyOf({ ...statement, Effect: 'Deny' }))).toMatchObject([
      { at: 'Statement', missing: [statement] },
      { at: 'Statement', extra: [{ Effect: 'Deny' }] },
    ]);
  });

  it('takes the changed statement for the one that it was', () => {
    const other = {
      Effect: 'Allow',
      Action: 'ses:SendEmail',
      Resource: 'arn:aws:ses:eu-west-1:123456789012:identity/example.org',
    };
    const changed = { ...statement, Resource: '*' };
    expect(comparePolicies(policyOf(other, statement), policyOf(changed, other))).toMatchObject([
      { at: 'Resource', missing: [identity], extra: ['*'] },
    ]);
  });

  it('shortens what is said of many values, and gives all of them', () => {
    const patterns = Array.from({ length: 9 }, (_, index) => `${index}@example.com`);
    const [found] = comparePolicies(
      policyOf({ ...statement, Condition: { StringLike: { 'ses:FromAddress': patterns } } }),
      policyOf({ ...statement, Condition: { StringLike: { 'ses:FromAddress': patterns[0] } } }),
    );
    expect(found?.missing).toEqual(patterns.slice(1));
    expect(found?.text).toMatch(/5@example\.com and 3 more\.$/);
  });

  it.each([undefined, null, 'text', [], {}, { Statement: [null, 'text'] }])(
    'takes %j for a policy that allows nothing',
    (held) => {
      const found = comparePolicies(policyOf(statement), held);
      expect(found).toContainEqual(expect.objectContaining({ at: 'Statement', missing: [statement] }));
    },
  );
});

const scope = { partition: 'aws', region: 'eu-west-1', accountId: '123456789012', configurationSet: 'smtp' };
const addresses = fc.uniqueArray(
  fc
    .string({ unit: fc.constantFrom('a', 'B', 'c', '*', '.'), minLength: 1, maxLength: 6 })
    .map((local) => `${local}@example.com`),
  { minLength: 1, maxLength: 6 },
);
const networks = fc.uniqueArray(fc.ipV4(), { minLength: 1, maxLength: 3 });
const sendingPolicies = fc
  .record(
    {
      patterns: addresses,
      recipients: addresses,
      envelopeSenders: addresses,
      sourceIps: networks,
      isSandbox: fc.boolean(),
    },
    { requiredKeys: ['patterns'] },
  )
  .map((input) => JSON.parse(buildSendingPolicy({ ...scope, ...input }).document) as Policy);

interface Policy {
  readonly Version: string;
  readonly Statement: readonly Readonly<Record<string, unknown>>[];
}

/** The same policy, as somebody else would have written it: decided by a list of coins. */
function rewrite(value: unknown, toss: () => boolean, name = '', isInList = false): unknown {
  if (Array.isArray(value)) {
    const parts = value.map((each) => rewrite(each, toss, name, true));
    if (toss()) parts.reverse();
    if (toss()) parts.push(...parts.slice(0, 1));
    return parts.length === 1 && toss() ? parts[0] : parts;
  }
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).map(([key, each]) => [
      /^(ses|aws):/.test(key) && toss() ? key.toUpperCase() : key,
      rewrite(each, toss, key),
    ]);
    return Object.fromEntries(toss() ? entries.reverse() : entries);
  }
  const same = name === 'Action' && toss() ? String(value).toUpperCase() : value;
  return (name === 'Resource' || name === 'Action') && !isInList && toss() ? [same] : same;
}

describe('policies of any spec', () => {
  it('are the same however they are written', () => {
    fc.assert(
      fc.property(sendingPolicies, fc.infiniteStream(fc.boolean()), (policy, coins) => {
        const more = policyOf(...policy.Statement, deny);
        const toss = () => coins.next().value === true;
        expect(comparePolicies(more, rewrite(more, toss))).toEqual([]);
        expect(comparePolicies(rewrite(more, toss), more)).toEqual([]);
      }),
    );
  });

  it('differ exactly if their documents do, and by the same values from either side', () => {
    fc.assert(
      fc.property(sendingPolicies, sendingPolicies, (wanted, held) => {
        const found = comparePolicies(wanted, held);
        expect(found.length === 0).toBe(JSON.stringify(wanted) === JSON.stringify(held));
        const mirrored = comparePolicies(held, wanted).map(({ at, missing, extra }) => ({
          at,
          missing: extra,
          extra: missing,
        }));
        const byPlace = (a: { at: string }, b: { at: string }) => (a.at < b.at ? -1 : 1);
        expect(mirrored.toSorted(byPlace)).toEqual(found.map(({ text, ...values }) => values).toSorted(byPlace));
      }),
    );
  });

  it('name what was taken away and what was added', () => {
    fc.assert(
      fc.property(sendingPolicies, fc.nat(), (policy, choice) => {
        const [first = {}] = policy.Statement;
        const condition = first['Condition'] as Record<string, Record<string, unknown>>;
        const operators = Object.keys(condition);
        const operator = operators[choice % operators.length] ?? '';
        const { [operator]: gone = {}, ...rest } = condition;
        const narrowed = policyOf({ ...first, Condition: rest });
        const places = Object.keys(gone).map((key) => `Condition.${operator}.${key}`);
        const lost = comparePolicies(policy, narrowed);
        expect(lost.map(({ at }) => at)).toEqual(places);
        expect(lost.every(({ missing, extra }) => missing.length > 0 && extra.length === 0)).toBe(true);
        const added = comparePolicies(policy, policyOf(...policy.Statement, deny));
        expect(added).toMatchObject([{ at: 'Statement', missing: [], extra: [deny] }]);
      }),
    );
  });
});
