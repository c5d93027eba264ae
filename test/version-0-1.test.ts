import { beforeEach, describe, expect, it, test } from 'vitest';
import type { Item } from '../src/credential/credential-table.ts';
import type { Outcome } from '../src/credential/reconcile/contract.ts';
import { reconcile } from '../src/credential/reconcile/reconcile.ts';
import { createHandler } from '../src/functions/smtp-credential-sweeper/handler.ts';
import type { FakeUser, Fate } from './support/fake-cloud.ts';
import { createFakeIdentities } from './support/fake-identities.ts';
import {
  createFakeFindings,
  createFakeInventory,
  createFakePositions,
  FAKE_BOUNDARY_ARN,
} from './support/fake-inventory.ts';
import { createFakeReconciling, type FakeReconciling } from './support/fake-reconciling.ts';
import { type Leftover, readVersion01 } from './support/version-0-1.ts';

/** State of version 0.1, loaded into an account in memory, before, during and after its move. */

const leftovers = readVersion01();
const path = '/ses-smtp/us-east-1/sesame-local/';
const leaseMs = 91_000;
const scope = { partition: 'aws', region: 'us-east-1', accountId: '000000000000', configurationSet: 'smtp' };

let fake: FakeReconciling;

beforeEach(() => start());

function start(managesUsersOf01 = true): void {
  fake = createFakeReconciling({ table: 'sesame-local', scope, ownership: { managesUsersOf01 } });
  fake.clock.nowMs = Date.parse('2026-11-26T03:00:00Z');
  fake.cloud.userArnPrefix = `arn:aws:iam::000000000000:user${path}`;
  for (const leftover of leftovers.values()) load(leftover);
}

function load({ username, record, user }: Leftover): void {
  const { PK: _PK, SK: _SK, ...item } = record;
  fake.cloud.items.set(username, { ...item, verified_at: '2026-11-26T02:00:00.000Z' });
  const [inline] = user.inline_policies;
  const [managed] = user.managed_policies;
  const secret = (id: string) => `secret of ${id}`;
  fake.cloud.users.set(user.name, {
    arn: `arn:aws:iam::000000000000:user${user.path}${user.name}`,
    tags: user.tags,
    keys: new Map(user.keys.map(({ access_key_id: id, status }) => [id, { status, secret: secret(id) }])),
    ...(inline === undefined ? {} : { policy: { form: 'inline', document: JSON.stringify(inline.document) } }),
    ...(managed === undefined ? {} : { formerPolicy: { form: 'managed', document: JSON.stringify(managed.document) } }),
  });
}

const leftover = (username: string) => leftovers.get(username) as Leftover;
const item = (username: string) => fake.cloud.items.get(username) as Item;
const userOf = (username: string) => fake.cloud.users.get(leftover(username).user.name) as FakeUser;
const keysOf = (username: string) => [...userOf(username).keys].map(([id, { status }]) => `${id} ${status}`);
const edit = (username: string, changes: Item) => fake.cloud.items.set(username, { ...item(username), ...changes });
const run = (username: string, forceResync = false): Promise<Outcome> =>
  reconcile({ username, correlationId: `run of ${username}`, forceResync }, fake.deps.reconcileDeps);

function sweep(): Promise<void> {
  const inventory = createFakeInventory(fake.cloud);
  const sleep = (ms: number) => {
    fake.clock.nowMs += ms;
    return Promise.resolve();
  };
  const deps = { ...fake.deps, reconcileDeps: { ...fake.deps.reconcileDeps, sleep } };
  const identities = createFakeIdentities();
  return createHandler({
    ...deps,
    inventory,
    identities,
    positions: createFakePositions(),
    findings: createFakeFindings(),
    confirmAfterSeconds: 30,
    permissionsBoundaryArn: FAKE_BOUNDARY_ARN,
  })({ id: 'tick' }, { awsRequestId: 'request', getRemainingTimeInMillis: () => 900_000 });
}

