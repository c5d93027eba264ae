import { expect, it, test } from 'vitest';
import { readHistoryEntry } from './history-entry.ts';

const of = { table: 'mail', username: 'jane' };
const detail = {
  table: 'mail',
  username: 'jane',
  at: '2026-11-26T10:00:00.000Z',
  correlation_id: 'c',
  requested_by: 'arn:jo',
  requested_from: '192.0.2.1',
  access_key_id: 'AKIA',
  labels: { team: 'a' },
};
const inBus = (more: object = {}, envelope: object = {}) =>
  JSON.stringify({ source: 'sesame', 'detail-type': 'activated', detail: { ...detail, ...more }, ...envelope });

it('reads an event', () => {
  expect(readHistoryEntry(inBus(), of)).toEqual({
    at: '2026-11-26T10:00:00.000Z',
    event: 'activated',
    correlationId: 'c',
    requestedBy: 'arn:jo',
    requestedFrom: '192.0.2.1',
    accessKeyId: 'AKIA',
  });
});

it('leaves out what is no text', () => {
  const entry = readHistoryEntry(inBus({ requested_by: { $ne: 1 }, reason: 7, correlation_id: undefined }), of);
  expect(entry).toMatchObject({ event: 'activated', correlationId: '' });
  expect(entry).not.toHaveProperty('requestedBy');
  expect(entry).not.toHaveProperty('reason');
});

test.each([
  ['no JSON', '{'],
  ['no object', '[]'],
  ['another source', inBus({}, { source: 'theirs' })],
  ['another table', inBus({ table: 'other' })],
  ['another credential', inBus({ username: 'jane.doe' })],
  ['no time', inBus({ at: 'yesterday' })],
  ['no type', inBus({}, { 'detail-type': 4 })],
  ['no detail', inBus({}, { detail: 'text' })],
])('ignores %s', (_, text) => {
  expect(readHistoryEntry(text, of)).toBeUndefined();
});
