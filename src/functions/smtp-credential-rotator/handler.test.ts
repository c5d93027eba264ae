import { beforeEach, describe, expect, it, test } from 'vitest';
import { createFakeMailStores } from '../../../test/support/fake-mail-stores.ts';
import { createFakeReconciling, type FakeReconciling } from '../../../test/support/fake-reconciling.ts';
import { createAlertNotifier } from '../../admin/alert-notifier.ts';
import type { Item } from '../../credential/credential-table.ts';
import { reconcile } from '../../credential/reconcile/reconcile.ts';
import { classifyQueueMessage } from '../../dead-letter/classify-queue-message.ts';
import type { AlertMessage } from '../../mail-events/stores.ts';
import { createHandler } from './handler.ts';

const dayMs = 86_400_000;
let fake: FakeReconciling;

let alerts: AlertMessage[];
let isTopicBroken: boolean;

beforeEach(() => {
  fake = createFakeReconciling();
  alerts = [];
  isTopicBroken = false;
});

function createRotator(): ReturnType<typeof createHandler> {
  const publish = (alert: AlertMessage) =>
    isTopicBroken ? Promise.reject(new Error('no topic')) : Promise.resolve(void alerts.push(alert));
  const { observability, now } = fake.deps;
  const notifier = createAlertNotifier({
    windows: createFakeMailStores(now).windows,
    publisher: { publish },
    observability,
    table: 'mail',
    windowSeconds: 3_600,
    now,
  });
  return createHandler({ ...fake.deps, alerts: notifier });
}

async function makeCredential(username: string, attributes: Item = {}): Promise<void> {
  fake.cloud.items.set(username, {
    status: 'pending',
    allowed_from_addresses: [`${username}@example.com`],
    entity_type: 'smtp_credential',
    ...attributes,
  });
  await reconcile({ username, correlationId: 'made' }, fake.deps.reconcileDeps);
}

const item = (username = 'john.doe') => fake.cloud.items.get(username) as Item;

function edit(attributes: Item, username = 'john.doe'): void {
  fake.cloud.items.set(username, { ...item(username), ...attributes });
}

function keysOf(username = 'john.doe'): Record<string, string> {
  const name = String(item(username)['iam_user_arn']).split('/').at(-1) ?? '';
  return Object.fromEntries([...(fake.cloud.users.get(name)?.keys ?? [])].map(([id, key]) => [id, key.status]));
}

/** Runs the rotator every six hours for a number of days. `each` is called before every run. */
async function passDays(days: number, each: () => void = () => {}): Promise<void> {
  const endMs = fake.clock.nowMs + days * dayMs;
  while (fake.clock.nowMs < endMs) {
    fake.clock.nowMs += dayMs / 4;
    each();
    await run();
  }
}

const run = (remainingMs = 60_000) =>
  createRotator()(
    { id: `tick-${fake.clock.nowMs}` },
    { awsRequestId: 'request', getRemainingTimeInMillis: () => remainingMs },
  );

const publishedTypes = () => fake.events.map(({ type }) => type);

test('a whole rotation: announced, both keys work, old one quiet, Inactive, deleted', async () => {
  await makeCredential('john.doe', { rotate_after_days: 30 });
  const first = String(item()['access_key_id']);

  await passDays(22);
  expect(publishedTypes()).toEqual([]);
  await passDays(2);
  expect(publishedTypes()).toEqual(['rotation due']);

  await passDays(6);
  const second = String(item()['access_key_id']);
  expect(publishedTypes()).toEqual(['rotation due', 'rotated']);
  expect(keysOf()).toEqual({ [first]: 'Active', [second]: 'Active' });
  edit({ verified_at: new Date(fake.clock.nowMs).toISOString() });

  // The owner switches to the new password on the tenth day.
  await passDays(10, () => fake.cloud.lastUsedMs.set(first, fake.clock.nowMs));
  expect(keysOf()).toEqual({ [first]: 'Active', [second]: 'Active' });
  await passDays(1.25);
  expect(keysOf()).toEqual({ [first]: 'Inactive', [second]: 'Active' });
  await passDays(1.25);
  expect(keysOf()).toEqual({ [second]: 'Active' });
  expect(item()['previous_key']).toBeUndefined();
  expect(publishedTypes()).toEqual(['rotation due', 'rotated', 'old key retired', 'old key deleted']);
  expect(fake.events.every(({ detail }) => detail.correlation_id.startsWith('tick-'))).toBe(true);
});

test('does not retry a record that waits for an edit', async () => {
  await makeCredential('john.doe', { rotate_requested: true, allowed_from_addresses: ['*'] });
  await passDays(2);
  expect(item()).toMatchObject({ status: 'failed', failure: { attempts: 1 } });
});

test('undoes a rotation whose new key is never verified, and waits before the next attempt', async () => {
  await makeCredential('john.doe', { rotate_after_days: 10 });
  const first = String(item()['access_key_id']);
  const password = item()['encrypted_password'];
  await passDays(12);
  expect(publishedTypes()).toEqual(['rotation due', 'rotated', 'rotation undone']);
  expect(keysOf()).toEqual({ [first]: 'Active' });
  expect(item()).toMatchObject({ access_key_id: first, encrypted_password: password });
  await passDays(5);
  expect(keysOf()).toEqual({ [first]: 'Active' });
});

