import { CreateLogGroupCommand, CreateLogStreamCommand, DeleteLogGroupCommand } from '@aws-sdk/client-cloudwatch-logs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sendTestMail } from '../../local/send-test-mail.ts';
import { type FindMessagesDeps, type FindMessagesRequest, findMessages } from '../../src/admin/find-messages.ts';
import { createLogSearch } from '../../src/aws/log-search.ts';
import { createSignedFetch } from '../../src/aws/sign-request.ts';
import type { LogQuery } from '../../src/mail-events/log-search.ts';
import { createCredentialRecords } from '../support/credential-records.ts';
import { createFakeSuppressions } from '../support/fake-suppressions.ts';
import { iamPropagated } from '../support/iam-lag.ts';
import { localStack } from '../support/local-stack.ts';
import { type MailHistory, mailKinds, makeMailHistory, stateOfKind } from '../support/mail-histories.ts';
import { readSmtpPassword } from '../support/read-smtp-password.ts';
import { waitUntil } from '../support/wait-until.ts';
import { writeMailHistories } from '../support/write-mail-histories.ts';

const { description, clients } = localStack();

describe('10,000 mails of 200 credentials', () => {
  const stream = { logGroupName: '/test/where', logStreamName: 'ses' };
  const mailCount = 10_000;
  const credentialCount = 200;
  const MINUTE = 60_000;
  const HOUR = 60 * MINUTE;
  /** How many events the emulator looks at in one call. */
  const lookedAt = 500;
  const startMs = Date.now() - 5 * 24 * HOUR;
  const iamUserOf = (username: string) => `ses-smtp-user-${username}-1764151200000`;
  const domainOf = (number: number) => (number % 7 === 0 ? 'Xn--Bcher-Kva.example' : 'Example.org');
  const mails: readonly MailHistory[] = Array.from({ length: mailCount }, (_, number) => {
    const username = `where.${number % credentialCount}`;
    const kind = mailKinds[Math.floor(number / credentialCount) % mailKinds.length] ?? 'delivered';
    const to = [`Kim.${number}+Tag@${domainOf(number)}`];
    return makeMailHistory({
      kind,
      username,
      iamUserName: iamUserOf(username),
      to: kind === 'two-recipients' ? [...to, `lee.${number}@example.net`] : to,
      // Over 20 hours.
      sentAtMs: startMs + number * 7_200,
      number,
    });
  });
  /** Some of each kind, and of many credentials. */
  const sample = mails.filter((_, number) => number % 31 === 0);
  let times: readonly number[];
  const queries: LogQuery[] = [];
  const search = createLogSearch(() => clients.logs, stream.logGroupName);
  const deps: FindMessagesDeps = {
    eventLog: {
      readPage(query, token) {
        queries.push(query);
        return search.readPage(query, token);
      },
    },
    credentials: {
      read: async (username) => ({
        status: 'active',
        iam_user_arn: `arn:aws:iam::123456789012:user/ses-smtp/us-east-1/mail/${iamUserOf(username)}`,
        allowed_from_addresses: [`${username}@example.com`],
      }),
    },
    findUsernames: async () => [],
    suppressed: createFakeSuppressions(),
    scope: { partition: 'aws', region: 'us-east-1', accountId: '123456789012', configurationSet: 'smtp' },
    now: Date.now,
  };

  beforeAll(async () => {
    await clients.logs.send(new CreateLogGroupCommand(stream));
    await clients.logs.send(new CreateLogStreamCommand(stream));
    times = await writeMailHistories(clients.logs, stream, mails);
  }, 60_000);
  afterAll(() => clients.logs.send(new DeleteLogGroupCommand(stream)));

  /** The calls that one look at these times takes: a time without events takes one as well. */
  function callsFor(looked: readonly LogQuery[]): number {
    const parts = new Map(looked.map(({ fromMs, toMs }) => [`${fromMs}-${toMs}`, { fromMs, toMs }]));
    let calls = 0;
    for (const { fromMs, toMs } of parts.values()) {
      const events = times.filter((time) => time >= fromMs && time <= toMs).length;
      calls += Math.max(1, Math.ceil(events / lookedAt));
    }
    return calls;
  }

  async function find(request: FindMessagesRequest) {
    queries.length = 0;
    const found = await findMessages(request, deps);
    expect(queries.length).toBe(found.lookedAt.calls);
    expect(queries.length).toBeLessThanOrEqual(callsFor(queries));
    return found;
  }

  function expectMail(found: Awaited<ReturnType<typeof find>>, mail: MailHistory) {
    expect(found.messages).toHaveLength(1);
    const [message] = found.messages;
    expect(message).toMatchObject({ messageId: mail.messageId, credential: mail.username, to: mail.to });
    expect(message?.recipients[0]?.state, mail.kind).toBe(stateOfKind[mail.kind]);
    expect(message?.recipients[1]?.state).toBe(mail.kind === 'two-recipients' ? 'bounced' : undefined);
    const unknown = message?.unknown.map(({ code }) => code);
    const missing = { 'send-lost': ['SendEventMissing'], 'outcome-lost': ['NoOutcome'] } as Record<string, string[]>;
    expect(unknown, mail.kind).toEqual(missing[mail.kind] ?? []);
    const lines = new Set(mail.lines.map(({ event }) => JSON.stringify((event as { detail: unknown }).detail)));
    expect(message?.events).toHaveLength(lines.size);
  }

  it('has hundreds of samples, and every kind among them', () => {
    expect(sample.length).toBeGreaterThan(300);
    expect(new Set(sample.map(({ kind }) => kind)).size).toBe(mailKinds.length);
    expect(times.length).toBeGreaterThan(20_000);
  });

  it('are each found by every form of the id, within the time that the id says', async () => {
    const forms = [
      (id: string) => id,
      (id: string) => `<${id}>`,
      (id: string) => `${id}@email.amazonses.com`,
      (id: string) => `<${id}@eu-west-1.amazonses.com>`,
      (id: string) => `250 Ok ${id}`,
      (id: string) => `postfix/smtp[7]: 4F1: to=<x@example.org>, status=sent (250 Ok ${id})`,
    ];
    for (const [index, mail] of sample.entries()) {
      // All forms for the first of each kind, and one after the other for the rest.
      const isFirst = sample.findIndex(({ kind }) => kind === mail.kind) === index;
      for (const write of isFirst ? forms : [forms[index % forms.length] ?? String]) {
        const found = await find({ messageId: write(mail.messageId) });
        expectMail(found, mail);
        const { since, until } = found.lookedAt;
        expect(Date.parse(since)).toBe(mail.sentAtMs - MINUTE);
        // An outcome within ten minutes ends the search there.
        const isSoon = mail.kind !== 'delayed' && mail.kind !== 'outcome-lost';
        expect(Date.parse(until) - Date.parse(since) <= 10 * MINUTE, mail.kind).toBe(isSoon);
        if (isSoon) expect(found.lookedAt.calls).toBe(1);
      }
    }
  }, 60_000);

  it("are each found by the client's Message-ID", async () => {
    for (const mail of sample.filter((_, index) => index % 5 === 0)) {
      const time = { sinceMs: mail.sentAtMs - MINUTE, untilMs: mail.sentAtMs + 4 * HOUR };
      expectMail(await find({ messageId: `Message-ID: <${mail.clientMessageId}>`, ...time }), mail);
    }
  }, 60_000);

  it('are each found by recipient, in any case and with the domain in both forms', async () => {
    for (const [index, mail] of sample.entries()) {
      const [to = ''] = mail.to;
      const recipient = [to, to.toLowerCase(), to.toUpperCase(), to.replace('Xn--Bcher-Kva', 'bücher')][index % 4];
      const time = { sinceMs: mail.sentAtMs - MINUTE, untilMs: mail.sentAtMs + 9 * MINUTE };
      const late = mail.kind === 'delayed' ? { untilMs: mail.sentAtMs + 4 * HOUR } : {};
      expectMail(await find({ recipient, ...time, ...late }), mail);
    }
  }, 60_000);

  it('are found in the whole time as well, page by page', async () => {
    const mail = sample.find(({ kind }) => kind === 'two-recipients') as MailHistory;
    const time = { sinceMs: startMs, untilMs: startMs + 24 * HOUR };
    expectMail(await find({ recipient: mail.to[1]?.toUpperCase(), ...time }), mail);
    expect(queries.length).toBe(Math.ceil(times.length / lookedAt));
  }, 60_000);

  it('of a credential are all found, and none of another', async () => {
    const own = mails.filter(({ username }) => username === 'where.1');
    const found = new Set<string>();
    let cursor: string | undefined;
    do {
      const page = await find({ username: 'where.1', sinceMs: startMs, untilMs: startMs + 24 * HOUR, cursor });
      for (const { messageId, credential } of page.messages) {
        expect(credential).toBe('where.1');
        found.add(messageId);
      }
      cursor = page.nextCursor;
    } while (cursor !== undefined);
    expect(found).toEqual(new Set(own.map(({ messageId }) => messageId)));
    expect(found.size).toBe(mailCount / credentialCount);
  }, 60_000);
});

