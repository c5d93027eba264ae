import fc from 'fast-check';
import { getDomain } from 'tldts-icann';
import { describe, expect, it } from 'vitest';
import { InvalidRecordError } from '../errors.ts';
import {
  MAX_PATTERNS,
  matchesAddressPattern,
  matchesAnyPattern,
  parseAddressPattern,
  parseAddressPatterns,
  withSpellings,
} from './address-pattern.ts';

function messageOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    if (error instanceof InvalidRecordError && error.code === 'InvalidAddressPattern') return error.message;
    throw error;
  }
  throw new Error('Nothing was refused.');
}

describe('parseAddressPattern accepts', () => {
  it.each([
    ['jane@example.com', 'jane@example.com'],
    ['*@example.com', '*@example.com'],
    ['team-*@example.com', 'team-*@example.com'],
    ['news.*@example.com', 'news.*@example.com'],
    ['*@*.example.com', '*@*.example.com'],
    ['*@*.example.co.uk', '*@*.example.co.uk'],
    ['Jane.Doe@EXAMPLE.Com', 'Jane.Doe@example.com'],
    ['*@Bücher.example', '*@xn--bcher-kva.example'],
    ['jane@münchen.example.com', 'jane@xn--mnchen-3ya.example.com'],
    ['*@bücher。example', '*@xn--bcher-kva.example'],
    ['jane@xn--bcher-kva.example', 'jane@xn--bcher-kva.example'],
    ["o'hara+news/a=b@example.com", "o'hara+news/a=b@example.com"],
    ['$x{y}@example.com', '$x{y}@example.com'],
    [`${'a'.repeat(64)}@example.com`, `${'a'.repeat(64)}@example.com`],
    ['a@1.2.example.com', 'a@1.2.example.com'],
    ['*@*.city.kawasaki.jp', '*@*.city.kawasaki.jp'],
  ])('%s', (written, normalised) => {
    expect(parseAddressPattern(written)).toBe(normalised);
  });
});

const longDomain = `${'a'.repeat(60)}.`.repeat(4);

