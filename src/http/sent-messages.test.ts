import { beforeEach, describe, expect, it } from 'vitest';
import { ask } from '../../test/support/api-client.ts';
import { createFakeApi } from '../../test/support/fake-api.ts';
import { type MailKind, makeMailHistory } from '../../test/support/mail-histories.ts';

const iamUserName = 'ses-smtp-user-jane-1764151200000';
const record = {
  status: 'active',
  iam_user_arn: `arn:aws:iam::123456789012:user/ses-smtp/eu-west-1/mail/${iamUserName}`,
  allowed_from_addresses: ['jane@example.com'],
};

let api: ReturnType<typeof createFakeApi>;
beforeEach(() => {
  api = createFakeApi();
  api.cloud.put('jane', record);
});

function put(kind: MailKind, to = ['kim@example.org']) {
  const sentAtMs = api.clock.nowMs - 3_600_000;
  const mail = makeMailHistory({ kind, username: 'jane', iamUserName, to, sentAtMs, number: 1 });
  for (const { event, atMs } of mail.lines) api.eventLog.put(event, atMs);
  return mail;
}

const get = (path: string) => ask(api.app, 'GET', path);
const encoded = encodeURIComponent;

describe('GET /v1/messages', () => {
  it('answers with the API’s names', async () => {
    api.suppressions.put('kim@example.org');
    const mail = put('bounced');
    const { status, body } = await get(`/v1/messages?message_id=${encoded(`250 Ok ${mail.messageId}`)}`);
    expect(status).toBe(200);
    expect(body.messages).toEqual([
      {
        message_id: mail.messageId,
        client_message_ids: [mail.clientMessageId],
        credential: 'jane',
        iam_user: iamUserName,
        from: 'jane@example.com',
        envelope_from: 'jane@example.com',
        to: ['kim@example.org'],
        at: '2026-11-26T09:00:00.000Z',
        recipients: [
          {
            address: 'kim@example.org',
            state: 'bounced',
            at: '2026-11-26T09:00:03.000Z',
            suppression: { address: 'kim@example.org', reason: 'BOUNCE', since: '2026-11-20T08:00:00.000Z' },
          },
        ],
        events: [
          { type: 'Send', at: '2026-11-26T09:00:00.000Z', recipients: ['kim@example.org'] },
          {
            type: 'Bounce',
            at: '2026-11-26T09:00:03.000Z',
            recipients: ['kim@example.org'],
            status: '5.1.1',
            reply: 'smtp; 550 5.1.1 no such user',
            bounce_type: 'Permanent',
            bounce_sub_type: 'General',
          },
        ],
        verdict: { code: 'allowed', as_of: '2026-11-26T10:00:00.000Z', senders: [] },
        unknown: [],
      },
    ]);
    expect(JSON.stringify(body)).not.toContain('A subject that nobody should see');
    expect(api.audits).toEqual([]);
  });

  it.each([
    'recipient=KIM%40example.org',
    'credential=jane',
    'since=2026-11-26T00:00:00Z&until=2026-11-26T10:00:00Z',
    '',
  ])('finds it by %s', async (query) => {
    const mail = put('delivered');
    const { body } = await get(`/v1/messages?${query}`);
    expect(body.messages).toMatchObject([{ message_id: mail.messageId }]);
    expect(body.looked_at).toMatchObject({ calls: 1 });
  });

  it.each([
    ['message_id=nonsense', 'InvalidMessageId'],
    ['recipient=nonsense', 'InvalidAddress'],
    ['since=yesterday', 'InvalidQuery'],
    ['since=2026-99-99T00:00:00Z', 'InvalidQuery'],
    ['since=2026-11-26T10:00:00Z&until=2026-11-26T09:00:00Z', 'InvalidTime'],
    ['limit=0', 'InvalidQuery'],
    ['limit=1001', 'InvalidQuery'],
    ['cursor=AAAA', 'InvalidCursor'],
    ['subject=Hello', 'InvalidQuery'],
    ['recipient=a%40example.org&recipient=b%40example.org', 'InvalidQuery'],
  ])('refuses %s', async (query, code) => {
    const { status, body } = await get(`/v1/messages?${query}`);
    expect({ status, code: body.code }).toEqual({ status: 400, code });
    expect(api.eventLog.calls).toEqual([]);
  });

  it('says what the deployment lacks', async () => {
    api = createFakeApi((admin) => ({ ...admin, eventLog: undefined }));
    const { status, body } = await get('/v1/messages');
    expect({ status, code: body.code }).toEqual({ status: 409, code: 'EventLogMissing' });
    expect(body.detail).toContain('event_log = true');
  });
});

describe('/v1/suppressions/{address}', () => {
  it('shows an address, in whatever case it is on the list', async () => {
    api.suppressions.put('kim+tag@example.org');
    const { status, body } = await get(`/v1/suppressions/${encoded('Kim+Tag@Example.org')}`);
    expect(status).toBe(200);
    expect(body).toEqual({
      address: 'Kim+Tag@Example.org',
      is_suppressed: true,
      entries: [{ address: 'kim+tag@example.org', reason: 'BOUNCE', since: '2026-11-20T08:00:00.000Z' }],
    });
    expect(await get('/v1/suppressions/lee%40example.org')).toMatchObject({
      status: 200,
      body: { address: 'lee@example.org', is_suppressed: false, entries: [] },
    });
  });

  it('removes it in each spelling, once and again, and says so in the audit log', async () => {
    api.suppressions.put('Kim@example.org');
    api.suppressions.put('kim@example.org');
    const remove = () => ask(api.app, 'DELETE', '/v1/suppressions/Kim%40Example.org');
    expect(await remove()).toMatchObject({ status: 200, body: { address: 'Kim@Example.org', is_removed: true } });
    expect(api.suppressions.entries.size).toBe(0);
    expect(await remove()).toMatchObject({ status: 200, body: { address: 'Kim@Example.org', is_removed: false } });
    expect(api.audits).toMatchObject([
      { action: 'suppressions.remove', subject: 'Kim@Example.org', status: 200 },
      { action: 'suppressions.remove', status: 200 },
    ]);
  });

  it('knows a domain in both its forms', async () => {
    api.suppressions.put('kim@xn--bcher-kva.example');
    const { body } = await get(`/v1/suppressions/${encoded('kim@bücher.example')}`);
    expect(body).toMatchObject({ address: 'kim@xn--bcher-kva.example', is_suppressed: true });
  });

  it.each([
    '..',
    '.',
    'kim',
    '@example.org',
    'a@b@c',
    'a@example.org,b@example.org',
    'kim@example.org\r\nX-Injected: 1',
    '../../identities/example.com@example.org',
    'kim?x=1@example.org',
    'kim#1@example.org',
    'kim%40x@example.org',
    `${'k'.repeat(400)}@example.org`,
    'kim@example.org\u0000',
    '<script>@example.org',
    '"\u001b[31m"@example.org',
  ])('refuses %j, and asks SES nothing', async (text) => {
    for (const method of ['GET', 'DELETE']) {
      const { status, body } = await ask(api.app, method, `/v1/suppressions/${encoded(text)}`);
      expect([400, 404, 405], text).toContain(status);
      expect(body.code).toMatch(/^(InvalidAddress|RouteNotFound|MethodNotAllowed)$/);
    }
    expect(api.suppressions.asked).toEqual([]);
  });
});
