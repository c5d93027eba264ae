import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseAddressList } from './address-list.ts';

const read = (text: string) => {
  const { addresses, unreadable } = parseAddressList(text);
  return { addresses: addresses.map(({ address }) => address), isClear: unreadable.length === 0 };
};

describe('an address header', () => {
  it.each<[string, string[]]>([
    ['jane@example.com', ['jane@example.com']],
    ['  <jane@example.com>\r\n ', ['jane@example.com']],
    ['Jane Roe <jane@example.com>', ['jane@example.com']],
    ['Jane Q. Roe <jane@example.com>', ['jane@example.com']],
    ['Jörg Müller <jane@example.com>', ['jane@example.com']],
    ['"Roe, Jane" <jane@example.com>, kim@example.org', ['jane@example.com', 'kim@example.org']],
    ['"evil@example.net" <jane@example.com>', ['jane@example.com']],
    ['"<evil@example.net>," <jane@example.com>', ['jane@example.com']],
    ['"say \\"<evil@example.net>\\"" <jane@example.com>', ['jane@example.com']],
    ['jane@example.com <jane@example.com>', ['jane@example.com']],
    ['evil@example.net <jane@example.com>', ['jane@example.com']],
    ['=?utf-8?Q?Boss_=3Cevil=40example.net=3E=2C?= <jane@example.com>', ['jane@example.com']],
    ['=?utf-8?B?PGV2aWxAZXhhbXBsZS5uZXQ+?= <jane@example.com>', ['jane@example.com']],
    ['jane@example.com (evil@example.net)', ['jane@example.com']],
    ['(a (nested \\) <evil@example.net>) comment) jane (x) @ (y) example (z) . com', ['jane@example.com']],
    ['Jane (<evil@example.net>,) <jane@example.com>', ['jane@example.com']],
    [
      'Team: jane@example.com, Kim <kim@example.org>;, lee@example.net',
      ['jane@example.com', 'kim@example.org', 'lee@example.net'],
    ],
    ['"a: b": jane@example.com;', ['jane@example.com']],
    ['jane@example.com; kim@example.org', ['jane@example.com', 'kim@example.org']],
    [', ,jane@example.com,,', ['jane@example.com']],
    ['"jane"@example.com', ['jane@example.com']],
    ['"jane roe"@example.com', ['"jane roe"@example.com']],
    ['"evil@example.net"@example.com', ['"evil@example.net"@example.com']],
    ['"a\\"b"@example.com', ['"a\\"b"@example.com']],
    ["o'hara+tag=x/y@sub.example.com", ["o'hara+tag=x/y@sub.example.com"]],
    ['Jane\r\n\tRoe\r\n <jane@example.com>', ['jane@example.com']],
    ['jane@bücher.example', ['jane@xn--bcher-kva.example']],
    ['jane@xn--bcher-kva.example', ['jane@xn--bcher-kva.example']],
    ['jane@[192.0.2.1]', ['jane@[192.0.2.1]']],
    ['JANE@Example.COM', ['JANE@Example.COM']],
    ['jane@example.com, jane@example.com', ['jane@example.com']],
  ])('finds exactly the addresses in %j', (text, addresses) => {
    expect(read(text)).toEqual({ addresses, isClear: true });
  });

  it.each<[string, string[]]>([
    ['jane', []],
    ['<>', []],
    ['@example.com', []],
    ['jane@', []],
    ['jane@@example.com', []],
    ['jane@evil.example@example.com', []],
    ['jane roe@example.com', []],
    ['jane@example.com evil', []],
    ['<jane@example.com> <evil@example.net>', []],
    ['Jane <jane@example.com', []],
    ['Jane jane@example.com>', []],
    ['j:ane@example.com', []],
    ['jane@example.com; k:im@example.org', ['jane@example.com']],
    ['<jane@example.com>evil@example.net', []],
    ['<<jane@example.com>>', []],
    ['<@relay.example:jane@example.com>', []],
    ['"Jane <jane@example.com>', []],
    ['(Jane <jane@example.com>', []],
    ['jane)@example.com', []],
    ['jane\\@example.com', []],
    ['.jane@example.com', []],
    ['jane..roe@example.com', []],
    ['jane@example..com', []],
    ['jane@example.com.', []],
    ['jane@-example.com', []],
    ['jane@exa_mple.com', []],
    ['jane@%65xample.com', []],
    ['jane\u0000@example.com', []],
    ['jane@example.com\u0000', []],
    ['"ja\u0001ne"@example.com', []],
    ['=?utf-8?Q?evil=40example.net?=', []],
    ['=?utf-8?Q?evil?=@example.com', []],
    ['=?utf-8?B?PGV2aWxAZXhhbXBsZS5uZXQ+?=', []],
    [`${'a'.repeat(400)}@example.com`, []],
    ['evil, <jane@example.com>', ['jane@example.com']],
    ['Example, Inc. <jane@example.com>', ['jane@example.com']],
    [`${' '.repeat(70_000)}jane@example.com`, []],
  ])('finds something unreadable in %j', (text, addresses) => {
    expect(read(text)).toEqual({ addresses, isClear: false });
  });

  it.each(['', '   ', 'undisclosed-recipients:;', '(only a comment)'])('finds no address in %j', (text) => {
    expect(read(text)).toEqual({ addresses: [], isClear: true });
  });

  it('marks addresses that were written beyond ASCII', () => {
    expect(parseAddressList('jane@bücher.example, jörg@example.com, Jörg <kim@example.org>').addresses).toEqual([
      { address: 'jane@xn--bcher-kva.example', isBeyondAscii: true },
      { address: 'jörg@example.com', isBeyondAscii: true },
      { address: 'kim@example.org', isBeyondAscii: false },
    ]);
  });

  it('never throws, and finds no address that is not in the text', () => {
    const piece = fc.constantFrom(
      '<',
      '>',
      '"',
      '\\',
      '(',
      ')',
      ',',
      ';',
      ':',
      '@',
      '.',
      '[',
      ']',
      ' ',
      '\r\n ',
      'a',
      'b.example',
      '=?utf-8?Q?x?=',
      'é',
      '\u0000',
      '\ud800',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        const text = pieces.join('');
        for (const { address } of parseAddressList(text).addresses) {
          expect(address).toMatch(/^.+@.+$/);
          if (/^[a-z.@]+$/.test(address))
            expect(text.replaceAll(/[\s"\\]|\([^)]*\)/g, '')).toContain(address.split('@')[0]);
        }
      }),
      { numRuns: 2000 },
    );
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => void parseAddressList(text)));
  });

  it.each(['<', '(', '"', '@', 'a,', '(()', '\\', ' ', '[', 'a@b.example,', '.', ':', 'a:'])(
    'takes linear time: %j',
    (piece) => {
      const text = piece.repeat(Math.floor(65_536 / piece.length));
      const began = performance.now();
      parseAddressList(text);
      expect(performance.now() - began).toBeLessThan(1000);
    },
  );

  it('finds an address inside any name, comment or group', () => {
    const local = fc.stringMatching(/^[a-z0-9!#$%&'*+/=^_`{|}~-]{1,12}$/).filter((text) => !text.includes('=?'));
    const domain = fc.stringMatching(/^[a-z][a-z0-9]{0,8}\.example$/);
    const frame = fc.constantFrom(
      (address: string) => address,
      (address: string) => `<${address}>`,
      (address: string) => `"x, <y@z.example>" <${address}> (a@b.example)`,
      (address: string) => `Group: ${address};`,
      (address: string) => `=?utf-8?B?w6k=?=\r\n <${address}>`,
    );
    fc.assert(
      fc.property(local, domain, frame, (name, host, around) => {
        expect(read(around(`${name}@${host}`))).toEqual({ addresses: [`${name}@${host}`], isClear: true });
      }),
    );
  });
});
