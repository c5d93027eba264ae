import { beforeEach, describe, expect, it, test } from 'vitest';
import { createFakeIdentities } from '../../../test/support/fake-identities.ts';
import {
  createFakeFindings,
  createFakeInventory,
  createFakePositions,
  FAKE_BOUNDARY_ARN,
} from '../../../test/support/fake-inventory.ts';
import { createFakeReconciling, type FakeReconciling } from '../../../test/support/fake-reconciling.ts';
import type { Item } from '../../credential/credential-table.ts';
import type { SweepPosition } from '../../credential/drift/sweep-position.ts';
import { buildIamUserTags, buildPolicyName } from '../../credential/iam/iam-user-name.ts';
import { reconcile } from '../../credential/reconcile/reconcile.ts';
import { createHandler } from './handler.ts';

let fake: FakeReconciling;
let inventory: ReturnType<typeof createFakeInventory>;
let positions: ReturnType<typeof createFakePositions>;
let findings: ReturnType<typeof createFakeFindings>;
/** Called while the sweep waits to confirm differences. */
let meanwhile: () => void;
let remainingMs: () => number;

beforeEach(() => {
  fake = createFakeReconciling();
  inventory = createFakeInventory(fake.cloud);
  positions = createFakePositions();
  findings = createFakeFindings();
  meanwhile = () => {};
  remainingMs = () => 900_000;
});

function sweep(more: Record<string, unknown> = {}): Promise<void> {
  const sleep = (ms: number) => {
    fake.clock.nowMs += ms;
    meanwhile();
    return Promise.resolve();
  };
  const deps = { ...fake.deps, reconcileDeps: { ...fake.deps.reconcileDeps, sleep } };
  return createHandler({
    ...deps,
    inventory,
    positions,
    findings,
    identities: createFakeIdentities(),
    permissionsBoundaryArn: FAKE_BOUNDARY_ARN,
    confirmAfterSeconds: 30,
  })({ id: 'tick', ...more }, { awsRequestId: 'request', getRemainingTimeInMillis: () => remainingMs() });
}

function insert(username: string, attributes: Item = {}): void {
  fake.cloud.items.set(username, {
    status: 'pending',
    allowed_from_addresses: [`${username}@example.com`],
    entity_type: 'smtp_credential',
    ...attributes,
  });
}

async function makeCredential(username: string): Promise<void> {
  insert(username);
  await reconcile({ username, correlationId: 'made' }, fake.deps.reconcileDeps);
  edit(username, { verified_at: new Date(fake.clock.nowMs).toISOString() });
  // Old enough: IAM may not show a recent change yet, so the sweep would skip it.
  fake.clock.nowMs += 600_000;
}

const item = (username: string) => fake.cloud.items.get(username) as Item;

function edit(username: string, attributes: Item): void {
  fake.cloud.items.set(username, { ...item(username), ...attributes });
}

const nameOf = (username: string) => String(item(username)['iam_user_arn']).split('/').at(-1) ?? '';
const userOf = (username: string) => fake.cloud.users.get(nameOf(username));
const drift = () => fake.events.filter(({ type }) => type === 'drift found').map(({ detail }) => detail.code);
const publishedTypes = () => fake.events.map(({ type }) => type);

test('finds nothing where nothing differs, with three reads per user', async () => {
  for (const username of ['a', 'b', 'c']) await makeCredential(username);
  await sweep();
  expect(fake.events).toEqual([]);
  expect([...inventory.reads.values()]).toEqual([3, 3, 3]);
  expect(positions.stored).toEqual({ sweepNumber: 1 });
  expect(fake.counted.get('SweepsCompleted')).toBe(1);
  expect(fake.counted.get('IamUsersUsed')).toBe(3);
  expect([...fake.counted.keys()].filter((name) => name.startsWith('Drift'))).toEqual([]);
});