describe('on the local stack, through the deployed API', () => {
  const { region, credentials, api } = description;
  const records = createCredentialRecords(clients.dynamodb, description.table);
  const username = 'where.story';
  const from = `${username}@example.com`;
  const send = createSignedFetch({ region, credentials });
  let smtp: { user: string; password: string };

  const ask = async (method: string, path: string) => {
    const response = await send(`${api.url}${path}`, { method });
    // biome-ignore lint/suspicious/noExplicitAny: the tests look into answers of every shape.
    return { status: response.status, body: (await response.json()) as any };
  };

  /** Sends a mail, and waits until the log has its outcome. */
  async function mailTo(to: string) {
    const reply = await sendTestMail(description, smtp, { from, to, security: 'STARTTLS', subject: 'Hello' });
    expect(reply).toMatch(/^250 Ok /);
    let message: { recipients: { state: string; suppression?: unknown }[]; events: { type: string }[] } | undefined;
    await waitUntil(async () => {
      const { status, body } = await ask('GET', `/v1/messages?message_id=${encodeURIComponent(reply)}`);
      expect({ status, problem: body.detail }).toEqual({ status: 200, problem: undefined });
      message = body.messages[0];
      return message !== undefined && message.recipients[0]?.state !== 'accepted';
    });
    return message;
  }

  beforeAll(async () => {
    await records.insert(username, [from]);
    const record = await records.waitForStatus(username, 'active');
    await iamPropagated();
    smtp = {
      user: String(record['access_key_id']),
      password: await readSmtpPassword({ description, clients }, record),
    };
  });

  it('tells where a mail is', async () => {
    expect(await mailTo('where.kim@example.org')).toMatchObject({
      credential: username,
      from,
      to: ['where.kim@example.org'],
      recipients: [{ address: 'where.kim@example.org', state: 'delivered' }],
      events: [{ type: 'Send' }, { type: 'Delivery', reply: '250 2.0.0 OK' }],
      verdict: { code: expect.stringMatching(/^(allowed|changed-since)$/) },
      unknown: [],
    });
    expect(await mailTo('chaos+delayed@simulator.amazonses.com')).toMatchObject({
      recipients: [{ state: 'delivered' }],
      events: [{ type: 'Send' }, { type: 'DeliveryDelay', delay_type: 'MailboxFull' }, { type: 'Delivery' }],
    });
  });

  it('finds it by recipient and by credential, too', async () => {
    for (const query of [
      'recipient=WHERE.KIM%40example.org',
      `credential=${username}&recipient=where.kim%40example.org`,
    ]) {
      const { body } = await ask('GET', `/v1/messages?${query}`);
      expect(body.messages, query).toMatchObject([{ to: ['where.kim@example.org'] }]);
    }
  });

  it('a hard bounce puts the address on the suppression list; once it is taken off, mail arrives', async () => {
    const address = 'chaos+bounce-once+Where@simulator.amazonses.com';
    const path = `/v1/suppressions/${encodeURIComponent(address)}`;
    expect(await mailTo(address)).toMatchObject({
      recipients: [{ state: 'bounced', suppression: { address, reason: 'BOUNCE' } }],
      events: [{ type: 'Send' }, { type: 'Bounce', bounce_sub_type: 'General' }],
    });
    expect(await ask('GET', path)).toMatchObject({ status: 200, body: { address, is_suppressed: true } });
    // When SES sends, upper and lower case make no difference.
    expect(await mailTo(address.toLowerCase())).toMatchObject({
      events: [{ type: 'Send' }, { type: 'Bounce', bounce_sub_type: 'Suppressed' }],
    });
    expect(await ask('DELETE', path)).toEqual({ status: 200, body: { address, is_removed: true } });
    expect(await ask('DELETE', path)).toEqual({ status: 200, body: { address, is_removed: false } });
    expect(await mailTo(address)).toMatchObject({ recipients: [{ state: 'delivered' }] });
  });
});
