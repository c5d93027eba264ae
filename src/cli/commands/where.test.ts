import { beforeEach, describe, expect, it } from 'vitest';
import { createFakeCli } from '../../../test/support/fake-cli.ts';
import { type MailKind, type MailOfHistory, makeMailHistory } from '../../../test/support/mail-histories.ts';

const iamUserName = 'ses-smtp-user-jane-1764151200000';
const record = {
  status: 'active',
  access_key_id: 'AKIAEXAMPLE',
  encrypted_password: 'ciphertext',
  iam_user_arn: `arn:aws:iam::123456789012:user/ses-smtp/eu-west-1/mail/${iamUserName}`,
  allowed_from_addresses: ['jane@example.com'],
};

let cli: ReturnType<typeof createFakeCli>;
beforeEach(() => {
  cli = createFakeCli();
  cli.api.cloud.put('jane', record);
});

let number = 0;
function put(kind: MailKind, changes: Partial<MailOfHistory> = {}) {
  number += 1;
  const sentAtMs = cli.api.clock.nowMs - 4 * 3_600_000;
  const mail = makeMailHistory({
    kind,
    username: 'jane',
    iamUserName,
    to: ['kim@example.org'],
    sentAtMs,
    number,
    ...changes,
  });
  for (const { event, atMs } of mail.lines) cli.api.eventLog.put(event, atMs);
  return mail;
}

const json = async (...args: string[]) => {
  const { exit, stdout } = await cli.run('where', ...args, '--output', 'json');
  return { exit, ...JSON.parse(stdout) };
};
const table = (...args: string[]) => cli.run(...args, '--output', 'table');

describe('sesame where', () => {
  it('takes what people have at hand', async () => {
    const mail = put('delivered');
    const shape = {
      message_id: mail.messageId,
      credential: 'jane',
      from: 'jane@example.com',
      to: ['kim@example.org'],
      at: '2026-11-26T06:00:00.000Z',
      events: [{ type: 'Send' }, { type: 'Delivery' }],
    };
    for (const what of [
      mail.messageId,
      `250 Ok ${mail.messageId}`,
      `<${mail.messageId}@eu-west-1.amazonses.com>`,
      `Message-ID: <${mail.clientMessageId}>`,
      mail.clientMessageId,
      'Kim@Example.org',
      'jane',
    ]) {
      const { exit, messages } = await json(what);
      expect({ exit, messages }, what).toMatchObject({ exit: 0, messages: [shape] });
    }
    expect(await json('--credential', 'jane', '--since', '2026-11-26T05:00:00Z')).toMatchObject({ messages: [shape] });
    expect(await json('--since', '5h', '--until', 'now')).toMatchObject({ messages: [shape] });
  });

  it('reads an address as the name of a credential, if no mail went to it', async () => {
    cli.api.cloud.put('jane@example.com', { ...record, iam_user_arn: undefined });
    const mail = put('delivered', { iamUserName: 'ses-smtp-user-jane@example.com-1764151200000' });
    expect((await json('jane@example.com')).messages).toMatchObject([
      { message_id: mail.messageId, credential: 'jane@example.com' },
    ]);
  });

  it('tells a story', async () => {
    const mail = put('delayed');
    const { stdout } = await table('where', mail.messageId);
    expect(stdout).toContain(mail.messageId);
    expect(stdout.replaceAll(/\s+/g, ' ')).toContain(
      'kim@example.org: accepted 06:00:00, delayed 06:01:00 (MailboxFull; 452 4.2.2 mailbox full), delayed 08:00:00 (MailboxFull; 452 4.2.2 mailbox full), delivered 09:00:00 (250 2.0.0 Queued)',
    );
    expect(stdout).toContain('allowed (by the record as it is now)');
  });

  it('says what to do about an address that is held back', async () => {
    cli.api.suppressions.put('kim@example.org');
    put('bounced');
    const stdout = (await table('where', 'kim@example.org')).stdout.replaceAll(/\s+/g, ' ');
    expect(stdout).toContain('bounced for good 06:00:03 (550 5.1.1 no such user)');
    expect(stdout).toContain('is on the suppression list of the account since 2026-11-20T08:00:00.000Z: BOUNCE');
    expect(stdout).toContain('sesame suppressions remove kim@example.org');
  });

  it('says until when SES tries, while it does', async () => {
    const mail = put('delayed', { sentAtMs: cli.api.clock.nowMs - 2.5 * 3_600_000 });
    cli.api.eventLog.lines.pop();
    const stdout = (await table('where', mail.messageId)).stdout.replaceAll(/\s+/g, ' ');
    expect(stdout).toContain('452 4.2.2 mailbox full; SES tries until 2026-11-26T21:30:00.000Z)');
  });

  it('lists several mails, with their states', async () => {
    put('delivered');
    put('bounced', { sentAtMs: cli.api.clock.nowMs - 3_600_000 });
    const { stdout } = await cli.run('where', 'jane', '--output', 'tsv');
    const lines = stdout
      .trim()
      .split('\n')
      .map((line) => line.split('\t'));
    expect(lines.map((cells) => cells[3])).toEqual(['state', 'delivered', 'bounced']);
    const { stdout: stories } = await table('where', 'jane');
    expect(stories.match(/kim@example\.org: accepted/g)).toHaveLength(2);
  });

  it('says what is not known', async () => {
    const lost = put('outcome-lost');
    expect((await table('where', lost.messageId)).stdout).toContain('a missing event proves nothing');
    const nothing = await cli.run('where', 'lee@example.org', '--output', 'table');
    expect(nothing).toMatchObject({ exit: 5, stdout: '' });
    expect(nothing.stderr).toContain('No event of such a mail between');
    expect(await json('lee@example.org')).toMatchObject({ exit: 5, messages: [] });
  });

  it('goes on where an answer ended, and puts mails together again', async () => {
    const mails = Array.from({ length: 20 }, (_, index) =>
      put('complained', { sentAtMs: cli.api.clock.nowMs - 3_600_000 + index * 1_000 }),
    );
    const { messages, next_cursor: cursor } = await json('jane', '--limit', '10000');
    expect(cursor).toBeUndefined();
    expect(messages.map(({ message_id }: { message_id: string }) => message_id).sort()).toEqual(
      mails.map(({ messageId }) => messageId).sort(),
    );
    for (const message of messages) {
      expect(message.events).toHaveLength(3);
      expect(message.recipients).toMatchObject([{ state: 'complained' }]);
    }
  });

  it('stops at the limit, and says so', async () => {
    for (let index = 0; index < 20; index += 1) put('delivered');
    const { stderr } = await cli.run('where', 'jane', '--limit', '3', '--output', 'table');
    expect(stderr).toContain('there is more');
  });

  it('refuses what can mean nothing', async () => {
    expect(await cli.run('where')).toMatchObject({ exit: 2, stdout: '' });
    expect(await cli.run('where', 'two words')).toMatchObject({ exit: 2, stdout: '' });
    expect(await cli.run('where', 'jane', '--since', 'whenever')).toMatchObject({ exit: 2, stdout: '' });
  });

  it('follows, and shows each event once', async () => {
    const mail = put('delivered', { sentAtMs: cli.api.clock.nowMs - 10_000 });
    let looks = 0;
    cli.world.onSleep = () => {
      looks += 1;
      cli.api.clock.nowMs += 5_000;
      if (looks === 2) put('bounced', { sentAtMs: cli.api.clock.nowMs - 4_000 });
    };
    const { exit, stdout } = await cli.run(
      'where',
      'kim@example.org',
      '--follow',
      '--timeout',
      '20',
      '--output',
      'json',
    );
    expect(exit).toBe(0);
    const events = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(events.map(({ type }) => type)).toEqual(['Send', 'Delivery', 'Send', 'Bounce']);
    expect(events[0]).toMatchObject({ message_id: mail.messageId, credential: 'jane' });
  });
});