test('repairs a policy, and writes the reason on the record', async () => {
  await makeCredential('a');
  const before = userOf('a')?.policy;
  Object.assign(userOf('a') ?? {}, { policy: { form: 'inline', document: '{}' } });
  await sweep();
  expect(drift()).toEqual(['policy-drift']);
  expect(userOf('a')?.policy).toEqual(before);
  expect(item('a')['repaired']).toMatchObject({ reason: expect.stringContaining('differs from the record') });
  expect(fake.counted.get('DriftPolicy')).toBe(1);
  expect(fake.counted.get('DriftRepaired')).toBe(1);
  await sweep();
  expect(drift()).toHaveLength(1);
});

test('keeps each finding for people, with what became of it', async () => {
  const kept = () =>
    findings.kept.map(({ sweepNumber, username, kind, outcome }) => [sweepNumber, username, kind, outcome]);
  for (const username of ['mended', 'off', 'unused']) await makeCredential(username);
  Object.assign(userOf('mended') ?? {}, { policy: { form: 'inline', document: '{}' } });
  edit('unused', { verified_at: undefined });
  fake.clock.nowMs += 2 * 3_600_000;
  const tags = buildIamUserTags({ username: 'gone', region: 'eu-west-1', table: 'mail' });
  fake.cloud.users.set('ses-smtp-user-gone-1700000000000', { arn: 'arn', tags, keys: new Map() });
  await sweep();
  expect(kept().sort()).toEqual([
    [0, 'gone', 'orphan-user', 'open'],
    [0, 'mended', 'policy-drift', 'repaired'],
    [0, 'unused', 'unverified', 'asked'],
  ]);
  findings.kept = [];
  edit('off', { status: 'disabled' });
  edit('unused', { verified_at: new Date(fake.clock.nowMs).toISOString() });
  fake.cloud.users.delete('ses-smtp-user-gone-1700000000000');
  fake.cloud.fate = (call) => (call === 'UpdateAccessKey' ? 'refused' : 'works');
  await sweep();
  expect(kept()).toEqual([[1, 'off', 'not-disabled', 'failed']]);
});

test('goes on when a finding can’t be kept, and says so', async () => {
  for (const username of ['a', 'b']) await makeCredential(username);
  for (const username of ['a', 'b']) edit(username, { status: 'disabled' });
  findings.keep = () => Promise.reject(new Error('throttled'));
  await expect(sweep()).rejects.toThrow('The log says why');
  expect(publishedTypes().filter((type) => type === 'disabled')).toHaveLength(2);
});

test('logs why the reason of a repair could not be written', async () => {
  await makeCredential('a');
  Object.assign(userOf('a') ?? {}, { policy: { form: 'inline', document: '{}' } });
  fake.cloud.fate = (call) => (call === 'UpdateItem note' ? 'refused' : 'works');
  await expect(sweep()).rejects.toThrow('The log says why');
  expect(fake.logged).toContain('SWEEP_LOOK_FAILED');
});

test('creates a deleted user again', async () => {
  await makeCredential('a');
  const old = nameOf('a');
  fake.cloud.users.delete(old);
  await sweep();
  expect(drift()).toEqual(['missing-user']);
  expect(userOf('a')?.keys.has(String(item('a')['access_key_id']))).toBe(true);
  expect(item('a')['status']).toBe('active');
});

test('suspends a quarantined user, and does nothing else', async () => {
  await makeCredential('a');
  Object.assign(userOf('a') ?? {}, { quarantined: true });
  await sweep();
  expect(publishedTypes()).toEqual(['drift found', 'suspended']);
  expect(item('a')).toMatchObject({ status: 'disabled', suspension: { reason: 'AwsQuarantine' } });
  await sweep();
  expect(publishedTypes()).toHaveLength(2);
});

test('deactivates a key that is Active although the record is disabled', async () => {
  await makeCredential('a');
  edit('a', { status: 'disabled' });
  await sweep();
  expect(drift()).toEqual(['not-disabled', 'active-key']);
  expect([...(userOf('a')?.keys.values() ?? [])].map(({ status }) => status)).toEqual(['Inactive']);
});

