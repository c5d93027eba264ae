import { expect, it } from 'vitest';
import { readWarnings, writeWarnings } from './warning.ts';

it.each([
  [{}, []],
  [{ warning: 'As 0.1 wrote it.' }, [{ code: 'Warning', text: 'As 0.1 wrote it.' }]],
  [{ warning: [{ code: 'A', text: 'a', more: 1 }] }, [{ code: 'A', text: 'a' }]],
  [
    { warning: ['words', 7, null, {}, { text: 't' }, { code: 'C' }] },
    ['words', 't'].map((text) => ({ code: 'Warning', text })),
  ],
  [{ identity_warning: 'case' }, [{ code: 'PatternCaseDiffers', text: 'case' }]],
  [{ warning: { code: 'A', text: 'a' } }, []],
])('reads the warnings of %j', (item, warnings) => {
  expect(readWarnings(item)).toEqual(warnings);
});

it('writes a list, or nothing', () => {
  expect(writeWarnings([])).toBeUndefined();
  expect(writeWarnings([{ code: 'A', text: 'a' }])).toEqual([{ code: 'A', text: 'a' }]);
});
