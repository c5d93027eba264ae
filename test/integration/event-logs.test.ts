import { expect, it } from 'vitest';
import { createLocalAdminDeps } from '../../local/local-admin-deps.ts';
import { sendTestMail } from '../../local/send-test-mail.ts';
import { withAttribute, withTextInAnyCase } from '../../src/mail-events/log-pattern.ts';
import type { LogSearch } from '../../src/mail-events/log-search.ts';
import { readSesEvent } from '../../src/mail-events/ses-event.ts';
import { createCredentialRecords } from '../support/credential-records.ts';
import { iamPropagated } from '../support/iam-lag.ts';
import { localStack } from '../support/local-stack.ts';
import { readSmtpPassword } from '../support/read-smtp-password.ts';
import { waitUntil } from '../support/wait-until.ts';

const { description, clients } = localStack();
const deps = createLocalAdminDeps(description, clients);
const records = createCredentialRecords(clients.dynamodb, description.table);

async function search(log: LogSearch | undefined, pattern: string): Promise<unknown[]> {
  const lines: unknown[] = [];
  let token: string | undefined;
  do {
    const query = { pattern, fromMs: Date.now() - 600_000, toMs: Date.now() + 1_000 };
    const page = await log?.readPage(query, token);
    lines.push(...(page?.lines ?? []).map(({ text }) => JSON.parse(text)));
    token = page?.token;
  } while (token !== undefined);
  return lines;
}

it('hold what happened to a credential, and what SES tells of its mails', async () => {
  const username = 'event.logs';
  const from = `${username}@example.com`;
  const to = 'Event.Logs+Tag@example.net';
  await records.insert(username, [from]);
  const record = await records.waitForStatus(username, 'active');
  await iamPropagated();
  const password = await readSmtpPassword({ description, clients }, record);
  const smtp = { user: String(record['access_key_id']), password };
  const reply = await sendTestMail(description, smtp, { from, to, security: 'STARTTLS', subject: 'Hello' });
  const messageId = /^250 Ok (\S+)/.exec(reply)?.[1];

  await waitUntil(async () => (await search(deps.historyLog, withAttribute('detail.username', username))).length > 0);
  const [activated] = await search(deps.historyLog, withAttribute('detail.username', username));
  expect(activated).toMatchObject({ 'detail-type': 'activated', source: 'sesame', detail: { username } });

  await waitUntil(async () => (await search(deps.eventLog, withTextInAnyCase(to))).length === 2);
  const events = (await search(deps.eventLog, withTextInAnyCase(to))).map(readSesEvent);
  expect(events).toMatchObject([
    { result: 'event', event: { type: 'Send', messageId, destination: [to] } },
    { result: 'event', event: { type: 'Delivery', messageId, delivered: [to] } },
  ]);
});