test('processes records that are stuck', async () => {
  insert('stuck');
  insert('died', {
    claim: { at: '2025-01-01T00:00:00Z', by: 'gone', iam_user_name: 'ses-smtp-user-died-1700000000000' },
  });
  await sweep();
  expect(drift().sort()).toEqual(['half-done', 'stuck-pending']);
  expect(item('stuck')['status']).toBe('active');
  expect(item('died')['status']).toBe('active');
});

test('ignores a difference that disappears in the meantime', async () => {
  insert('a');
  meanwhile = () => edit('a', { status: 'active' });
  await sweep();
  expect(fake.events).toEqual([]);
});

test('requests a verification if there was no login yet', async () => {
  await makeCredential('a');
  edit('a', { verified_at: undefined });
  fake.clock.nowMs += 2 * 3_600_000;
  await sweep();
  expect(publishedTypes()).toEqual(['drift found', 'activated']);
  expect(fake.events[1]?.detail).toMatchObject({ username: 'a', access_key_id: item('a')['access_key_id'] });
});

test('reports orphans without deleting them, and ignores users of other tables and other people', async () => {
  await makeCredential('a');
  const user = (username: string, table: string) => ({
    arn: 'arn',
    tags: buildIamUserTags({ username, region: 'eu-west-1', table }),
    keys: new Map(),
  });
  fake.cloud.users.set('ses-smtp-user-gone-1700000000000', user('gone', 'mail'));
  fake.cloud.users.set('ses-smtp-user-a-1700000000000', user('a', 'mail'));
  fake.cloud.users.set('ses-smtp-user-a-1800000000000', user('a', 'another-table'));
  fake.cloud.users.set('by-hand', { arn: 'arn', tags: [], keys: new Map() });
  await sweep();
  expect(fake.events.map(({ detail }) => `${detail.username} ${detail.code}`).sort()).toEqual([
    'a orphan-user',
    'gone orphan-user',
  ]);
  expect(fake.cloud.users.size).toBe(5);
});

test('does not report a very young user as an orphan, because IAM may show it after its deletion', async () => {
  const name = `ses-smtp-user-gone-${fake.clock.nowMs - 1000}`;
  fake.cloud.users.set(name, {
    arn: 'arn',
    tags: buildIamUserTags({ username: 'gone', region: 'eu-west-1', table: 'mail' }),
    keys: new Map(),
  });
  await sweep();
  expect(fake.events).toEqual([]);
  fake.clock.nowMs += 600_000;
  await sweep();
  expect(drift()).toEqual(['orphan-user']);
});

test('reports an orphan of version 0.1 only if its policy names this Region', async () => {
  const orphan = (username: string, region: string | undefined) => ({
    arn: 'arn',
    tags: [
      { Key: 'sesame:table', Value: 'mail' },
      { Key: 'sesame:username', Value: username },
      { Key: 'sesame:managed-by', Value: 'sesame' },
    ],
    keys: new Map(),
    ...(region === undefined
      ? {}
      : {
          policy: { form: 'inline' as const, document: `{"Resource":"arn:aws:ses:${region}:123456789012:identity/*"}` },
        }),
  });
  fake.cloud.users.set('ses-smtp-user-ours-1700000000000', orphan('ours', 'eu-west-1'));
  fake.cloud.users.set('ses-smtp-user-theirs-1700000000000', orphan('theirs', 'us-east-1'));
  fake.cloud.users.set('ses-smtp-user-unknown-1700000000000', orphan('unknown', undefined));
  await sweep();
  expect(fake.events.map(({ detail }) => `${detail.username} ${detail.code}`)).toEqual(['ours orphan-user']);
});

test('does not report a user whose record was deleted if the user disappears as well', async () => {
  const name = 'ses-smtp-user-gone-1700000000000';
  const tags = buildIamUserTags({ username: 'gone', region: 'eu-west-1', table: 'mail' });
  fake.cloud.users.set(name, { arn: 'arn', tags, keys: new Map() });
  meanwhile = () => fake.cloud.users.delete(name);
  await sweep();
  expect(fake.events).toEqual([]);
});

