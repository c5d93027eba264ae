import { beforeEach, expect, it, test } from 'vitest';
import { SesameError } from '../credential/errors.ts';
import type { LogPage, LogQuery } from '../mail-events/log-search.ts';
import { type HistoryRequest, readHistory } from './read-history.ts';

const nowMs = Date.parse('2026-11-26T10:00:00.000Z');
let clockMs: number;
let pages: readonly (readonly string[])[];
let asked: { query: LogQuery; token: string | undefined }[];
let hasRecord: boolean;
/** How long each call takes. */
let callMs: number;

const event = (seconds: number, type = 'changed', more: object = {}) =>
  JSON.stringify({
    source: 'sesame',
    'detail-type': type,
    detail: {
      table: 'mail',
      username: 'jane',
      at: new Date(nowMs + seconds * 1000).toISOString(),
      correlation_id: 'c',
      ...more,
    },
  });

beforeEach(() => {
  clockMs = nowMs;
  pages = [];
  asked = [];
  hasRecord = true;
  callMs = 100;
});

function read(request: Partial<HistoryRequest> = {}) {
  const historyLog = {
    readPage(query: LogQuery, token?: string): Promise<LogPage> {
      asked.push({ query, token });
      clockMs += callMs;
      const at = token === undefined ? 0 : Number(/^page-(\d+)$/.exec(token)?.[1] ?? Number.NaN);
      if (Number.isNaN(at)) return Promise.reject(new SesameError('InvalidParameterException', 'permanent', 'No.'));
      const lines = (pages[at] ?? []).map((text) => ({ text, atMs: nowMs }));
      return Promise.resolve({ lines, token: at + 1 < pages.length ? `page-${at + 1}` : undefined });
    },
  };
  const credentials = { read: () => Promise.resolve(hasRecord ? { status: 'active' } : undefined) };
  return readHistory({ username: 'jane', ...request }, { table: 'mail', historyLog, credentials, now: () => clockMs });
}

it('tells every event once, oldest first, over empty pages', async () => {
  pages = [
    [],
    [event(2, 'disabled'), event(1)],
    [],
    [event(1), event(3, 'enabled'), 'no JSON', event(4, 'x', { username: 'jo' })],
  ];
  const { entries, nextCursor } = await read();
  expect(entries.map(({ event: type }) => type)).toEqual(['changed', 'disabled', 'enabled']);
  expect(nextCursor).toBeUndefined();
  expect(asked).toHaveLength(4);
  expect(asked[0]?.query).toEqual({
    pattern: '{ $.detail.username = "jane" }',
    fromMs: nowMs - 365 * 86_400_000,
    toMs: nowMs,
  });
});

it('answers in time, and goes on where it stopped, with the same times', async () => {
  pages = [[], [], [event(1)], [event(2)]];
  callMs = 7_000;
  const first = await read({ sinceMs: 5, untilMs: 9 });
  expect(asked).toHaveLength(2);
  expect(first.entries).toEqual([]);
  const second = await read({ cursor: first.nextCursor });
  expect(second.entries).toHaveLength(2);
  expect(second.nextCursor).toBeUndefined();
  expect(asked.map(({ query: { fromMs, toMs } }) => [fromMs, toMs])).toEqual(Array(4).fill([5, 9]));
});

it('ends a page that has enough', async () => {
  pages = [Array.from({ length: 200 }, (_, index) => event(index)), [event(300)]];
  const { entries, nextCursor } = await read();
  expect(entries).toHaveLength(200);
  expect((await read({ cursor: nextCursor })).entries).toHaveLength(1);
});

it('knows removed credentials, and names that never were', async () => {
  hasRecord = false;
  pages = [[event(1, 'deleted')]];
  expect((await read()).entries).toHaveLength(1);
  pages = [[]];
  await expect(read()).rejects.toMatchObject({ code: 'CredentialNotFound' });
  await expect(read({ username: 'x'.repeat(2_000) })).rejects.toMatchObject({ code: 'CredentialNotFound' });
  hasRecord = true;
  expect((await read()).entries).toEqual([]);
});

const cursorOf = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

test.each([
  'made-up',
  '',
  cursorOf({}),
  cursorOf([1, 2]),
  cursorOf([1, 2, '']),
  cursorOf(['1', 2, 'page-1']),
  cursorOf([1, 2, 'page-1', 3]),
  cursorOf([-1, 2, 'page-1']),
  cursorOf([1, 2, 'of-another-search']),
])('refuses the cursor %s', async (cursor) => {
  pages = [[], []];
  await expect(read({ cursor })).rejects.toMatchObject({ code: 'InvalidCursor' });
});

test.each([
  undefined,
  { readPage: () => Promise.reject(new SesameError('ResourceNotFoundException', 'retryable', 'No.')) },
])('says what is missing where there is no log', async (historyLog) => {
  const deps = { table: 'mail', historyLog, credentials: { read: async () => ({}) }, now: () => nowMs };
  await expect(readHistory({ username: 'jane' }, deps)).rejects.toMatchObject({
    code: 'HistoryLogMissing',
    message: expect.stringContaining('history_log = true'),
  });
});