test('deletes a leftover key before it creates the new one', async () => {
  await makeCredential('john.doe');
  const first = String(item()['access_key_id']);
  const [user] = fake.cloud.users.values();
  user?.keys.set('AKIALEFTOVER00000000', { status: 'Active', secret: 'lost' });
  edit({ rotate_requested: true });
  await run();
  expect(publishedTypes()).toEqual(['rotated']);
  expect(Object.keys(keysOf()).sort()).toEqual([first, String(item()['access_key_id'])].sort());
});

test('reports an old key that stays in use once, and keeps it', async () => {
  await makeCredential('john.doe');
  const first = String(item()['access_key_id']);
  edit({ rotate_requested: true });
  await run();
  edit({ verified_at: new Date(fake.clock.nowMs).toISOString() });
  await passDays(45, () => fake.cloud.lastUsedMs.set(first, fake.clock.nowMs));
  expect(publishedTypes()).toEqual(['rotated', 'old key still in use']);
  expect(keysOf()[first]).toBe('Active');
});

test('changes nothing that is not due', async () => {
  await makeCredential('a');
  await makeCredential('b', { rotate_after_days: 100 });
  await makeCredential('c', { status: 'disabled' });
  fake.cloud.calls.length = 0;
  await run();
  expect(new Set(fake.cloud.calls)).toEqual(new Set(['Query']));
});

test('continues after a failure, which stays on its record until the next run', async () => {
  await makeCredential('a', { rotate_requested: true });
  await makeCredential('b');
  await makeCredential('c');
  edit({ rotate_requested: true }, 'b');
  edit({ rotate_requested: true }, 'c');
  let refused = 0;
  fake.cloud.fate = (call) => (call === 'CreateAccessKey' && refused++ === 0 ? 'refused' : 'works');
  await run();
  expect(publishedTypes().sort()).toEqual(['failed', 'rotated']);
  expect(fake.counted.get('CredentialsFailed')).toBe(1);
});

test('fails if a failure could not be written on its record', async () => {
  await makeCredential('a', { rotate_requested: true });
  await makeCredential('b');
  edit({ rotate_requested: true }, 'b');
  let claims = 0;
  fake.cloud.fate = (call) => (call === 'UpdateItem claim' && claims++ === 0 ? 'refused' : 'works');
  await expect(run()).rejects.toThrow('1 of 1 rotations failed and could not say so');
});

test('sends dead letters for unpublished events, and publishes them then', async () => {
  await makeCredential('a');
  edit({ rotate_requested: true }, 'a');
  fake.broken.events = true;
  await run();
  expect(publishedTypes()).toEqual([]);
  fake.broken.events = false;
  const correlationId = `tick-${fake.clock.nowMs}`;
  expect(fake.deadLetters).toMatchObject([{ errorType: 'EventsUnpublished', correlationId }]);
  const own = { table: 'mail', functionNames: [] };
  const deadLetter = classifyQueueMessage({ body: JSON.stringify(fake.deadLetters[0]), attributes: {} }, own);
  // Like the processor: no other call changes anything.
  expect(deadLetter).toMatchObject({
    form: 'dead-letter',
    username: 'a',
    forceResync: false,
    supersededIamUserName: undefined,
  });
  const outcome = await reconcile({ username: 'a', correlationId }, fake.deps.reconcileDeps);
  expect(outcome).toMatchObject({ result: 'converged', transition: 'rotated', isRepeat: true });
});

test('reports that its time ran out, and leaves the rest to the next run', async () => {
  await makeCredential('a');
  edit({ rotate_requested: true }, 'a');
  await run(5_000);
  expect(publishedTypes()).toEqual([]);
  expect(fake.counted.get('RunsCutShort')).toBe(1);
  await run();
  expect(publishedTypes()).toEqual(['rotated']);
});

test('runs without an event when it is invoked by hand', async () => {
  await makeCredential('a');
  edit({ rotate_requested: true }, 'a');
  await createRotator()(null, { awsRequestId: 'by-hand', getRemainingTimeInMillis: () => 60_000 });
  expect(fake.events[0]?.detail.correlation_id).toBe('by-hand');
});

