import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { quoteCharacter, quoteValue } from './quote-value.ts';

const bytes = (...values: number[]) => Uint8Array.from(values);

describe('quoteValue', () => {
  it.each<[value: unknown, shown: string]>([
    ['jane@example.com', '"jane@example.com"'],
    ['say "hi" \\ there', '"say \\"hi\\" \\\\ there"'],
    ['two\nlines\tand a tab', '"two\\nlines\\tand a tab"'],
    ['a\u0000b\u001b[31m', '"a<U+0000>b<U+001B>[31m"'],
    ['\u202emoc.elpmaxe', '"<U+202E>moc.elpmaxe"'],
    ['zero\u200bwidth', '"zero<U+200B>width"'],
    ['no\u00a0break', '"no<U+00A0>break"'],
    // A combining mark belongs to its letter only.
    ['cafe\u0301', '"cafe\u0301"'],
    ['\u0301cafe', '"<U+0301>cafe"'],
    ['@\u0301', '"@<U+0301>"'],
    ['हिन्दी', '"हिन्दी"'],
    ['\ud800', '"<U+D800>"'],
    ['😀', '"😀"'],
    ['', '""'],
  ])('shows the text %j as it can be read', (value, shown) => {
    expect(quoteValue(value)).toBe(shown);
  });

  it.each<[value: unknown, shown: string]>([
    [bytes(97, 64, 98), 'binary of 3 bytes'],
    [bytes(1), 'binary of 1 byte'],
    [new Set([bytes(97), bytes(98, 99)]), '[binary of 1 byte,binary of 2 bytes]'],
    [new Set(['a@example.com', 'b@example.com']), '["a@example.com","b@example.com"]'],
    [new Set([1, 2]), '[1,2]'],
    [12345678901234567890n, '12345678901234567890'],
    [['a', bytes(1), null, true, 1.5], '["a",binary of 1 byte,null,true,1.5]'],
    [{ by: 'me', blob: bytes(1, 2) }, '{"by":"me","blob":binary of 2 bytes}'],
    [{}, '{}'],
    [undefined, 'undefined'],
    [null, 'null'],
    [Number.NaN, 'NaN'],
  ])("shows DynamoDB's types, case %#", (value, shown) => {
    expect(quoteValue(value)).toBe(shown);
  });

  it('shortens without splitting a character', () => {
    expect(quoteValue('x'.repeat(59))).toBe(`"${'x'.repeat(57)}…"`);
    expect(quoteValue('x'.repeat(58))).toBe(`"${'x'.repeat(58)}"`);
    expect(quoteValue('\u0000'.repeat(30))).toMatch(/^"(?:<U\+0000>){7}…"$/);
    expect(quoteValue(`${'x'.repeat(56)}😀😀`)).toBe(`"${'x'.repeat(56)}…"`);
    expect(quoteValue(Array.from({ length: 100_000 }, () => 'entry'))).toHaveLength(60);
  });

  it('never throws, never exceeds the length and never prints an invisible character', () => {
    fc.assert(
      fc.property(fc.anything({ withBigInt: true, withSet: true, withTypedArray: true }), (value) => {
        expect(quoteValue(value).length).toBeLessThanOrEqual(60);
      }),
    );
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        const shown = quoteValue(text);
        expect(shown.length).toBeLessThanOrEqual(60);
        expect(shown).not.toMatch(/[\p{C}\p{Zl}\p{Zp}]/u);
      }),
    );
  });
});

describe('quoteCharacter', () => {
  it.each([
    [',', '","'],
    [' ', '" "'],
    ['\n', '"\\n"'],
    ['é', '"é" (U+00E9)'],
    ['\u0301', 'U+0301'],
    ['\u202e', 'U+202E'],
    ['\u0007', 'U+0007'],
    ['\u00a0', 'U+00A0'],
    ['😀', '"😀" (U+1F600)'],
  ])('%j', (character, shown) => {
    expect(quoteCharacter(character)).toBe(shown);
  });
});
