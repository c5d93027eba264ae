import { beforeEach, expect, test } from 'vitest';
import { createFakeReconciling, type FakeReconciling } from '../../../test/support/fake-reconciling.ts';
import type { Item } from '../../credential/credential-table.ts';
import { reconcile } from '../../credential/reconcile/reconcile.ts';
import { classifyQueueMessage } from '../../dead-letter/classify-queue-message.ts';
import { createHandler } from './handler.ts';

const dayMs = 86_400_000;
let fake: FakeReconciling;

beforeEach(() => {
  fake = createFakeReconciling();
});

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
  createHandler(fake.deps)(
    { id: `tick-${fake.clock.nowMs}` },
    { awsRequestId: 'request', getRemainingTimeInMillis: () => remainingMs },
  );

const told = () => fake.events.map(({ type }) => type);

test('a whole rotation: announced, both keys work, old one quiet, Inactive, deleted', async () => {
  await makeCredential('john.doe', { rotate_after_days: 30 });
  const first = String(item()['access_key_id']);

  await passDays(22);
  expect(told()).toEqual([]);
  await passDays(2);
  expect(told()).toEqual(['rotation due']);

  await passDays(6);
  const second = String(item()['access_key_id']);
  expect(told()).toEqual(['rotation due', 'rotated']);
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
  expect(told()).toEqual(['rotation due', 'rotated', 'old key retired', 'old key deleted']);
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
  expect(told()).toEqual(['rotation due', 'rotated', 'rotation undone']);
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
  expect(told()).toEqual(['rotated']);
  expect(Object.keys(keysOf()).sort()).toEqual([first, String(item()['access_key_id'])].sort());
});

test('reports an old key that stays in use once, and keeps it', async () => {
  await makeCredential('john.doe');
  const first = String(item()['access_key_id']);
  edit({ rotate_requested: true });
  await run();
  edit({ verified_at: new Date(fake.clock.nowMs).toISOString() });
  await passDays(45, () => fake.cloud.lastUsedMs.set(first, fake.clock.nowMs));
  expect(told()).toEqual(['rotated', 'old key still in use']);
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
  expect(told().sort()).toEqual(['failed', 'rotated']);
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
  expect(told()).toEqual([]);
  fake.broken.events = false;
  const correlationId = `tick-${fake.clock.nowMs}`;
  expect(fake.letters).toMatchObject([{ errorType: 'EventsUnpublished', correlationId }]);
  const own = { table: 'mail', functionNames: [] };
  const letter = classifyQueueMessage({ body: JSON.stringify(fake.letters[0]), attributes: {} }, own);
  // Like the processor: no other call changes anything.
  expect(letter).toMatchObject({
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
  expect(told()).toEqual([]);
  expect(fake.counted.get('RunsCutShort')).toBe(1);
  await run();
  expect(told()).toEqual(['rotated']);
});

test('runs without an event when it is invoked by hand', async () => {
  await makeCredential('a');
  edit({ rotate_requested: true }, 'a');
  await createHandler(fake.deps)(null, { awsRequestId: 'by-hand', getRemainingTimeInMillis: () => 60_000 });
  expect(fake.events[0]?.detail.correlation_id).toBe('by-hand');
});
