import { expect, test } from 'vitest';
import { UsageError } from './command/usage-error.ts';
import { readOptions } from './read-options.ts';

test('without options: port 4500 and no state', () => {
  expect(readOptions([], '/here')).toEqual({
    portBase: 4500,
    reset: false,
    logs: false,
    fast: false,
    chaos: false,
    help: false,
  });
});

test('reads all options', () => {
  expect(
    readOptions(
      [
        ...['--port-base', '5000', '--state', 'd', '--reset', '--logs', '--fast', '--suspend-after', '3', '--chaos'],
        ...['--from-address', 'header', '--envelope', 'strict', '--default-quota-per-day', '50'],
        ...['--max-credentials', '10'],
      ],
      '/here',
    ),
  ).toEqual({
    portBase: 5000,
    state: '/here/d',
    reset: true,
    logs: true,
    fast: true,
    suspendAfter: 3,
    defaultQuotaPerDay: 50,
    maxCredentials: 10,
    chaos: true,
    fromAddress: 'header',
    envelope: 'strict',
    help: false,
  });
});

test.each([
  ['5s', 5],
  ['500ms', 0.5],
  ['1.5s', 1.5],
  ['1ms', 0.001],
  ['600s', 600],
])('reads that IAM lags by %s', (text, seconds) => {
  expect(readOptions(['--iam-lag', text], '/here').iamLag).toEqual({ seconds, everybody: false });
  expect(readOptions(['--iam-lag', text, '--iam-lag-everybody'], '/here').iamLag).toEqual({ seconds, everybody: true });
});

test('leaves an absolute path as it is', () => {
  expect(readOptions(['--state', '/there/d'], '/here').state).toBe('/there/d');
});

test.each([['-h'], ['--help'], ['--help', '--reset']])('shows the usage when %s asks for it', (...args) => {
  expect(readOptions(args, '/here').help).toBe(true);
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
  [['--suspend-after', '100000'], '--suspend-after'],
  [['--max-credentials', '5001'], '--max-credentials'],
  [['--default-quota-per-day', '0'], '--default-quota-per-day'],
  [['--port-base', '0x1194'], '--port-base'],
  [['--port-base'], '--port-base'],
  [['--reset'], '--reset'],
  [['--iam-lag', '5'], '--iam-lag must be a time from 1ms to 600s, such as 500ms or 5s, not "5".'],
  [['--iam-lag', '0s'], '--iam-lag must be'],
  [['--iam-lag', '0.1ms'], '--iam-lag must be'],
  [['--iam-lag', '601s'], '--iam-lag must be'],
  [['--iam-lag', '5 s'], '--iam-lag must be'],
  [['--iam-lag', ''], '--iam-lag must be'],
  [['--iam-lag', 'soon'], '--iam-lag must be'],
  [['--from-address', 'x'], '--from-address must be one of both, header, envelope, not "x".'],
  [['--envelope', 'loose'], '--envelope must be one of notice, strict, not "loose".'],
  [['--chaos=yes'], '--chaos'],
  [['--iam-lag-everybody'], '--iam-lag-everybody needs --iam-lag TIME'],
])('refuses %j and says what is wrong', (args, named) => {
  expect(() => readOptions(args, '/here')).toThrow(named);
  expect(() => readOptions(args, '/here')).toThrow(UsageError);
});