/** Checks a moved user of an active or disabled record. */
function expectMoved(username: string): void {
  const { record, user } = leftover(username);
  const moved = userOf(username);
  expect(moved.arn, username).toBe(`arn:aws:iam::000000000000:user${path}${user.name}`);
  expect(moved.tags).toContainEqual({ Key: 'sesame:table', Value: 'us-east-1/sesame-local' });
  expect(moved.tags).not.toContainEqual({ Key: 'sesame:table', Value: 'sesame-local' });
  expect(moved.formerPolicy).toBeUndefined();
  // Keys and passwords are the same, so senders notice nothing.
  expect(keysOf(username)).toEqual(user.keys.map(({ access_key_id, status }) => `${access_key_id} ${status}`));
  const { access_key_id, encrypted_password, previous_key, status } = record;
  expect(item(username)).toMatchObject({ iam_user_arn: moved.arn, access_key_id, encrypted_password, status });
  expect(item(username)['previous_key']).toEqual(previous_key);
  expect(item(username)).not.toHaveProperty('failure');
  expect(item(username)).not.toHaveProperty('claim');
  if (status === 'active') expect(JSON.parse(moved.policy?.document ?? '{}')).toEqual(documentOf(leftover(username)));
}

function documentOf({ user }: Leftover): object | undefined {
  return (user.inline_policies[0] ?? user.managed_policies[0])?.document;
}

const whole = ['short', 'long', 'off', 'off.long', 'rotating'];

test('the fixtures are as version 0.1 made them', () => {
  expect([...leftovers.keys()].sort()).toEqual(['half.done', ...whole].sort());
  for (const { user } of leftovers.values()) {
    expect(user.path).toBe('/ses-smtp/');
    expect(user.tags).toContainEqual({ Key: 'sesame:table', Value: 'sesame-local' });
  }
  expect(leftover('long').user.managed_policies).toMatchObject([{ path: '/ses-smtp/' }]);
  expect(leftover('rotating').record['previous_key']).toBeDefined();
});

describe('before the sweep', () => {
  it.each(['short', 'long', 'rotating'])('%s can be disabled, and is not moved for that', async (username) => {
    edit(username, { status: 'disabled' });
    expect(await run(username)).toMatchObject({ result: 'converged', transition: 'disabled' });
    expect(keysOf(username).filter((key) => key.endsWith(' Active'))).toEqual([]);
    expect(item(username)).toMatchObject({ status: 'disabled', disabled_at: expect.any(String) });
    expect(fake.cloud.calls).not.toContain('UpdateUser');
  });

  it.each(['short', 'long'])('%s can be edited: its policy is written to its final place', async (username) => {
    edit(username, { allowed_from_addresses: ['new@example.com'] });
    expect(await run(username)).toMatchObject({ result: 'converged', transition: 'changed' });
    expect(userOf(username).policy?.document).toContain('new@example.com');
    expect(userOf(username).formerPolicy).toBeUndefined();
    expect(item(username)['iam_user_arn']).toContain(path);
  });

  it('is deleted with its record', async () => {
    fake.cloud.items.delete('long');
    const supersededIamUserName = leftover('long').user.name;
    await reconcile({ username: 'long', correlationId: 'gone', supersededIamUserName }, fake.deps.reconcileDeps);
    expect(fake.cloud.users.has(supersededIamUserName)).toBe(false);
  });

  it('an unchanged record makes no call to IAM', async () => {
    await run('short');
    expect(fake.cloud.calls.filter((call) => !call.startsWith('UpdateItem'))).toEqual([]);
  });

  it('an unfinished user is finished in its new place', async () => {
    expect(await run('half.done')).toMatchObject({ result: 'converged', transition: 'activated' });
    expect(userOf('half.done').arn).toContain(path);
    expect(item('half.done')).toMatchObject({ status: 'active', iam_user_arn: userOf('half.done').arn });
    expect(userOf('half.done').keys.size).toBe(1);
  });
});

