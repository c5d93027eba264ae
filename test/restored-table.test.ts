import { beforeEach, describe, expect, it } from 'vitest';
import type { Item } from '../src/credential/credential-table.ts';
import { SesameError } from '../src/credential/errors.ts';
import type { OwnershipSettings } from '../src/credential/iam/ownership.ts';
import type { Outcome } from '../src/credential/reconcile/contract.ts';
import { reconcile } from '../src/credential/reconcile/reconcile.ts';
import { createHandler } from '../src/functions/smtp-credential-sweeper/handler.ts';
import { createFakeIdentities } from './support/fake-identities.ts';
import {
  createFakeFindings,
  createFakeInventory,
  createFakePositions,
  FAKE_BOUNDARY_ARN,
} from './support/fake-inventory.ts';
import { createFakeReconciling, type FakeReconciling } from './support/fake-reconciling.ts';

/** A table that was restored from a backup, under its own name or under another one. */

const arnPrefix = (table: string) => `arn:aws:iam::123456789012:user/ses-smtp/eu-west-1/${table}/`;
const hourMs = 3_600_000;

let fake: FakeReconciling;
let deps: FakeReconciling['deps'];
let made: Item;
/** The number of reads of the last sweep, by IAM user. */
let reads: ReadonlyMap<string, number>;

/** The backup is an hour old: IAM shows everything. */
beforeEach(async () => {
  fake = createFakeReconciling();
  deps = fake.deps;
  fake.cloud.items.set('jane', {
    status: 'pending',
    allowed_from_addresses: ['jane@example.com'],
    entity_type: 'smtp_credential',
  });
  await run();
  fake.cloud.items.set('jane', { ...item(), verified_at: new Date(fake.clock.nowMs).toISOString() });
  made = item();
  fake.clock.nowMs += hourMs;
});

/** Keeps the items and IAM, but gives the table another name. */
function restoreAs(table: string, ownership: OwnershipSettings = {}): void {
  const { reconcileDeps } = fake.deps;
  deps = {
    ...fake.deps,
    reconcileDeps: { ...reconcileDeps, settings: { ...reconcileDeps.settings, table, ownership } },
  };
  fake.cloud.userArnPrefix = arnPrefix(table);
}

const item = () => fake.cloud.items.get('jane') as Item;
const edit = (changes: Item) => fake.cloud.items.set('jane', { ...item(), ...changes });
const userName = () => String(made['iam_user_arn']).split('/').at(-1) ?? '';
const user = () => fake.cloud.users.get(userName());
const statuses = () => [...(user()?.keys.values() ?? [])].map(({ status }) => status);
const run = (more: object = {}): Promise<Outcome> =>
  reconcile({ username: 'jane', correlationId: `at ${fake.clock.nowMs}`, ...more }, deps.reconcileDeps);

function sweep(): Promise<void> {
  const sleep = (ms: number) => {
    fake.clock.nowMs += ms;
    return Promise.resolve();
  };
  const inventory = createFakeInventory(fake.cloud);
  reads = inventory.reads;
  return createHandler({
    ...deps,
    reconcileDeps: { ...deps.reconcileDeps, sleep },
    inventory,
    identities: createFakeIdentities(),
    positions: createFakePositions(),
    findings: createFakeFindings(),
    confirmAfterSeconds: 30,
    permissionsBoundaryArn: FAKE_BOUNDARY_ARN,
  })({ id: 'tick' }, { awsRequestId: 'request', getRemainingTimeInMillis: () => 900_000 });
}

describe('restored under its own name', () => {
  it('a record that is put back has its user and its password, and can be disabled', async () => {
    fake.cloud.items.set('jane', made);
    await sweep();
    expect(item()).toMatchObject({ status: 'active', encrypted_password: made['encrypted_password'] });
    expect(fake.events).toEqual([]);
    edit({ status: 'disabled' });
    await run();
    expect(statuses()).toEqual(['Inactive']);
    expect(item()['disabled_at']).toBeDefined();
  });

  it('a record that was deleted in the meantime comes back with a new password, and one key', async () => {
    fake.cloud.items.delete('jane');
    await run({ supersededIamUserName: userName() });
    expect(fake.cloud.users.size).toBe(0);
    fake.clock.nowMs += hourMs;
    fake.cloud.items.set('jane', made);
    await sweep();
    expect(item()['status']).toBe('active');
    expect(item()['access_key_id']).not.toBe(made['access_key_id']);
    expect([...fake.cloud.users.values()].flatMap(({ keys }) => [...keys.keys()])).toEqual([item()['access_key_id']]);
  });
});

