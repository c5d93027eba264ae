import { describe, expect, it } from 'vitest';
import {
  findPatternsWithoutRule,
  patternsWithoutRule,
  type ReceivingRule,
  receivingRuleKeys,
} from './receiving-rules.ts';

describe('receivingRuleKeys', () => {
  it.each([
    ['jane@example.com', ['ROUTE#jane@example.com', 'ROUTE#*@example.com', 'ROUTE#*']],
    ['a+b+c@example.com', ['ROUTE#a+b+c@example.com', 'ROUTE#a@example.com', 'ROUTE#*@example.com', 'ROUTE#*']],
    ['*@example.com', ['ROUTE#*@example.com', 'ROUTE#*']],
    ['team+*@example.com', ['ROUTE#*@example.com', 'ROUTE#*']],
    ['*@*.example.com', ['ROUTE#*']],
  ])('%s', (pattern, expected) => {
    expect(receivingRuleKeys(pattern)).toEqual(expected.map((PK) => ({ PK, SK: 'RULE#v1' })));
  });

  it('builds keys in another format, whatever the address contains', () => {
    const format = { pk: 'IN', sk: 'R#{pattern}#{pattern}' };
    expect(receivingRuleKeys("$&$'@example.com", format)[0]).toEqual({
      PK: 'IN',
      SK: "R#$&$'@example.com#$&$'@example.com",
    });
  });
});

describe('patternsWithoutRule', () => {
  const rules = (entries: Record<string, ReceivingRule>) =>
    new Map(Object.entries(entries).map(([pattern, rule]) => [`ROUTE#${pattern}`, rule]));

  it.each<[string, Record<string, ReceivingRule>, boolean]>([
    ['no rule', {}, false],
    ['exact', { 'a+x@example.com': { enabled: true } }, true],
    ['without the tag', { 'a@example.com': { enabled: true } }, true],
    ['domain', { '*@example.com': { enabled: true } }, true],
    ['catch-all', { '*': { enabled: true } }, true],
    ['another address', { 'b@example.com': { enabled: true } }, false],
    ['disabled', { 'a+x@example.com': { enabled: false } }, false],
    ['disabled, then domain', { 'a+x@example.com': { enabled: false }, '*@example.com': { enabled: true } }, true],
    ['catch-all that bounces', { '*': { enabled: true, action: 'bounce' } }, false],
    [
      'bounce before a receiver',
      { 'a@example.com': { enabled: true, action: 'bounce' }, '*': { enabled: true } },
      false,
    ],
    [
      'receiver before a bounce',
      { 'a@example.com': { enabled: true }, '*': { enabled: true, action: 'bounce' } },
      true,
    ],
  ])('%s', (_, existing, received) => {
    expect(patternsWithoutRule(['a+x@example.com'], rules(existing))).toEqual(received ? [] : ['a+x@example.com']);
  });

  it('a rule for one address does not cover a wildcard', () => {
    const existing = rules({ 'a@example.com': { enabled: true }, '*@example.com': { enabled: true } });
    expect(patternsWithoutRule(['*@example.com', '*@*.example.com', 'a*@example.com'], existing)).toEqual([
      '*@*.example.com',
    ]);
  });

  it('reads once, and each key only once', async () => {
    const asked: (readonly { PK: string }[])[] = [];
    const receivingRules = {
      findRules: (keys: readonly { PK: string; SK: string }[]) => {
        asked.push(keys);
        return Promise.resolve(rules({ '*@example.com': { enabled: true } }));
      },
    };
    const unreceived = await findPatternsWithoutRule(
      ['a@example.com', 'b@example.com', 'c@example.org'],
      receivingRules,
    );
    expect(unreceived).toEqual(['c@example.org']);
    expect(asked.map((keys) => keys.map(({ PK }) => PK).toSorted())).toEqual([
      [
        'ROUTE#*',
        'ROUTE#*@example.com',
        'ROUTE#*@example.org',
        'ROUTE#a@example.com',
        'ROUTE#b@example.com',
        'ROUTE#c@example.org',
      ],
    ]);
  });
});