describe('the sweep', () => {
  it('moves all users, and finds nothing the next time', async () => {
    await sweep();
    for (const username of whole) expectMoved(username);
    const codes = fake.events.filter(({ type }) => type === 'drift found').map(({ detail }) => detail.code);
    expect(codes.sort()).toEqual([...whole.map(() => 'former-path'), 'half-done'].sort());
    fake.events.length = 0;
    await sweep();
    expect(fake.events).toEqual([]);
  });

  it('changes nothing, and says why, when users of version 0.1 are not taken over', async () => {
    start(false);
    await sweep();
    expect(userOf('short').arn).toContain(':user/ses-smtp/ses-smtp-user-short-');
    expect(item('short')['failure']).toMatchObject({
      code: 'IamUserNotOwned',
      message: expect.stringContaining('set manage_users_of_0_1 to true'),
    });
    expect(userOf('short').tags).toEqual(leftover('short').user.tags);
  });

  it('moves those that failed in the meantime, once they are taken over again', async () => {
    start(false);
    await sweep();
    expect(item('short')['status']).toBe('failed');
    const { reconcileDeps } = fake.deps;
    const settings = { ...reconcileDeps.settings, ownership: { managesUsersOf01: true } };
    fake = { ...fake, deps: { ...fake.deps, reconcileDeps: { ...reconcileDeps, settings } } };
    await sweep();
    for (const username of whole) expectMoved(username);
  });
});

describe('after the sweep', () => {
  beforeEach(() => sweep());

  it.each(['off', 'off.long'])('%s is enabled with the policy of its record', async (username) => {
    edit(username, { status: 'pending' });
    expect(await run(username)).toMatchObject({ result: 'converged', transition: 'enabled' });
    expect(JSON.parse(userOf(username).policy?.document ?? '{}')).toEqual(documentOf(leftover(username)));
    expect(keysOf(username)).toEqual([expect.stringMatching(/ Active$/)]);
  });

  it('a rotation finishes as usual', async () => {
    fake.clock.nowMs += 30 * 86_400_000;
    await run('rotating');
    fake.clock.nowMs += 30 * 86_400_000;
    await run('rotating');
    expect(item('rotating')).not.toHaveProperty('previous_key');
    expect(keysOf('rotating')).toEqual([`${item('rotating')['access_key_id']} Active`]);
  });

  it('a rotation can start', async () => {
    edit('short', { rotate_requested: true });
    expect(await run('short')).toMatchObject({ result: 'converged', transition: 'rotated' });
    expect(keysOf('short')).toHaveLength(2);
  });

  it('a user is deleted with its record', async () => {
    fake.cloud.items.delete('long');
    const supersededIamUserName = leftover('long').user.name;
    await reconcile({ username: 'long', correlationId: 'gone', supersededIamUserName }, fake.deps.reconcileDeps);
    expect(fake.cloud.users.has(supersededIamUserName)).toBe(false);
  });
});

describe('a move that is interrupted at any call', () => {
  const fates: readonly Fate[] = ['die before', 'die after', 'refused', 'answer lost'];

  it.each(whole)('of %s is finished by the next run, and no key ever works under another policy', async (username) => {
    let stops = 0;
    for (const fate of fates) {
      for (let number = 0; ; number += 1) {
        start();
        fake.cloud.fate = (_call, made) => (made === number ? fate : 'works');
        await run(username, true).catch(() => undefined);
        if (fake.cloud.calls.length <= number) break;
        stops += 1;
        const { policy, formerPolicy } = userOf(username);
        const inForce = [policy, formerPolicy].filter((one) => one !== undefined);
        for (const { document } of inForce) expect(JSON.parse(document)).toEqual(documentOf(leftover(username)));
        // An active credential keeps working, wherever the move is interrupted.
        if (leftover(username).record['status'] === 'active') expect(inForce.length).toBeGreaterThan(0);
        fake.cloud.fate = () => 'works';
        fake.cloud.revive();
        fake.clock.nowMs += leaseMs;
        await run(username, true);
        expectMoved(username);
      }
    }
    expect(stops).toBeGreaterThan(4 * 5);
  });
});