describe('a credential with an end', () => {
  const untilOf = (days: number) => new Date(fake.clock.nowMs + days * dayMs).toISOString();
  const toldPeople = () => alerts.map(({ message }) => message['code']);

  it('is announced once 14 days and once one day before, and then disabled', async () => {
    await makeCredential('john.doe', { valid_until: untilOf(20) });
    const until = String(item()['valid_until']);
    await passDays(5);
    expect(publishedTypes()).toEqual([]);
    await passDays(3);
    expect(publishedTypes()).toEqual(['expiry due']);
    expect(fake.events[0]?.detail).toMatchObject({ valid_until: until, status: 'active' });
    expect(alerts[0]).toMatchObject({ subject: 'Sesame: john.doe expires within 14 days' });
    await passDays(11.5);
    expect(publishedTypes()).toEqual(['expiry due', 'expiry due']);
    expect(Object.values(keysOf())).toEqual(['Active']);
    await passDays(2);
    expect(publishedTypes()).toEqual(['expiry due', 'expiry due', 'suspended']);
    expect(fake.events[2]?.detail).toMatchObject({ code: 'Expired', status: 'disabled' });
    expect(toldPeople()).toEqual(['ExpiryDue', 'ExpiryDue', 'Expired']);
    expect(Object.values(keysOf())).toEqual(['Inactive']);
    expect(item()).toMatchObject({
      status: 'disabled',
      disabled_at: expect.any(String),
      suspension: { reason: 'Expired', evidence: expect.stringContaining(until) },
    });
    expect(fake.counted.get('CredentialsExpired')).toBe(1);
    expect(fake.counted.get('CredentialsSuspended')).toBeUndefined();
    expect(fake.counted.get('ExpiriesAnnounced')).toBe(2);
  });

  it('is enabled by a later valid_until and pending, and announced again', async () => {
    await makeCredential('john.doe', { valid_until: untilOf(1.5) });
    await passDays(2);
    const [id] = Object.keys(keysOf());
    edit({ status: 'pending' });
    const again = await reconcile({ username: 'john.doe', correlationId: 'edit-1' }, fake.deps.reconcileDeps);
    expect(again).toMatchObject({ transition: 'suspended' });
    edit({ status: 'pending', valid_until: untilOf(1.5) });
    const later = await reconcile({ username: 'john.doe', correlationId: 'edit-2' }, fake.deps.reconcileDeps);
    expect(later).toMatchObject({ transition: 'enabled' });
    expect(keysOf()).toEqual({ [String(id)]: 'Active' });
    expect(item()['suspension']).toBeUndefined();
    await passDays(2);
    expect(publishedTypes()).toEqual([
      'expiry due',
      'expiry due',
      'suspended',
      'expiry due',
      'expiry due',
      'suspended',
    ]);
  });

  it('gets no IAM user if it expired before its provisioning', async () => {
    await makeCredential('john.doe', { valid_until: untilOf(-1) });
    expect(fake.cloud.users.size).toBe(0);
    expect(fake.cloud.calls.filter((call) => !call.startsWith('UpdateItem'))).toEqual([]);
    expect(item()).toMatchObject({ status: 'disabled', suspension: { reason: 'Expired' } });
  });

  it('is disabled although an invalid edit made it fail', async () => {
    await makeCredential('john.doe', { valid_until: untilOf(1) });
    edit({ allowed_from_addresses: ['*'] });
    await reconcile({ username: 'john.doe', correlationId: 'edit' }, fake.deps.reconcileDeps);
    expect(item()).toMatchObject({ status: 'failed' });
    await passDays(1.25);
    expect(Object.values(keysOf())).toEqual(['Inactive']);
    expect(item()).toMatchObject({ status: 'disabled', suspension: { reason: 'Expired' } });
  });

  it('is not changed if it is disabled', async () => {
    await makeCredential('john.doe', { valid_until: untilOf(1) });
    edit({ status: 'disabled' });
    await reconcile({ username: 'john.doe', correlationId: 'edit' }, fake.deps.reconcileDeps);
    fake.cloud.calls.length = 0;
    await passDays(3);
    expect(new Set(fake.cloud.calls)).toEqual(new Set(['Query']));
    expect(item()['suspension']).toBeUndefined();
    expect(alerts).toEqual([]);
  });

  it('is announced as soon as alerts work again, but disabled without waiting for that', async () => {
    await makeCredential('john.doe', { valid_until: untilOf(2) });
    isTopicBroken = true;
    await passDays(0.5);
    expect(publishedTypes()).toEqual([]);
    expect(item()['expiry_announced']).toBeUndefined();
    isTopicBroken = false;
    await passDays(0.25);
    expect(publishedTypes()).toEqual(['expiry due']);
    isTopicBroken = true;
    await passDays(1.5);
    expect(Object.values(keysOf())).toEqual(['Inactive']);
  });

  const calls = ['UpdateItem claim', 'GetUser', 'ListAccessKeys', 'UpdateAccessKey', 'UpdateItem write'];
  const fates = ['die before', 'die after', 'answer lost', 'refused'] as const;
  it.each(calls.flatMap((call) => fates.map((fate) => [call, fate] as const)))(
    'is off after the next runs, wherever the first one ended (%s: %s)',
    async (call, fate) => {
      await makeCredential('john.doe', { valid_until: untilOf(1) });
      fake.clock.nowMs += dayMs;
      let struck = 0;
      fake.cloud.fate = (name) => (name === call && struck++ === 0 ? fate : 'works');
      await run().catch(() => undefined);
      expect(struck).toBeGreaterThan(0);
      fake.cloud.revive();
      await passDays(0.5);
      expect(Object.values(keysOf())).toEqual(['Inactive']);
      expect(item()).toMatchObject({ status: 'disabled', suspension: { reason: 'Expired' } });
    },
  );
});