test('continues where its time ran out, first with the records and then with the users', async () => {
  const usernames = Array.from({ length: 30 }, (_, index) => `u${String(index).padStart(2, '0')}`);
  for (const username of usernames) await makeCredential(username);
  const tags = buildIamUserTags({ username: 'gone', region: 'eu-west-1', table: 'mail' });
  fake.cloud.users.set('ses-smtp-user-gone-1700000000000', { arn: 'arn', tags, keys: new Map() });
  // Enough time for seven checks per run.
  let runs = 0;
  while (positions.stored.sweepNumber === 0) {
    let calls = 7;
    remainingMs = () => (calls-- > 0 ? 900_000 : 1_000);
    await sweep();
    runs += 1;
    expect(runs).toBeLessThan(20);
  }
  expect(runs).toBeGreaterThan(3);
  expect(usernames.map((username) => inventory.reads.get(nameOf(username)))).toEqual(usernames.map(() => 3));
  expect(drift()).toEqual(['orphan-user']);
  expect(fake.counted.get('RunsCutShort')).toBe(runs - 1);
});

test.each([0, 1, 2, 3])('reads everything of every user on request, after %i sweeps', async (sweepNumber) => {
  for (const username of ['policy', 'boundary', 'key', 'fine']) await makeCredential(username);
  Object.assign(userOf('policy') ?? {}, { policy: { form: 'inline', document: '{}' } });
  Object.assign(userOf('boundary') ?? {}, { boundary: 'none' });
  userOf('key')?.keys.set('AKIAUNKNOWN', { status: 'Active', password: '' } as never);
  positions.stored = { sweepNumber };
  await sweep({ reads: 'all' });
  expect(drift().sort()).toEqual(['foreign-boundary', 'orphan-key', 'policy-drift']);
  expect(inventory.reads.get(nameOf('fine'))).toBe(5);
  expect(positions.stored).toEqual({ sweepNumber: sweepNumber + 1 });
  expect(fake.counted.has('KeysUnused')).toBe(true);
});

test.each([{}, { reads: 'some' }, { reads: true }, { more: 'all' }])(
  'takes %j for an ordinary sweep',
  async (payload) => {
    await makeCredential('a');
    await sweep(payload);
    expect(inventory.reads.get(nameOf('a'))).toBe(3);
  },
);

test('a full sweep begins from the start, and stays full however often its time runs out', async () => {
  const usernames = Array.from({ length: 30 }, (_, index) => `u${String(index).padStart(2, '0')}`);
  for (const username of usernames) await makeCredential(username);
  // An ordinary sweep has come that far, and read less.
  positions.stored = { sweepNumber: 1, fromUsername: 'u20' };
  let runs = 0;
  while (positions.stored.sweepNumber === 1) {
    let calls = 7;
    remainingMs = () => (calls-- > 0 ? 900_000 : 1_000);
    // Only the first run is asked for: the schedule's runs go on with it.
    await sweep(runs === 0 ? { reads: 'all' } : {});
    runs += 1;
    expect(runs).toBeLessThan(20);
  }
  expect(runs).toBeGreaterThan(3);
  expect(usernames.map((username) => inventory.reads.get(nameOf(username)))).toEqual(usernames.map(() => 5));
  expect(positions.stored).toEqual({ sweepNumber: 2 });
});

test('checks all others if one user cannot be read, and throws the failure', async () => {
  for (const username of ['a', 'b']) await makeCredential(username);
  edit('b', { status: 'disabled' });
  const { readHoldings } = inventory;
  const failing = nameOf('a');
  inventory.readHoldings = (name, reads) =>
    name === failing ? Promise.reject(new Error('throttled')) : readHoldings(name, reads);
  await expect(sweep()).rejects.toThrow('1 checks or repairs failed');
  expect(drift()).toEqual(['not-disabled', 'active-key']);
  expect(positions.stored).toEqual({ sweepNumber: 1 });
});

test('checks all others if a record cannot be read for a moment, and writes the position', async () => {
  for (const username of ['a', 'b']) await makeCredential(username);
  for (const username of ['a', 'b']) edit(username, { status: 'disabled' });
  const { read } = fake.cloud.credentials;
  let reads = 0;
  fake.deps.reconcileDeps.credentials.read = (username) =>
    reads++ === 0 ? Promise.reject(new Error('hiccup')) : read(username);
  await expect(sweep()).rejects.toThrow('1 checks or repairs failed');
  expect(drift()).toEqual(['not-disabled', 'active-key']);
  expect(positions.stored).toEqual({ sweepNumber: 1 });
});

