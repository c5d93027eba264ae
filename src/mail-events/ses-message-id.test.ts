import { expect, it, test } from 'vitest';
import { makeSesMessageId } from '../../local/smtp-endpoint/ses-message-id.ts';
import { findClientMessageId } from './client-message-id.ts';
import { findSesMessageId } from './ses-message-id.ts';

const id = '0102019aa1b2c3d4-11111111-2222-3333-4444-555555555555-000000';
const sentAtMs = 0x019aa1b2c3d4;

test.each([
  id,
  id.toUpperCase(),
  `<${id}>`,
  `<${id}@email.amazonses.com>`,
  `${id}@eu-west-1.amazonses.com`,
  `Message-ID: <${id}@eu-west-1.amazonses.com>`,
  `250 Ok ${id}`,
  `Nov 27 10:00:00 mx postfix/smtp[99]: 4F1: to=<kim@example.org>, status=sent (250 Ok ${id})`,
  `{"messageId":"${id}"}`,
])('finds the id and its time in %s', (text) => {
  expect(findSesMessageId(text)).toEqual({ id, sentAtMs });
});

test.each([
  'kim@example.org',
  '11111111-2222-3333-4444-555555555555',
  `a${id}`,
  `${id}0`,
  id.replace('019aa', '019ag'),
  '',
])('finds none in %s', (text) => {
  expect(findSesMessageId(text)).toBeUndefined();
});

it('takes no unlikely time from an id', () => {
  expect(findSesMessageId(id.replace('019aa1b2c3d4', 'ffffffffffff'))).toMatchObject({ sentAtMs: undefined });
  expect(findSesMessageId(id.replace('019aa1b2c3d4', '000000000001'))).toMatchObject({ sentAtMs: undefined });
});

it('reads what the local stack makes', () => {
  const now = new Date('2027-01-02T03:04:05.678Z');
  expect(findSesMessageId(makeSesMessageId('eu-central-1', now))).toMatchObject({ sentAtMs: now.getTime() });
});

test.each([
  ['<abc.1@laptop.example>', 'abc.1@laptop.example'],
  ['Message-ID: <abc.1@laptop.example>', 'abc.1@laptop.example'],
  ['message-id:abc.1@laptop.example', 'abc.1@laptop.example'],
  ['queued as <abc.1@laptop.example> today', 'abc.1@laptop.example'],
  ['abc', undefined],
  ['two words@laptop.example', undefined],
])("finds the client's own id in %s", (text, found) => {
  expect(findClientMessageId(text)).toBe(found);
});
