import { DeleteItemCommand, PutItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { PutUserPolicyCommand } from '@aws-sdk/client-iam';
import { ListSuppressedDestinationsCommand } from '@aws-sdk/client-sesv2';
import { PublishCommand, SubscribeCommand } from '@aws-sdk/client-sns';
import { CreateQueueCommand, ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { marshall } from '@aws-sdk/util-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLocalAdminDeps } from '../../local/local-admin-deps.ts';
import { sendTestMail } from '../../local/send-test-mail.ts';
import { buildSesEvents, type SesEvent } from '../../local/ses-events/build-ses-events.ts';
import { type CredentialStatistics, readStatistics } from '../../src/admin/read-statistics.ts';
import { createCounterReader } from '../../src/aws/dynamodb/sending-counters.ts';
import { counterKey } from '../../src/aws/dynamodb/table-design.ts';
import { createCredentialRecords } from '../support/credential-records.ts';
import { iamPropagated } from '../support/iam-lag.ts';
import { readSmtpPassword } from '../support/read-smtp-password.ts';
import { type OwnLocalStack, startLocalStack } from '../support/start-local-stack.ts';
import { waitUntil } from '../support/wait-until.ts';

type Item = Record<string, unknown>;

let stack: OwnLocalStack;
let records: ReturnType<typeof createCredentialRecords>;
let alertsQueueUrl: string;
const alerts: Item[] = [];

beforeAll(async () => {
  stack = await startLocalStack({
    suspendAfter: 2,
    timings: { suspensionsEverySeconds: 1 },
    functionEnvironment: {
      'smtp-email-validator': { RECORD_CACHE_SECONDS: '1' },
      'smtp-feedback-processor': { RECORD_CACHE_SECONDS: '1', SUPPRESSION_LIST: 'on' },
    },
  });
  records = createCredentialRecords(stack.clients.dynamodb, stack.description.table);
  const { sqs, sns } = stack.clients;
  const { region, accountId } = stack.description;
  const Endpoint = `arn:aws:sqs:${region}:${accountId}:alerts-of-a-test`;
  const allowTopic = {
    Effect: 'Allow',
    Principal: { Service: 'sns.amazonaws.com' },
    Action: 'sqs:SendMessage',
    Resource: Endpoint,
  };
  const { QueueUrl = '' } = await sqs.send(
    new CreateQueueCommand({
      QueueName: 'alerts-of-a-test',
      Attributes: { Policy: JSON.stringify({ Version: '2012-10-17', Statement: [allowTopic] }) },
    }),
  );
  await sns.send(new SubscribeCommand({ TopicArn: stack.description.topics.alerts, Protocol: 'sqs', Endpoint }));
  alertsQueueUrl = QueueUrl;
});

afterAll(() => stack.stop());

interface Account {
  readonly username: string;
  readonly record: Item;
  readonly iamUserName: string;
  readonly smtp: { user: string; password: string };
}

async function createAccount(username: string, more: Item = {}): Promise<Account> {
  await records.insert(username, [`${username}@example.com`], more);
  const record = await records.waitForStatus(username, 'active');
  await iamPropagated();
  const password = await readSmtpPassword(stack, record);
  const iamUserName = String(record['iam_user_arn']).split('/').at(-1) ?? '';
  return { username, record, iamUserName, smtp: { user: String(record['access_key_id']), password } };
}

const send = (account: Account, to: string, from = `${account.username}@example.com`) =>
  sendTestMail(stack.description, account.smtp, { from, to, security: 'STARTTLS', subject: 'Hello' });

async function waitForStats(
  username: string,
  isReached: (stats: CredentialStatistics) => boolean,
): Promise<CredentialStatistics> {
  const deps = createLocalAdminDeps(stack.description, stack.clients);
  let stats = await readStatistics({ username }, deps);
  await waitUntil(async () => {
    stats = await readStatistics({ username }, deps);
    return isReached(stats);
  }, 30);
  return stats;
}

/** All alerts about a credential so far, as subscribers of the topic received them. */
async function alertsOf(username: string): Promise<Item[]> {
  for (;;) {
    const { Messages = [] } = await stack.clients.sqs.send(
      new ReceiveMessageCommand({ QueueUrl: alertsQueueUrl, MaxNumberOfMessages: 10, VisibilityTimeout: 600 }),
    );
    if (Messages.length === 0) break;
    alerts.push(...Messages.map(({ Body = '{}' }) => JSON.parse(JSON.parse(Body).Message) as Item));
  }
  return alerts.filter((alert) => alert['username'] === username);
}

/** Lets an IAM user send as anyone, as an attacker or a mistaken administrator would. */
async function widenPolicy({ iamUserName }: Account): Promise<void> {
  await stack.clients.iam.send(
    new PutUserPolicyCommand({
      UserName: iamUserName,
      PolicyName: 'by-hand',
      PolicyDocument: JSON.stringify({
        Version: '2012-10-17',
        Statement: [{ Effect: 'Allow', Action: 'ses:SendRawEmail', Resource: '*' }],
      }),
    }),
  );
  await iamPropagated();
}

/** Events of a mail that isn't sent, for volumes that would take a client minutes. */
function eventsOf(account: Account, id: string, to: string[]): Promise<SesEvent[]> {
  const { description } = stack;
  const from = `${account.username}@example.com`;
  const raw = Buffer.from(`From: ${from}\r\nSubject: Hello\r\n\r\nHello\r\n`);
  return buildSesEvents(
    {
      id,
      acceptedAt: new Date(),
      userName: account.iamUserName,
      userArn: String(account.record['iam_user_arn']),
      accessKeyId: account.smtp.user,
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
    },
    {
      partition: 'aws',
      region: description.region,
      accountId: description.accountId,
      newFeedbackId: () => `feedback-${id}`,
      now: () => new Date(),
    },
  );
}

async function publish(events: readonly SesEvent[]): Promise<void> {
  const { sns } = stack.clients;
  const { topics } = stack.description;
  for (const { topic, event } of events) {
    if (topic === undefined) continue;
    await sns.send(new PublishCommand({ TopicArn: topics[topic], Message: JSON.stringify(event) }));
  }
}

describe('a mail that was sent', () => {
  it('is counted, by the mailbox simulator’s rules', async () => {
    const ann = await createAccount('count.ann');
    for (const name of ['success', 'bounce', 'complaint', 'suppressionlist', 'ooto']) {
      expect(await send(ann, `${name}@simulator.amazonses.com`)).toMatch(/^250 /);
    }
    const { windows } = await waitForStats(
      'count.ann',
      ({ windows: { hour } }) =>
        hour.sends === 5 &&
        hour.deliveries === 3 &&
        hour.hard_bounces === 1 &&
        hour.soft_bounces === 1 &&
        hour.complaints === 1,
    );
    expect(windows.hour).toEqual({
      sends: 5,
      deliveries: 3,
      hard_bounces: 1,
      // The automatic reply, which counts for no rate.
      soft_bounces: 1,
      complaints: 1,
      rejects: 0,
      violations: 0,
    });
    expect(windows['30d']).toEqual(windows.hour);
  });

  it('puts addresses with permanent bounces or complaints on the suppression list, if enabled', async () => {
    const dan = await createAccount('count.dan');
    for (const name of ['success', 'bounce+dan', 'complaint+dan']) {
      await send(dan, `${name}@simulator.amazonses.com`);
    }
    const reasons = async () => {
      const { SuppressedDestinationSummaries = [] } = await stack.clients.ses.send(
        new ListSuppressedDestinationsCommand({}),
      );
      return Object.fromEntries(
        SuppressedDestinationSummaries.map(({ EmailAddress, Reason }) => [EmailAddress, Reason]),
      );
    };
    await waitUntil(async () => Object.keys(await reasons()).filter((address) => address.includes('dan')).length === 2);
    expect(await reasons()).toMatchObject({
      'bounce+dan@simulator.amazonses.com': 'BOUNCE',
      'complaint+dan@simulator.amazonses.com': 'COMPLAINT',
    });
    expect(await reasons()).not.toHaveProperty(['success@simulator.amazonses.com']);
  });

  it('is counted once, however often SNS delivers', async () => {
    const bob = await createAccount('count.bob');
    const events = await eventsOf(bob, 'mail-of-bob', ['one@example.org', 'two@example.org']);
    for (let time = 0; time < 4; time += 1) await publish(events);
    await publish(await eventsOf(bob, 'last-mail-of-bob', ['three@example.org']));
    const { windows } = await waitForStats(
      'count.bob',
      ({ windows: { hour } }) => hour.deliveries >= 3 && hour.sends >= 3,
    );
    expect(windows.hour).toMatchObject({ sends: 3, deliveries: 3 });
  });

  it('is parked when its event is unknown, and delays no other message', async () => {
    const cid = await createAccount('count.cid');
    const TopicArn = stack.description.topics.sends;
    for (const Message of [
      '{"eventType":"Sing","mail":{}}',
      'Successfully validated SNS topic for Amazon SES event publishing.',
    ]) {
      await stack.clients.sns.send(new PublishCommand({ TopicArn, Message }));
    }
    await send(cid, 'success@simulator.amazonses.com');
    await waitForStats('count.cid', ({ windows: { hour } }) => hour.sends === 1 && hour.deliveries === 1);
    const bodies: string[] = [];
    await waitUntil(async () => {
      const { Messages = [] } = await stack.clients.sqs.send(
        new ReceiveMessageCommand({ QueueUrl: stack.description.parkingQueueUrl, MaxNumberOfMessages: 10 }),
      );
      bodies.push(...Messages.map(({ Body = '' }) => Body));
      // One from each queue.
      return bodies.filter((body) => body.includes('Sing')).length === 2;
    });
    expect(bodies.some((body) => body.includes('Successfully validated'))).toBe(false);
  });
});

describe('a forged sender', () => {
  it('in the Sender header gets through, because IAM does not check it, and is counted', async () => {
    const sue = await createAccount('forger.sue');
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    const reply = await sendTestMail(stack.description, sue.smtp, {
      from: 'forger.sue@example.com',
      sender: 'ceo@example.com',
      to: 'success@simulator.amazonses.com',
      security: 'STARTTLS',
      subject: 'Hello',
    });
    expect(reply).toMatch(/^250 /);
    await waitForStats('forger.sue', ({ windows }) => windows.hour.violations === 1);
  });

  it('is found, reported once, and suspended when it happens again', async () => {
    const eve = await createAccount('forger.eve');
    expect(await send(eve, 'success@simulator.amazonses.com', 'ceo@example.com')).toMatch(/^554 /);
    await widenPolicy(eve);
    // The record has just changed. Mails within the settling time are no violations.
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    expect(await send(eve, 'success@simulator.amazonses.com', 'ceo@example.com')).toMatch(/^250 /);
    await waitForStats('forger.eve', ({ windows }) => windows.hour.violations === 1);
    expect((await records.read('forger.eve'))?.['status']).toBe('active');
    expect(await send(eve, 'success@simulator.amazonses.com', 'cfo@example.com')).toMatch(/^250 /);
    const suspended = await records.waitFor('forger.eve', (record) => record['status'] === 'disabled', 30);
    expect(suspended['suspension']).toMatchObject({ reason: 'SenderViolations' });
    expect((suspended['suspension'] as Item)['evidence']).toContain('cfo@example.com');
    await waitUntil(async () => (await send(eve, 'success@simulator.amazonses.com')).startsWith('535 '), 30);
    await waitUntil(async () => (await alertsOf('forger.eve')).length >= 2, 30);
    const codes = (await alertsOf('forger.eve')).map(({ code }) => code);
    expect(codes.toSorted()).toEqual(['SenderViolation', 'SenderViolations']);
  });
});

describe('a mailing list with an envelope sender for each recipient', () => {
  const sendAs = (account: Account, envelopeFrom: string, from = `${account.username}@example.com`) =>
    sendTestMail(stack.description, account.smtp, {
      from,
      envelopeFrom,
      to: 'success@simulator.amazonses.com',
      security: 'STARTTLS',
      subject: 'Hello',
    });

  it('sends if its record names them, and nothing else', async () => {
    const list = await createAccount('list.sender', { allowed_envelope_senders: ['bounces+*@Example.com'] });
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    expect(await sendAs(list, 'bounces+kim=example.org@example.com')).toMatch(/^250 /);
    expect(await sendAs(list, 'list.sender@example.com')).toMatch(/^554 /);
    expect(await sendAs(list, 'bounces+kim=example.org@example.com', 'ceo@example.com')).toMatch(/^554 /);
    const { windows } = await waitForStats('list.sender', ({ windows: { hour } }) => hour.deliveries === 1);
    expect(windows.hour).toMatchObject({ sends: 1, violations: 0 });
    // Without the attribute, the policy no longer limits the envelope, and the endpoint takes the stricter reading.
    await stack.clients.dynamodb.send(
      new UpdateItemCommand({
        TableName: stack.description.table,
        Key: { PK: { S: 'SMTP_USER' }, SK: { S: 'USER#list.sender' } },
        UpdateExpression: 'REMOVE allowed_envelope_senders',
      }),
    );
    await waitUntil(async () => (await sendAs(list, 'list.sender@example.com')).startsWith('250 '), 30);
    await iamPropagated();
    expect(await sendAs(list, 'bounces+kim=example.org@example.com')).toMatch(/^554 /);
  });
});

describe('a bounce storm', () => {
  const storm = async (account: Account, { sends, bounces }: { sends: number; bounces: number }) => {
    for (let mail = 0; mail < sends / 10; mail += 1) {
      const to = Array.from({ length: 10 }, (_, index) =>
        mail * 10 + index < bounces
          ? `bounce+${mail}.${index}@simulator.amazonses.com`
          : `ok.${mail}.${index}@example.org`,
      );
      await publish(await eventsOf(account, `${account.username}-${mail}`, to));
    }
  };

  it('suspends above the minimum volume', async () => {
    const sam = await createAccount('storm.sam');
    await storm(sam, { sends: 120, bounces: 20 });
    const record = await records.waitFor('storm.sam', ({ status }) => status === 'disabled', 40);
    expect(record['suspension']).toMatchObject({ reason: 'BounceRate' });
    await waitUntil(async () => (await send(sam, 'success@simulator.amazonses.com')).startsWith('535 '), 30);
  });

  it('suspends no credential below it', async () => {
    const tim = await createAccount('storm.tim');
    await storm(tim, { sends: 40, bounces: 20 });
    await waitForStats('storm.tim', ({ windows: { hour } }) => hour.hard_bounces === 20 && hour.deliveries === 20);
    expect((await records.read('storm.tim'))?.['status']).toBe('active');
  });
});

/** Simulates an hour: sets back the record and its suspension's expiry, and deletes the counters. */
async function letWindowEnd(username: string, untilMs: number): Promise<void> {
  const { dynamodb } = stack.clients;
  const { table: TableName } = stack.description;
  const pastMs = Date.now() - 1_000;
  const past = new Date(pastMs).toISOString();
  const end = (ms: number) => ({ PK: 'SESAME#UNTIL', SK: `${new Date(ms).toISOString()}#${username}` });
  for (const { bucket } of await createCounterReader(() => dynamodb, TableName).read(username, Date.now())) {
    await dynamodb.send(new DeleteItemCommand({ TableName, Key: marshall(counterKey(username, bucket)) }));
  }
  await dynamodb.send(
    new UpdateItemCommand({
      TableName,
      Key: marshall({ PK: 'SMTP_USER', SK: `USER#${username}` }),
      UpdateExpression: 'SET suspension.#until = :past',
      ExpressionAttributeNames: { '#until': 'until' },
      ExpressionAttributeValues: marshall({ ':past': past }),
    }),
  );
  await dynamodb.send(new DeleteItemCommand({ TableName, Key: marshall(end(untilMs)) }));
  await dynamodb.send(
    new PutItemCommand({ TableName, Item: marshall({ ...end(pastMs), username, until_ms: pastMs }) }),
  );
}

describe('a quota', () => {
  it('suspends until the end of its window, and says so', async () => {
    const una = await createAccount('quota.una', { quota_per_hour: 2 });
    for (let mail = 0; mail < 3; mail += 1) await send(una, 'success@simulator.amazonses.com');
    const record = await records.waitFor('quota.una', ({ status }) => status === 'disabled', 30);
    const suspension = record['suspension'] as Item;
    expect(suspension['reason']).toBe('SendQuota');
    const untilMs = Date.parse(String(suspension['until']));
    expect(untilMs % 3_600_000).toBe(0);
    expect(untilMs - Date.now()).toBeLessThanOrEqual(3_600_000);
    await waitUntil(async () => (await alertsOf('quota.una')).length === 1, 30);
    await waitUntil(async () => (await send(una, 'success@simulator.amazonses.com')).startsWith('535 '), 30);

    await letWindowEnd('quota.una', untilMs);
    await records.waitFor('quota.una', (now) => now['status'] === 'active' && now['suspension'] === undefined, 30);
    await waitUntil(async () => (await send(una, 'success@simulator.amazonses.com')).startsWith('250 '), 30);
    await waitUntil(async () => (await alertsOf('quota.una')).some(({ code }) => code === 'SuspensionEnded'), 30);
  });

  it('holds for a username that is too long for an IAM user name', async () => {
    const username = 'marketing.department.newsletters.of.germany-and-austria';
    const account = await createAccount(username, { quota_per_hour: 2 });
    for (let mail = 0; mail < 3; mail += 1) await send(account, 'success@simulator.amazonses.com');
    const record = await records.waitFor(username, ({ status }) => status === 'disabled', 30);
    expect(record['suspension']).toMatchObject({ reason: 'SendQuota' });
  });
});