test('writes a failed repair on its record, and does not fail for it', async () => {
  await makeCredential('a');
  edit('a', { status: 'disabled' });
  fake.cloud.fate = (call) => (call === 'UpdateAccessKey' ? 'refused' : 'works');
  await sweep();
  expect(fake.counted.get('CredentialsFailed')).toBe(1);
  expect(item('a')).toMatchObject({ status: 'disabled', failure: { attempts: 1 } });
  expect(positions.stored).toEqual({ sweepNumber: 1 });
});

test('does nothing when the same run is repeated', async () => {
  let stored: SweepPosition = { sweepNumber: 0 };
  const kept = {
    read: () => Promise.resolve(stored),
    write: (position: SweepPosition, by: string) => {
      stored = { ...position, by };
      return Promise.resolve();
    },
  };
  const handler = createHandler({
    ...fake.deps,
    inventory,
    positions: kept,
    findings,
    identities: createFakeIdentities(),
    permissionsBoundaryArn: FAKE_BOUNDARY_ARN,
    confirmAfterSeconds: 30,
  });
  const call = (id: string) => handler({ id }, { awsRequestId: 'r', getRemainingTimeInMillis: () => 900_000 });
  await call('first');
  await call('first');
  expect(stored).toEqual({ sweepNumber: 1, by: 'first' });
  expect(fake.counted.get('SweepsCompleted')).toBe(1);
  await call('second');
  expect(stored).toEqual({ sweepNumber: 2, by: 'second' });
});

test('sends a dead letter for a repair whose event could not be published', async () => {
  await makeCredential('a');
  edit('a', { status: 'disabled' });
  fake.broken.events = true;
  await sweep();
  fake.broken.events = false;
  expect(fake.deadLetters).toMatchObject([{ errorType: 'EventsUnpublished', correlationId: 'tick' }]);
  expect(await reconcile({ username: 'a', correlationId: 'tick' }, fake.deps.reconcileDeps)).toMatchObject({
    transition: 'disabled',
    isRepeat: true,
  });
});

test('reports a removed permissions boundary within four sweeps, and changes nothing', async () => {
  await makeCredential('a');
  Object.assign(userOf('a') ?? {}, { boundary: 'none' });
  for (let turn = 0; turn < 4; turn += 1) await sweep();
  expect(drift()).toEqual(['foreign-boundary']);
  expect(fake.counted.get('DriftForeignBoundary')).toBe(1);
  expect(fake.counted.get('DriftRepaired')).toBeUndefined();
  expect([...inventory.reads.values()].every((reads) => reads <= 12)).toBe(true);
});

describe('a user that somebody renamed', () => {
  it('gets its name back, and keeps its password', async () => {
    await makeCredential('a');
    const name = nameOf('a');
    const { access_key_id, encrypted_password } = item('a');
    fake.cloud.renameUser(name, 'tidy-a');
    await sweep();
    expect(drift()).toEqual(['renamed-user']);
    expect([...fake.cloud.users.keys()]).toEqual([name]);
    expect(item('a')).toMatchObject({ status: 'active', access_key_id, encrypted_password });
    await sweep();
    expect(drift()).toHaveLength(1);
  });

  it('gets it back when its record is disabled', async () => {
    await makeCredential('a');
    edit('a', { status: 'disabled' });
    await reconcile({ username: 'a', correlationId: 'off' }, fake.deps.reconcileDeps);
    const name = nameOf('a');
    fake.cloud.renameUser(name, 'tidy-a');
    fake.clock.nowMs += 600_000;
    await sweep();
    expect(drift()).toEqual(['renamed-user']);
    expect([...fake.cloud.users.keys()]).toEqual([name]);
  });

  it('is an orphan when no record refers to it, with its keys', async () => {
    await makeCredential('a');
    const key = String(item('a')['access_key_id']);
    fake.cloud.renameUser(nameOf('a'), 'tidy-a');
    fake.cloud.items.delete('a');
    await sweep();
    expect(fake.events.map(({ detail }) => `${detail.username} ${detail.code} ${detail.reason}`)).toEqual([
      `a orphan-user The IAM user tidy-a belongs to this table, and no record refers to it. Its access keys: ${key} (Active).`,
    ]);
    expect(fake.cloud.users.has('tidy-a')).toBe(true);
  });
});

