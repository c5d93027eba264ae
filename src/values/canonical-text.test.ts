import { NumberValueImpl as NumberValue } from '@aws-sdk/util-dynamodb';
import { expect, it } from 'vitest';
import { canonicalText } from './canonical-text.ts';

it.each<[string, unknown, unknown]>([
  ['a map in another order', { a: 1, b: [2] }, { b: [2], a: 1 }],
  ['a set in another order', new Set(['b', 'a']), new Set(['a', 'b'])],
  [
    'a set of binaries',
    new Set([new Uint8Array([1]), new Uint8Array([2])]),
    new Set([new Uint8Array([2]), new Uint8Array([1])]),
  ],
  ['a number, whatever holds it', 12_345_678_901_234_567_890n, NumberValue.from('12345678901234567890')],
  ['a part of a larger buffer', new Uint8Array([0, 1, 2]).subarray(1), Buffer.from([1, 2])],
  ['a map with a name that has no value', { a: 1, b: undefined }, { a: 1 }],
])('%s is the same', (_, one, other) => {
  expect(canonicalText(one)).toBe(canonicalText(other));
});

it('gives different texts for values that differ by type, order or content', () => {
  const values: unknown[] = [
    undefined,
    null,
    true,
    1,
    12_345_678_901_234_567_890n,
    '',
    'undefined',
    'null',
    '1',
    'number 1',
    [],
    {},
    ['1'],
    [1],
    new Set([1]),
    new Set(['1']),
    ['a', 'b'],
    ['b', 'a'],
    ['a,b'],
    { a: 1 },
    { a: '1' },
    { 'a":1,"b': 1 },
    { a: 1, b: 1 },
    new Uint8Array([1]),
    'binary AQ==',
    ['[1]'],
    [[1]],
  ];
  expect(new Set(values.map(canonicalText)).size).toBe(values.length);
});
