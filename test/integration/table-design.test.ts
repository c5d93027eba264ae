import { randomUUID } from 'node:crypto';
import { paginateScan } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createSesEventPublisher } from '../../local/ses-events/publish-ses-events.ts';
import { createIdempotencyKeys } from '../../src/aws/dynamodb/idempotency-keys.ts';
import { createFindingStore } from '../../src/aws/dynamodb/kept-findings.ts';
import { itemTypeOfKey, itemTypes } from '../../src/aws/dynamodb/table-design.ts';
import type { Item } from '../../src/credential/credential-table.ts';
import { createCredentialAdministration } from '../support/credential-administration.ts';
import { runEveryFlow } from '../support/run-every-flow.ts';
import { runSweep } from '../support/run-sweep.ts';
import { type OwnLocalStack, startLocalStack } from '../support/start-local-stack.ts';
import { waitUntil } from '../support/wait-until.ts';

let stack: OwnLocalStack;
/** What was seen in the table at any time. */
const items = new Map<string, Item>();

async function look(): Promise<void> {
  const { clients, description } = stack;
  for await (const page of paginateScan({ client: clients.dynamodb }, { TableName: description.table })) {
    for (const raw of page.Items ?? []) {
      const item = unmarshall(raw);
      items.set(JSON.stringify([item['PK'], item['SK']]), item);
    }
  }
}

const namesSeen = () => new Set([...items.values()].map(({ PK, SK }) => itemTypeOfKey({ PK, SK })?.name));

/** SES tells of a mail that an IAM user has sent to so many. */
async function publishSendEvent(iamUserName: string, username: string, recipients: number): Promise<void> {
  const { clients, description } = stack;
  const from = `${username}@example.com`;
  const raw = Buffer.from(`From: ${from}\r\nSubject: Hello\r\n\r\nHello\r\n`);
  const to = Array.from({ length: recipients }, (_, index) => `kim.${index}@example.org`);
  const publish = createSesEventPublisher({
    ...description,
    sns: clients.sns,
    ses: clients.ses,
    logs: clients.logs,
    logGroup: description.eventLogGroup,
  });
  await publish({
    id: randomUUID(),
    acceptedAt: new Date(),
    userName: iamUserName,
    userArn: `arn:aws:iam::${description.accountId}:user/${iamUserName}`,
    accessKeyId: 'AKIA0000000000000000',
    envelope: { from, to },
    from: [from],
    to,
    subject: 'Hello',
    messageIdHeader: '',
    configurationSet: description.configurationSet,
    sourceIp: '127.0.0.1',
    tls: 'starttls',
    size: raw.length,
    raw,
  });
}

beforeAll(async () => {
  stack = await startLocalStack({
    // Long enough for the window of the quota's alert to be seen.
    functionEnvironment: { 'smtp-feedback-processor': { ALERT_WINDOW_SECONDS: '600' } },
  });
  const admin = createCredentialAdministration(stack.description, stack.clients);
  const { iam_user_arn } = await admin.create('design.quota', undefined, { quota_per_hour: 1 });
  await publishSendEvent(String(iam_user_arn).split('/').at(-1) ?? '', 'design.quota', 3);
  await publishSendEvent('ses-smtp-user-nobody-1764000000000', 'nobody', 1);
  await admin.waitForStatus('design.quota', 'disabled', 40);
  const keys = createIdempotencyKeys(() => stack.clients.dynamodb, { table: stack.description.table, now: Date.now });
  const begun = await keys.begin('design', 'a creation');
  if (begun.state === 'mine') await keys.finish('design', begun.startedAtMs, { status: 202, body: '{}' });
  const options = { table: stack.description.table, expiryAttribute: 'expires_at' };
  await createFindingStore(() => stack.clients.dynamodb, options).keep(0, {
    username: 'design.quota',
    kind: 'foreign-policy',
    message: 'Somebody gave the IAM user more policies.',
    outcome: 'open',
    atMs: Date.now(),
    correlationId: 'a sweep',
  });
  await Promise.all([runEveryFlow(stack.description, stack.clients), runSweep(stack)]);
  await waitUntil(async () => {
    await look();
    return itemTypes.every(({ name }) => namesSeen().has(name));
  }, 30).catch(() => {});
}, 240_000);
afterAll(() => stack?.stop());

it('every kind of item of the design is in the table, once all flows have run', () => {
  expect([...namesSeen()]).toEqual(expect.arrayContaining(itemTypes.map(({ name }) => name)));
});

it('nothing is in the table that the design does not know', () => {
  const unknown = [...items.values()].filter(({ PK, SK }) => itemTypeOfKey({ PK, SK }) === undefined);
  // A rule of the mail-receiving system, which one of the flows puts there.
  expect(unknown.filter(({ entity_type }) => entity_type !== 'ROUTE')).toEqual([]);
});

it('our items hold the attributes of the design, and no other', () => {
  for (const { PK, SK, ...others } of items.values()) {
    const { name, attributes } = itemTypeOfKey({ PK, SK }) ?? {};
    if (attributes === undefined) continue;
    const known = attributes.map((attribute) => (attribute === '{expiry}' ? 'expires_at' : attribute));
    expect(
      Object.keys(others).filter((attribute) => !known.includes(attribute)),
      name,
    ).toEqual([]);
  }
});
