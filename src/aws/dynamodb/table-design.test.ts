import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { keyOfUsername } from '../../credential/credential-key.ts';
import {
  alertKey,
  counterKey,
  dedupKey,
  findingKey,
  idempotencyKey,
  itemTypeOfKey,
  itemTypes,
  missingRecordKey,
  parseCounterKey,
  SWEEP_POSITION_KEY,
  suspensionExpiryKey,
  suspensionExpiryRange,
} from './table-design.ts';

const nowMs = Date.parse('2026-03-01T10:20:30.400Z');

/** One key of each kind, as it has stood in tables since 0.1: another text would lose what is stored. */
const stored = [
  ['credential', keyOfUsername('jane'), 'SMTP_USER', 'USER#jane', { username: 'jane' }],
  [
    'counter',
    counterKey('jane', '2026-03-01T10'),
    'SESAME#COUNT',
    'USER#jane#2026-03-01T10',
    { username: 'jane', bucket: '2026-03-01T10' },
  ],
  [
    'dedup item',
    dedupKey('jane', '2026-03-01T10:20:30'),
    'SESAME#SEEN#jane',
    '2026-03-01T10:20:30',
    { username: 'jane', dedupWindow: '2026-03-01T10:20:30', part: 0 },
  ],
  [
    'dedup item',
    dedupKey('jane', '2026-03-01T10:20:30', 12),
    'SESAME#SEEN#jane',
    '2026-03-01T10:20:30#12',
    { username: 'jane', dedupWindow: '2026-03-01T10:20:30', part: 12 },
  ],
  [
    'alert window',
    alertKey({ username: 'jane', finding: 'BounceRate' }),
    'SESAME#ALERT',
    'USER#jane#BounceRate',
    { username: 'jane', finding: 'BounceRate' },
  ],
  [
    'alert window',
    alertKey({ username: 'jane', finding: 'Suspended', occurrence: '1#2' }),
    'SESAME#ALERT',
    'USER#jane#Suspended#1#2',
    { username: 'jane', finding: 'Suspended', occurrence: '1#2' },
  ],
  [
    'missing record',
    missingRecordKey('ses-smtp-user-jane-1'),
    'SESAME#ALERT',
    'IAMUSER#ses-smtp-user-jane-1#RecordMissing',
    { iamUserName: 'ses-smtp-user-jane-1' },
  ],
  [
    'suspension expiry',
    suspensionExpiryKey('jane', nowMs),
    'SESAME#UNTIL',
    '2026-03-01T10:20:30.400Z#jane',
    { username: 'jane', untilMs: nowMs },
  ],
  [
    'finding',
    findingKey({ sweepNumber: 12, username: 'jane', kind: 'policy-drift', digest: '0f0f0f0f' }),
    'SESAME#FINDING',
    'SWEEP#0000000012#USER#jane#policy-drift#0f0f0f0f',
    { sweepNumber: 12, username: 'jane', kind: 'policy-drift', digest: '0f0f0f0f' },
  ],
  ['sweep position', SWEEP_POSITION_KEY, 'SESAME#SWEEP', 'POSITION', {}],
  ['idempotency key', idempotencyKey('0f'.repeat(32)), 'SESAME#IDEMPOTENCY', `KEY#${'0f'.repeat(32)}`, {}],
] as const;

it.each(stored)('the key of a %s is built as it always was, and is read back', (name, key, PK, SK, parts) => {
  expect(key).toEqual({ PK, SK });
  expect(itemTypeOfKey(key)?.name).toBe(name);
  expect(itemTypeOfKey(key)?.parse(key)).toEqual(parts);
  // No key is of two kinds.
  expect(itemTypes.filter(({ parse }) => parse(key) !== undefined)).toHaveLength(1);
});

it('every kind has a key here', () => {
  expect(new Set(stored.map(([name]) => name))).toEqual(new Set(itemTypes.map(({ name }) => name)));
});

it.each([
  { PK: 'ROUTE#*@example.com', SK: 'RULE#v1' },
  { PK: 'SMTP_USERS', SK: 'USER#jane' },
  { PK: 'SMTP_USER', SK: 'META#jane' },
  { PK: 'SESAME#COUNT', SK: 'USER#jane' },
  { PK: 'SESAME#COUNT', SK: 'JANE#2026-03-01T10' },
  { PK: 'SESAME#SEEN#jane', SK: 'yesterday' },
  { PK: 'SESAME#ALERT', SK: 'USER#jane' },
  { PK: 'SESAME#ALERT', SK: 'IAMUSER#jane' },
  { PK: 'SESAME#UNTIL', SK: 'tomorrow#jane' },
  { PK: 'SESAME#UNTIL', SK: 7 },
  { PK: 'SESAME#SWEEP', SK: 'OTHER' },
  {},
])("a key that isn't ours is of no kind: %j", (key) => {
  expect(itemTypeOfKey(key)).toBeUndefined();
});

it('a counter is told from another credential whose name goes on', () => {
  expect(parseCounterKey({ PK: 'SESAME#COUNT', SK: 'USER#jane#2026-03-01T10' })?.username).toBe('jane');
  const { SK: from } = counterKey('jane', '2026-01-30T11');
  const { SK: to } = counterKey('jane', '2026-03-01T10');
  for (const { SK } of [counterKey('jane.doe', '2026-02-01T10'), counterKey('jan', '2026-02-01T10')]) {
    expect(from < SK && SK < to, SK).toBe(false);
  }
});

it('expiries are found from their very moment on', () => {
  const { before } = suspensionExpiryRange(nowMs);
  expect(suspensionExpiryKey('zoe', nowMs).SK < before).toBe(true);
  expect(suspensionExpiryKey('anne', nowMs + 1).SK < before).toBe(false);
});

it("every partition of ours that a function's role may use is in the design", () => {
  const folder = join(import.meta.dirname, '../../../terraform/policies');
  const policies = readdirSync(folder).map((file) => readFileSync(join(folder, file), 'utf8'));
  const used = new Set([...policies.join('\n').matchAll(/"(SESAME#[^"]*|SMTP_USER)"/g)].map(([, key = '']) => key));
  const designed = itemTypes.map(({ partitionKey }) => partitionKey.replace(/\{.*\}/, '*'));
  expect([...used].sort()).toEqual([...new Set(designed)].sort());
});
