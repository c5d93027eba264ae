import { request } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type AcceptedMail, createMailbox, type Mailbox } from './mailbox.ts';
import { createMailboxServer, type MailboxServer } from './mailbox-server.ts';

const mail = (id: string, raw = `From: john@example.com\r\n\r\n${id}`): AcceptedMail => ({
  id,
  acceptedAt: new Date('2026-01-02T03:04:05Z'),
  userName: 'john',
  userArn: 'arn:aws:iam::123456789012:user/john',
  accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
  envelope: { from: 'john@example.com', to: ['jane@example.org'] },
  from: ['john@example.com'],
  to: ['jane@example.org'],
  subject: `Mail ${id}`,
  messageIdHeader: '',
  sourceIp: '127.0.0.1',
  tls: 'starttls',
  size: raw.length,
  raw: Buffer.from(raw),
});

describe('createMailbox', () => {
  it('drops the oldest mails when it exceeds its limits', () => {
    const mailbox = createMailbox({ maxMails: 3, maxTotalBytes: 25 });
    for (const id of ['1', '2', '3', '4']) {
      mailbox.add(mail(id, '0123456789'));
    }
    expect(mailbox.list().map(({ id }) => id)).toEqual(['3', '4']);
  });

  it('truncates mails that are too long', () => {
    const mailbox = createMailbox({ maxRawBytes: 4 });
    mailbox.add(mail('1', '0123456789'));
    expect(mailbox.get('1')).toMatchObject({ size: 10, rawTruncated: true, raw: Buffer.from('0123') });
  });
});

describe('createMailboxServer', () => {
  let mailbox: Mailbox;
  let server: MailboxServer;
  let url: string;

  beforeEach(async () => {
    mailbox = createMailbox();
    mailbox.add(mail('1'));
    server = createMailboxServer({ mailbox, port: 0 });
    ({ url } = await server.start());
  });
  afterEach(() => server.close());

  it('lists mails without their bytes', async () => {
    const { messages } = (await (await fetch(url)).json()) as { messages: Record<string, unknown>[] };
    expect(messages).toHaveLength(1);
    expect(messages[0]).toMatchObject({ id: '1', subject: 'Mail 1', acceptedAt: '2026-01-02T03:04:05.000Z' });
    expect(messages[0]).not.toHaveProperty('raw');
  });

  it('shows one mail as JSON and as raw bytes', async () => {
    expect(await (await fetch(`${url}/1`)).json()).toMatchObject({ raw: 'From: john@example.com\r\n\r\n1' });
    const raw = await fetch(`${url}/1/raw`);
    expect(raw.headers.get('content-type')).toBe('message/rfc822');
    expect(await raw.text()).toBe('From: john@example.com\r\n\r\n1');
  });

  it('empties the mailbox on request', async () => {
    expect((await fetch(url, { method: 'DELETE' })).status).toBe(204);
    expect(mailbox.list()).toEqual([]);
  });

  it.each([
    ['GET', '/1x', 404],
    ['GET', '/1/raw/x', 404],
    ['POST', '', 405],
    ['DELETE', '/1', 405],
  ])('answers %s %s with %i', async (method, path, status) => {
    expect((await fetch(`${url}${path}`, { method })).status).toBe(status);
  });

  it.each([
    ['another host name', { host: 'attacker.example.com' }],
    ['a web page', { origin: 'http://attacker.example.com' }],
    ['an image of a web page', { 'sec-fetch-site': 'cross-site' }],
  ])('refuses %s', async (_name, headers) => {
    const status = await new Promise((resolve, reject) => {
      const asked = request(url, { headers }, (response) => {
        response.resume();
        resolve(response.statusCode);
      });
      asked.once('error', reject).end();
    });
    expect(status).toBe(403);
  });
});