describe('a managed policy', () => {
  const arnOf = (name: string) =>
    `arn:aws:iam::123456789012:policy/ses-smtp/eu-west-1/mail/${buildPolicyName(name, { region: 'eu-west-1', table: 'mail' })}`;

  async function makeLong(username: string): Promise<void> {
    const allowed_from_addresses = Array.from({ length: 60 }, (_, at) => `one-of-rather-long-names-${at}@example.com`);
    insert(username, { allowed_from_addresses });
    await reconcile({ username, correlationId: 'made' }, fake.deps.reconcileDeps);
    edit(username, { verified_at: new Date(fake.clock.nowMs).toISOString() });
    fake.clock.nowMs += 600_000;
  }

  it('is attached again where somebody detached it: without it nothing can be sent', async () => {
    await makeLong('a');
    Object.assign(userOf('a') ?? {}, { isDetached: true });
    await sweep();
    expect(drift()).toEqual(['policy-drift']);
    expect(userOf('a')?.isDetached).toBeUndefined();
    await sweep();
    expect(drift()).toHaveLength(1);
  });

  it('that is attached to nobody goes when no record refers to its user', async () => {
    await makeLong('a');
    const left = arnOf('ses-smtp-user-gone-1700000000000');
    const kept = [
      arnOf(nameOf('a')),
      'arn:aws:iam::123456789012:policy/ses-smtp/eu-west-1/mail/somebody-elses',
      'arn:aws:iam::123456789012:policy/ses-smtp/eu-west-1/mail/ses-smtp-user-of-1700000000000-01234567',
    ];
    for (const arn of [left, ...kept]) fake.cloud.unattachedPolicies.set(arn, 0);
    const young = arnOf('ses-smtp-user-new-1700000000001');
    fake.cloud.unattachedPolicies.set(young, fake.clock.nowMs);
    await sweep();
    expect([...fake.cloud.unattachedPolicies.keys()]).toEqual([...kept, young]);
    expect(fake.events.map(({ detail }) => `${detail.username} ${detail.code}`)).toEqual(['gone orphan-policy']);
    expect(fake.counted.get('DriftOrphanPolicy')).toBe(1);
  });

  it('that goes by itself meanwhile is no finding', async () => {
    fake.cloud.unattachedPolicies.set(arnOf('ses-smtp-user-gone-1700000000000'), 0);
    meanwhile = () => fake.cloud.unattachedPolicies.clear();
    await sweep();
    expect(fake.events).toEqual([]);
  });

  it('that cannot be deleted fails the run, and is tried again', async () => {
    fake.cloud.unattachedPolicies.set(arnOf('ses-smtp-user-gone-1700000000000'), 0);
    fake.cloud.fate = (call) => (call === 'DeletePolicy' ? 'refused' : 'works');
    await expect(sweep()).rejects.toThrow('The log says why');
  });
});

test('a disabled record that names the user of another credential is mended', async () => {
  await makeCredential('a');
  fake.cloud.items.set('b', { ...item('a'), status: 'disabled', disabled_at: '2026-01-01T00:00:00.000Z' });
  await sweep();
  expect(fake.events.map(({ detail }) => `${detail.username} ${detail.code}`)).toEqual(['b missing-user']);
  expect(item('b')).not.toHaveProperty('access_key_id');
  expect(item('b')).toHaveProperty('disabled_at');
  expect([...(userOf('a')?.keys.values() ?? [])]).toMatchObject([{ status: 'Active' }]);
  await sweep();
  expect(drift()).toHaveLength(1);
});