describe('sesame suppressions', () => {
  it('shows and removes, once and again', async () => {
    cli.api.suppressions.put('kim@example.org');
    const run = async (...args: string[]) => JSON.parse((await cli.run('suppressions', ...args)).stdout);
    expect(await run('show', 'Kim@example.org')).toMatchObject({ is_suppressed: true });
    expect(await run('remove', 'kim@example.org', '--dry-run')).toMatchObject({ would_be_removed: true });
    expect(await run('remove', 'kim@example.org')).toEqual({ address: 'kim@example.org', is_removed: true });
    expect(await run('remove', 'kim@example.org')).toEqual({ address: 'kim@example.org', is_removed: false });
    expect(await run('show', 'kim@example.org')).toMatchObject({ is_suppressed: false });
    expect((await cli.run('suppressions', 'show', 'nobody')).exit).toBe(3);
  });
});

describe('other commands draw on the event log', () => {
  it('why: what the last mails met', async () => {
    put('bounced');
    put('delivered', { sentAtMs: cli.api.clock.nowMs - 60_000 });
    const { stdout } = await cli.run('why', 'jane', '--output', 'json');
    expect(JSON.parse(stdout).last_mails).toMatchObject([{ recipients: [{ state: 'delivered' }] }]);
    expect((await table('why', 'jane')).stdout).toContain('kim@example.org: accepted');
  });

  it('violations: the mails with such senders', async () => {
    cli.api.cloud.put('jane', { ...record, allowed_from_addresses: ['other@example.com'] });
    const mail = put('delivered');
    cli.world.intercept = (_method, path) =>
      path.endsWith('/violations')
        ? {
            status: 200,
            headers: {},
            body: {
              windows: { day: 1 },
              alerts: [],
              hours: [{ hour: new Date(mail.sentAtMs).toISOString().slice(0, 13), violations: 1 }],
            },
          }
        : undefined;
    const { stdout } = await cli.run('violations', 'jane', '--output', 'json');
    expect(JSON.parse(stdout).mails).toMatchObject([
      {
        message_id: mail.messageId,
        verdict: { senders: [{ where: 'envelope' }, { where: 'from', address: 'jane@example.com' }] },
      },
    ]);
  });
});
