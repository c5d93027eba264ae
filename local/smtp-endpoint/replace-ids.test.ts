import { expect, it } from 'vitest';
import { replaceIds } from './replace-ids.ts';

const accepted = { id: '0102-1', region: 'eu-west-1', at: new Date('2026-03-01T10:00:00.000Z') };
const replace = (raw: string, more = {}) =>
  replaceIds(Buffer.from(raw, 'latin1'), { ...accepted, ...more }).toString('latin1');

it('replaces Message-ID and Date, also over several lines, and nothing else', () => {
  const raw =
    'From: jane@example.com\r\nmessage-id:\r\n <own@example.com>\r\nDATE: Mon,\r\n\t1 Jan 2001 00:00:00 +0000\r\nSubject: D\xfc\r\n\r\nDate: stays\xe9\r\n';
  expect(replace(raw)).toBe(
    'Message-ID: <0102-1@eu-west-1.amazonses.com>\r\nDate: Sun, 01 Mar 2026 10:00:00 +0000\r\nFrom: jane@example.com\r\n' +
      'Subject: D\xfc\r\n\r\nDate: stays\xe9\r\n',
  );
});

it('adds both to a message without them, or without a body', () => {
  expect(replace('From: jane@example.com', { region: 'us-east-1' })).toBe(
    'Message-ID: <0102-1@email.amazonses.com>\r\nDate: Sun, 01 Mar 2026 10:00:00 +0000\r\nFrom: jane@example.com',
  );
});