describe('parseAddressPattern refuses', () => {
  it.each<[unknown, RegExp]>([
    [42, /42 is not text/],
    [null, /null is not text/],
    [true, /is not text/],
    [['a@example.com'], /is not text/],
    ['', /is empty/],
    ['*', /every address there is/],
    ['*@*', /every address there is/],
    ['a?b@example.com', /"\?"/],
    [`\${aws:username}@example.com`, /"\$\{"/],
    ['a@example.com ', /invisible character/],
    [' a@example.com', /invisible character/],
    ['a b@example.com', /invisible character/],
    ['a@example.com\n', /invisible character/],
    ['a\u0000@example.com', /invisible character/],
    ['a@exa\u200bmple.com', /invisible character/],
    ['a@exa\u00admple.com', /invisible character/],
    ['\u202ea@example.com', /invisible character/],
    ['\ud800@example.com', /invisible character/],
    ['example.com', /no "@"/],
    ['a@b@example.com', /2 "@"/],
    ['@example.com', /nothing before the "@"/],
    ['a@', /no domain after the "@"/],
    ['*@*.', /no domain after the "@"/],
    ['a*b@example.com', /wildcard in the wrong place before/],
    ['*a@example.com', /wildcard in the wrong place before/],
    ['**@example.com', /wildcard in the wrong place before/],
    ['*@exam*.com', /wildcard in the wrong place of the domain/],
    ['*@*example.com', /wildcard in the wrong place of the domain/],
    ['*@*.*.example.com', /wildcard in the wrong place of the domain/],
    ['*@example.*', /wildcard in the wrong place of the domain/],
    ['jane@*', /wildcard in the wrong place of the domain/],
    ['jane@*.example.com', /after "\*@" only/],
    ['team-*@*.example.com', /after "\*@" only/],
    ['*@*.com', /anybody can register a name under "com"/],
    ['*@*.co.uk', /anybody can register a name under "co.uk"/],
    ['*@CO.UK', /anybody can register/],
    ['a*@co.uk', /anybody can register/],
    ['*@com', /anybody can register/],
    ['*@*.ck', /anybody can register/],
    ['*@*.foo.ck', /anybody can register/],
    ['*@*.kawasaki.jp', /anybody can register/],
    ['*@*.xn--p1ai', /anybody can register/],
    ['*@*.рф', /anybody can register/],
    ['jane@localhost', /one part only/],
    ['jane@example..com', /can't exist/],
    ['jane@example.com.', /can't exist/],
    ['jane@-example.com', /can't exist/],
    ['jane@exam_ple.com', /can't exist/],
    ['jane@exam%70le.com', /can't exist/],
    ['jane@bü%70le.com', /can't exist/],
    ['jane@[192.0.2.1]', /can't exist/],
    ['jane@192.0.2.1', /IP address/],
    [`jane@${'a'.repeat(64)}.com`, /can't exist/],
    [`jane@${'ü'.repeat(63)}.com`, /can't exist/],
    [`jane@${longDomain}example.com`, /at most 253/],
    [`${'a'.repeat(65)}@example.com`, /65 characters before the "@", at most 64/],
    [`${'a'.repeat(65)}*@example.com`, /at most 64/],
    [`${'a'.repeat(488)}@example.com`, /500 characters long, at most 320/],
    ['jané@example.com', /SMTPUTF8/],
    ['"jane doe"@example.com', /invisible character/],
    ['"jane"@example.com', /quoted local part/],
    ['"a@b"@example.com', /quoted local part/],
    ['jane(x)@example.com', /the character "\("/],
    ['jane,joe@example.com', /the character ","/],
    ['Jane <jane@example.com>', /invisible character/],
    ['<jane@example.com>', /the character "<"/],
    ['a\\b@example.com', /the character/],
    ['.jane@example.com', /a dot before/],
    ['jane.@example.com', /a dot before/],
    ['ja..ne@example.com', /a dot before/],
    ['.*@example.com', /a dot before/],
    ['a..*@example.com', /a dot before/],
  ])('%j', (written, reason) => {
    const message = messageOf(() => parseAddressPattern(written));
    expect(message).toMatch(reason);
    expect(message).toMatch(/^allowed_from_addresses: /);
    expect(message.length).toBeLessThan(300);
  });

  it('names the attribute', () => {
    expect(messageOf(() => parseAddressPattern('*', 'allowed_recipients'))).toMatch(/^allowed_recipients: "\*"/);
  });
});

describe('parseAddressPatterns', () => {
  it('sorts, and drops duplicates after normalisation', () => {
    expect(parseAddressPatterns(['b@example.com', 'a@EXAMPLE.com', 'a@example.com'])).toEqual([
      'a@example.com',
      'b@example.com',
    ]);
  });

  it('refuses an empty list', () => {
    expect(messageOf(() => parseAddressPatterns([]))).toMatch(/the list is empty\. Add at least one/);
  });

  it('refuses 300 patterns and suggests a remedy', () => {
    const many = Array.from({ length: 300 }, (_, i) => `user${i}@example.com`);
    expect(messageOf(() => parseAddressPatterns(many))).toMatch(/300 entries, at most 100 .* split them over several/);
    expect(parseAddressPatterns(many.slice(0, MAX_PATTERNS))).toHaveLength(MAX_PATTERNS);
  });

  it('reports all faults at once, the first three in full', () => {
    const two = messageOf(() => parseAddressPatterns(['*', 'ok@example.com', 7]));
    expect(two).toMatch(/"\*" would allow .* 7 is not text/);
    expect(two).not.toMatch(/more\.$/);
    expect(messageOf(() => parseAddressPatterns([1, 2, 3, 4, 5]))).toMatch(/3 is not text.* And 2 more\.$/);
  });
});

describe('matchesAddressPattern', () => {
  it.each([
    ['jane@example.com', 'jane@example.com', true],
    ['jane@example.com', 'Jane@example.com', false],
    ['jane@example.com', 'jane@Example.com', false],
    ['*@example.com', 'anyone@example.com', true],
    ['*@example.com', 'anyone@sub.example.com', false],
    ['*@example.com', 'anyone@notexample.com', false],
    ['*@example.com', '@example.com', true],
    ['*@*.example.com', 'a@b.example.com', true],
    ['*@*.example.com', 'a@c.b.example.com', true],
    ['*@*.example.com', 'a@example.com', false],
    ['team-*@example.com', 'team-@example.com', true],
    ['team-*@example.com', 'team@example.com', false],
    ['a*a', 'a', false],
  ])('%s and %s: %s', (pattern, address, matches) => {
    expect(matchesAddressPattern(pattern, address)).toBe(matches);
  });

  it('accepts an address that matches one of several patterns', () => {
    expect(matchesAnyPattern(['a@example.com', '*@example.org'], 'b@example.org')).toBe(true);
    expect(matchesAnyPattern(['a@example.com', '*@example.org'], 'b@example.com')).toBe(false);
    expect(matchesAnyPattern([], 'b@example.com')).toBe(false);
  });

  it('agrees with a slow and simple reference', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', '@', '.', '*'), maxLength: 12 });
    fc.assert(
      fc.property(text, text, (p, a) => matchesAddressPattern(p, a) === matchesSlowly(p, a)),
      { numRuns: 2000 },
    );
  });

  it('takes linear time for a hostile address', () => {
    const startedAt = performance.now();
    matchesAddressPattern('*a*a*a*a*a*b', 'a'.repeat(200_000));
    expect(performance.now() - startedAt).toBeLessThan(200);
  });
});

function matchesSlowly(pattern: string, text: string): boolean {
  if (pattern === '') return text === '';
  if (pattern.startsWith('*')) {
    return matchesSlowly(pattern.slice(1), text) || (text !== '' && matchesSlowly(pattern, text.slice(1)));
  }
  return text !== '' && pattern[0] === text[0] && matchesSlowly(pattern.slice(1), text.slice(1));
}

const label = fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,8}[a-z0-9])?$/);
const suffix = fc.constantFrom('com', 'co.uk', 'ck', 'foo.ck', 'kawasaki.jp', 'de', 'xn--p1ai', 'example', 'org.au');
const domain = fc.tuple(fc.array(label, { maxLength: 3 }), suffix).map(([labels, last]) => [...labels, last].join('.'));
const local = fc.stringMatching(/^[a-z0-9+]{1,8}(\.[a-z0-9]{1,5})?$/);
const written = fc
  .tuple(fc.constantFrom('', '*', 'prefix*'), local, fc.constantFrom('', '*.'), domain)
  .map(([star, name, sub, host]) => `${star || name}@${sub}${host}`);

function tryParse(value: unknown): string | undefined {
  try {
    return parseAddressPattern(value);
  } catch (error) {
    if (error instanceof InvalidRecordError) return undefined;
    throw error;
  }
}

describe('every accepted pattern', () => {
  const anything = fc.oneof(
    written,
    fc.string({ unit: 'binary', maxLength: 30 }).map((text) => `*@${text}.com`),
    fc.string({ unit: 'grapheme', maxLength: 20 }).map((text) => `a@${text}.example.com`),
    fc.anything(),
  );

  it('is unchanged when parsed again, and is plain ASCII', () => {
    fc.assert(
      fc.property(anything, (value) => {
        const pattern = tryParse(value);
        if (pattern === undefined) return;
        expect(parseAddressPattern(pattern)).toBe(pattern);
        expect(pattern).toMatch(/^[!-~]+$/);
      }),
      { numRuns: 500 },
    );
  });

  it('matches no address of another registrable domain', () => {
    let accepted = 0;
    fc.assert(
      fc.property(written, local, fc.array(label, { maxLength: 2 }), domain, (value, name, labels, stranger) => {
        const pattern = tryParse(value);
        if (pattern === undefined) return;
        accepted += 1;
        const own = pattern.slice(pattern.lastIndexOf('@') + 1).replace(/^\*\./, '');
        for (const host of [stranger, [...labels, own].join('.'), `${labels.join('-')}${own}`]) {
          if (matchesAddressPattern(pattern, `${name}@${host}`)) expect(getDomain(host)).toBe(getDomain(own));
        }
      }),
      { numRuns: 1000 },
    );
    expect(accepted).toBeGreaterThan(100);
  });
});

describe('domains have no case', () => {
  it('in an address that is compared with patterns, but its local part has', () => {
    const patterns = parseAddressPatterns(['Jane.Roe@Example.COM', '*@*.example.org']);
    expect(matchesAnyPattern(patterns, 'Jane.Roe@EXAMPLE.com')).toBe(true);
    expect(matchesAnyPattern(patterns, 'x@Mail.Example.Org')).toBe(true);
    expect(matchesAnyPattern(patterns, 'jane.roe@example.com')).toBe(false);
  });

  it('and a policy may hold them as the record spells them', () => {
    const written = ['Jane.Roe@Example.COM', 'a@example.com', 'x@Bücher.example', 7];
    const patterns = ['Jane.Roe@example.com', 'a@example.com', 'x@xn--bcher-kva.example'];
    const both = ['Jane.Roe@Example.COM', ...patterns];
    expect(withSpellings(patterns, written)).toEqual(both);
    expect(withSpellings(patterns, new Set(written))).toEqual(both);
    expect(withSpellings(patterns.slice(1), written)).toEqual(patterns.slice(1));
    expect(withSpellings(patterns, undefined)).toEqual(patterns);
  });
});
