import { describe, expect, it, test } from 'vitest';
import { withAttribute, withSomeText, withText, withTextInAnyCase } from './log-pattern.ts';

it('looks for a text as it is', () => {
  expect(withText('0100-a')).toBe('"0100-a"');
  expect(withText('a "b" \\ c')).toBe('"a \\"b\\" \\\\ c"');
});

it('looks for one of several texts', () => {
  expect(withSomeText(['a'])).toBe('"a"');
  expect(withSomeText(['a', 'b c'])).toBe('?"a" ?"b c"');
});

it('looks for an attribute', () => {
  expect(withAttribute('detail.username', 'jane')).toBe('{ $.detail.username = "jane" }');
});

describe('a text in any case', () => {
  test.each([
    ['kim@example.net', '%[kK][iI][mM]@[eE][xX][aA][mM][pP][lL][eE]\\.[nN][eE][tT]%'],
    ['A-1+b', '%[aA]-1\\+[bB]%'],
    ["o'n", '%[oO].[nN]%'],
    ['é', '%.*%'],
    ['100%', '%100.%'],
  ])('%s', (text, pattern) => {
    expect(withTextInAnyCase(text)).toBe(pattern);
  });

  it('fits into a pattern', () => {
    expect(withTextInAnyCase('x'.repeat(200)).length).toBeLessThanOrEqual(1_024);
  });
});
