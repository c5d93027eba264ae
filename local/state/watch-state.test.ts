import { expect, test } from 'vitest';
import { watchState } from './watch-state.ts';

const at = '2026-01-02T03:04:05.000Z';

function watch() {
  const lines: string[] = [];
  return { lines, state: watchState('/s', (line) => lines.push(line)) };
}

test('reports nothing while every save succeeds, and no loss at the end', () => {
  const { lines, state } = watch();
  state.onState({ kind: 'saved', at, last: false });
  state.onState({ kind: 'saved', at, last: true });
  expect(lines).toEqual([]);
  expect(state.loss()).toBeUndefined();
});

test('reports once that saving fails, once that it works again, and at the end what is lost', () => {
  const { lines, state } = watch();
  state.onState({ kind: 'saved', at, last: false });
  for (let times = 0; times < 3; times += 1)
    state.onState({ kind: 'failed', at, last: false, reason: 'No space left' });
  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatch(
    /^The state can't be saved in \/s: No space left\.\nEverything up to \d\d:\d\d:\d\d is saved\. Changes since/,
  );
  state.onState({ kind: 'saved', at, last: false });
  expect(lines.slice(1)).toEqual(['The state is saved again in /s.']);
  state.onState({ kind: 'failed', at, last: true, reason: 'No space left' });
  expect(lines).toHaveLength(2);
  expect(state.loss()).toContain('The state could not be saved in /s: No space left.\nEverything up to ');
});

test('reports a loss when the emulator was killed before its last save', () => {
  const { state } = watch();
  expect(state.loss()).toContain('ended before it could save its state.\nNothing was saved since this start.');
  state.onState({ kind: 'saved', at, last: false });
  expect(state.loss()).toMatch(/Everything up to .* are lost\.\nThe state in \/s is intact: npm start -- --state \/s/);
});

test('says what a stop waits for', () => {
  const { lines, state } = watch();
  state.onState({ kind: 'waiting', functions: ['manager', 'sweeper'], seconds: 5 });
  expect(lines).toEqual([
    'Waiting up to 5 s for manager, sweeper to finish. Press Ctrl-C again to skip this; the next start continues the work.',
  ]);
});
