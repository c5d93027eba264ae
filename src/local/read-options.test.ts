import { expect, test } from 'vitest';
import { readOptions } from './read-options.ts';

test('without options: port 4500 and no state', () => {
  expect(readOptions([])).toEqual({ portBase: 4500, reset: false, logs: false, fast: false, help: false });
});

test('reads all options', () => {
  expect(
    readOptions(['--port-base', '5000', '--state', 'd', '--reset', '--logs', '--fast', '--suspend-after', '3']),
  ).toEqual({
    portBase: 5000,
    state: 'd',
    reset: true,
    logs: true,
    fast: true,
    suspendAfter: 3,
    help: false,
  });
});

test('says where all options stand', () => {
  for (const args of [['--bogus'], ['--port-base'], ['word']])
    expect(() => readOptions(args)).toThrow(/npm start -- --help$/);
});

test.each([
  [['--no-such'], '--no-such'],
  [['word'], 'word'],
  [['--port-base', 'x'], '--port-base'],
  [['--port-base', '80'], '--port-base'],
  [['--port-base', '65500'], '--port-base'],
  [['--port-base', '4500.5'], '--port-base'],
  [['--state', ''], '--state'],
  [['--suspend-after', '0'], '--suspend-after'],
  [['--suspend-after', 'x'], '--suspend-after'],
  [['--reset'], '--reset'],
])('refuses %j and names what is wrong', (args, named) => {
  expect(() => readOptions(args)).toThrow(named);
});