describe('restored under another name, with previous_table_names', () => {
  beforeEach(() => restoreAs('mail-restored', { previousTableNames: ['mail'] }));

  it('disabled disables at once', async () => {
    edit({ status: 'disabled' });
    expect(await run()).toMatchObject({ result: 'converged', transition: 'disabled' });
    expect(statuses()).toEqual(['Inactive']);
    expect(item()['disabled_at']).toBeDefined();
  });

  it('the sweep moves the user, with its key and its password', async () => {
    await sweep();
    expect(user()?.arn).toBe(`${arnPrefix('mail-restored')}${userName()}`);
    expect(user()?.tags).toContainEqual({ Key: 'sesame:table', Value: 'eu-west-1/mail-restored' });
    const { access_key_id, encrypted_password } = made;
    expect(item()).toMatchObject({ status: 'active', access_key_id, encrypted_password, iam_user_arn: user()?.arn });
    expect(statuses()).toEqual(['Active']);
  });

  it('a rotation binds the new password to the new name', async () => {
    edit({ rotate_requested: true });
    await run();
    expect(item()['encrypted_password']).toContain('"table":"mail-restored"');
  });

  it('no key is left over when the record is deleted, before or after the move', async () => {
    for (const prepare of [() => Promise.resolve(), sweep]) {
      await prepare();
      const before = item();
      fake.cloud.items.delete('jane');
      await run({ supersededIamUserName: userName() });
      expect(fake.cloud.users.size).toBe(0);
      if (prepare !== sweep) {
        fake.cloud.users.set(userName(), {
          arn: String(before['iam_user_arn']),
          tags: tagsOf('mail'),
          keys: new Map(),
        });
        fake.cloud.items.set('jane', before);
      }
    }
  });
});

describe('restored under another name, without it', () => {
  beforeEach(() => restoreAs('mail-restored'));

  it('disabled says on the record that it could not be applied, and what to set', async () => {
    edit({ status: 'disabled' });
    await run();
    expect(statuses()).toEqual(['Active']);
    expect(item()['disabled_at']).toBeUndefined();
    expect(item()['failure']).toMatchObject({
      code: 'IamUserNotOwned',
      wish: 'disabled',
      message: expect.stringMatching(/"eu-west-1\/mail".*add "mail" to previous_table_names/),
    });
  });

  it('once the name is set, the same record is disabled', async () => {
    edit({ status: 'disabled' });
    await run();
    restoreAs('mail-restored', { previousTableNames: ['mail'] });
    await sweep();
    expect(statuses()).toEqual(['Inactive']);
    expect(item()['disabled_at']).toBeDefined();
  });

  it('once the name is set, a record that failed without it recovers by itself', async () => {
    await sweep();
    expect(item()).toMatchObject({ status: 'failed', failure: { code: 'IamUserNotOwned' } });
    fake.clock.nowMs += hourMs;
    await sweep();
    expect(item()).toMatchObject({ status: 'failed', failure: { attempts: 1 } });
    restoreAs('mail-restored', { previousTableNames: ['mail'] });
    await sweep();
    const { access_key_id, encrypted_password } = made;
    expect(item()).toMatchObject({ status: 'active', access_key_id, encrypted_password, iam_user_arn: user()?.arn });
    expect(user()?.arn).toBe(`${arnPrefix('mail-restored')}${userName()}`);
    expect(statuses()).toEqual(['Active']);
  });

  it('a sweep does not report or change the former table’s users, and reads only their tags', async () => {
    fake.cloud.calls.length = 0;
    await sweep();
    expect(fake.cloud.calls.filter((call) => /User|Key|Polic/.test(call))).toEqual([]);
    // The tags show which table a listed user belongs to.
    expect(reads.get(userName()) ?? 0).toBeLessThanOrEqual(1);
    expect(user()?.tags).toEqual(tagsOf('mail'));
    expect(fake.events.filter(({ detail }) => detail.code === 'orphan-user')).toEqual([]);
  });
});

it('a name that another deployment took in the same millisecond is no obstacle, even if its user may not be read', async () => {
  fake.cloud.items.set('john', { status: 'pending', allowed_from_addresses: ['john@example.com'] });
  const taken = `ses-smtp-user-john-${fake.clock.nowMs}`;
  fake.cloud.users.set(taken, { arn: `${arnPrefix('other')}${taken}`, tags: tagsOf('other'), keys: new Map() });
  const { iamUsers } = fake.deps.reconcileDeps;
  const findUser = (name: string) =>
    name === taken
      ? Promise.reject(new SesameError('AccessDenied', 'retryable', 'may not read it'))
      : iamUsers.findUser(name);
  const outcome = await reconcile(
    { username: 'john', correlationId: 'twin' },
    { ...fake.deps.reconcileDeps, iamUsers: { ...iamUsers, findUser } },
  );
  expect(outcome).toMatchObject({ result: 'converged', transition: 'activated' });
  expect(fake.cloud.users.get(taken)?.keys.size).toBe(0);
});

function tagsOf(table: string) {
  return [
    { Key: 'sesame:table', Value: `eu-west-1/${table}` },
    { Key: 'sesame:username', Value: 'jane' },
    { Key: 'sesame:managed-by', Value: 'sesame' },
  ];
}
