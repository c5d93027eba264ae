import { describe, expect, it } from 'vitest';
import { buildIdentityWarning } from './identity-warning.ts';
import { createIdentityMatcher } from './match-identities.ts';

const matcherOf = (...names: string[]) => createIdentityMatcher(names.map((name) => ({ name })));

describe('the identities that a pattern matches', () => {
  const matcher = matcherOf(
    'example.com',
    'news.example.com',
    'example.org',
    'jane@example.com',
    'Kim.Lee@Example.com',
    'kim@news.example.com',
  );

  it.each([
    ['jane@example.com', ['jane@example.com']],
    ['john@example.com', ['example.com']],
    ['Kim.Lee@example.com', ['Kim.Lee@Example.com']],
    ['*@example.com', ['jane@example.com', 'Kim.Lee@Example.com', 'example.com']],
    ['ja*@example.com', ['jane@example.com', 'example.com']],
    ['*@deep.news.example.com', ['news.example.com']],
    ['*@*.example.com', ['kim@news.example.com', 'news.example.com', 'example.com']],
    ['*@example.net', []],
    ['*@notexample.com', []],
  ])('%s: %j', (pattern, reached) => {
    expect(matcher.reachedBy(pattern)).toEqual(reached);
    // The second call uses the cache.
    expect(matcher.reachedBy(pattern)).toEqual(reached);
  });
});

describe('the warning about upper and lower case', () => {
  const matcher = matcherOf('jane.roe@example.com', 'Sales-North@example.com', 'example.com');

  it('names the pattern, the address and the remedy', () => {
    const warning = buildIdentityWarning(['Jane.Roe@example.com'], matcher);
    expect(warning).toContain('"Jane.Roe@example.com" does not allow jane.roe@example.com');
    expect(warning).toContain('Write it as the sender writes it, or allow both.');
  });

  it('covers wildcards', () => {
    expect(buildIdentityWarning(['sales-*@example.com'], matcher)).toContain('Sales-North@example.com');
  });

  it.each([
    ['the very address', ['jane.roe@example.com']],
    ['both ways', ['Jane.Roe@example.com', 'jane.roe@example.com']],
    ['a wildcard that allows it', ['Jane.Roe@example.com', '*@example.com']],
    ['another address', ['john@example.com']],
    ['another domain', ['Jane.Roe@example.org']],
  ])('is none for %s', (_, patterns) => {
    expect(buildIdentityWarning(patterns, matcher)).toBeUndefined();
  });

  it('lists five and counts the others', () => {
    const names = Array.from({ length: 7 }, (_, index) => `name${index}@example.com`);
    const warning = buildIdentityWarning(
      names.map((name) => name.replace('name', 'Name')),
      matcherOf(...names),
    );
    expect(warning?.match(/does not allow/g)).toHaveLength(5);
    expect(warning).toContain('and 2 more');
  });
});
