import { expect, it } from 'vitest';
import { fillTemplate } from './fill-template.ts';

it('fills each place, and leaves everything else as it is', () => {
  const double = (value: number) => String(2 * value);
  expect(fillTemplate(`\${a}-\${b}\${a} #{c} $d $&`, { a: 1, b: 2 }, double)).toBe('2-42 #{c} $d $&');
});

it('takes a value as it is, whatever a replacement could mean by it', () => {
  expect(fillTemplate(`\${a}`, { a: `$& \${b}` }, (value) => value)).toBe(`$& \${b}`);
});

it('names the value that is missing', () => {
  expect(() => fillTemplate(`\${nobody}`, {}, String)).toThrow('"nobody"');
});
