import { beforeEach, describe, expect, it } from 'vitest';
import { createFakeReconciling, type FakeReconciling } from '../../../test/support/fake-reconciling.ts';
import type { Item } from '../credential-table.ts';
import { SesameError } from '../errors.ts';
import { iamUserNameOfArn } from '../record/record.ts';
import type { Trigger } from './contract.ts';
import { reconcile } from './reconcile.ts';
import { supersededUserOf } from './triggers.ts';

/** Somebody renames an IAM user: it keeps its keys, policies and tags, so its password works. */

const username = 'jane';
const presentName = 'tidy-jane';
let fake: FakeReconciling;
let before: Item;
let name: string;

beforeEach(async () => {
  fake = createFakeReconciling();
  put({ status: 'pending', allowed_from_addresses: ['jane@example.com'] });
  await run();
  before = record();
  name = iamUserNameOfArn(String(before['iam_user_arn']));
  fake.clock.nowMs += 3_600_000;
  fake.cloud.renameUser(name, presentName);
});

const record = () => fake.cloud.items.get(username) as Item;
const put = (item: Item | undefined) => fake.cloud.put(username, item);
const run = (more: Partial<Trigger> = {}) =>
  reconcile({ username, correlationId: `event-${fake.cloud.calls.length}`, ...more }, fake.deps.reconcileDeps);
/** What the stream's images contain if the record is deleted or replaced. */
const superseded = () => supersededUserOf(username, before);
/** Every key of the account, with its user and status. */
const keys = () =>
  [...fake.cloud.users].flatMap(([user, held]) => [...held.keys].map(([id, { status }]) => `${user} ${id} ${status}`));
const keyOf = (item: Item, status = 'Active') => [
  `${iamUserNameOfArn(String(item['iam_user_arn']))} ${item['access_key_id']} ${status}`,
];

it('is deleted with its record', async () => {
  put(undefined);
  expect(await run(superseded())).toEqual({ result: 'missing', deletedIamUserName: name });
  expect(fake.cloud.users.size).toBe(0);
});

it('is deleted if the record is replaced as a whole', async () => {
  put({ status: 'pending', allowed_from_addresses: ['jane@example.com'] });
  expect(await run(superseded())).toMatchObject({ result: 'converged', transition: 'activated' });
  expect(record()['access_key_id']).not.toBe(before['access_key_id']);
  expect(keys()).toEqual(keyOf(record()));
});

it('gets its name back in a forced resync, and keeps its password', async () => {
  expect(await run({ forceResync: true })).toMatchObject({ result: 'converged', transition: 'changed' });
  expect(record()).toMatchObject({
    iam_user_arn: before['iam_user_arn'],
    access_key_id: before['access_key_id'],
    encrypted_password: before['encrypted_password'],
  });
  expect(keys()).toEqual(keyOf(before));
});

it('gets its name back by an edit, even if nothing has detected the new name', async () => {
  put({ ...record(), allowed_from_addresses: ['other@example.com'] });
  expect(await run()).toMatchObject({ result: 'converged', transition: 'changed' });
  expect(keys()).toEqual(keyOf(before));
});

it('is disabled', async () => {
  put({ ...record(), status: 'disabled' });
  expect(await run()).toMatchObject({ result: 'converged', transition: 'disabled' });
  expect(keys()).toEqual(keyOf(before, 'Inactive'));
});

it('is disabled on a record that has no room for a claim', async () => {
  put({ ...record(), status: 'disabled', padding: 'x'.repeat(1_000) });
  fake.cloud.itemLimit = JSON.stringify(record()).length;
  await run();
  expect(keys()).toEqual(keyOf(before, 'Inactive'));
});

it('is found by the key that a rotation replaced', async () => {
  const { access_key_id } = before;
  put({ ...before, access_key_id: 'AKIAGONE', previous_key: { access_key_id, encrypted_password: 'old' } });
  before = record();
  put(undefined);
  expect(await run(superseded())).toEqual({ result: 'missing', deletedIamUserName: name });
  expect(keys()).toEqual([]);
});

it('costs no calls if the user still has its name', async () => {
  fake.cloud.renameUser(presentName, name);
  put({ ...record(), status: 'disabled' });
  const begin = fake.cloud.calls.length;
  await run();
  expect(fake.cloud.calls.slice(begin)).not.toContain('GetAccessKeyLastUsed');
});

it('a user that really is gone is recreated, and its deletion is finished', async () => {
  fake.cloud.users.clear();
  expect(await run({ forceResync: true })).toMatchObject({ result: 'converged', transition: 'recreated' });
  before = record();
  fake.cloud.users.clear();
  fake.clock.nowMs += 3_600_000;
  put(undefined);
  expect(await run(superseded())).toMatchObject({ result: 'missing', isRepeat: true });
});

describe("whose key belongs to a user that can't be proved to be the same", () => {
  const renamed = { code: 'IamUserRenamed', message: expect.stringContaining(`the IAM user ${presentName}.`) };

  it.each([
    ['without tags', () => Object.assign(fake.cloud.users.get(presentName) ?? {}, { tags: [] })],
    [
      'that may not be read',
      () => {
        const { iamUsers } = fake.cloud;
        const findUser = iamUsers.findUser;
        Object.assign(iamUsers, {
          findUser: (wanted: string) =>
            wanted === presentName
              ? Promise.reject(new SesameError('AccessDenied', 'retryable', 'Not authorized.'))
              : findUser(wanted),
        });
      },
    ],
  ])('%s: nothing is changed, and it is not reported as deleted, off or recreated', async (_, change) => {
    change();
    const held = keys();
    expect(await run({ forceResync: true })).toMatchObject({ result: 'failed', error: renamed });
    put({ ...before, status: 'disabled' });
    expect(await run()).toMatchObject({ result: 'failed', error: renamed });
    expect(record()).not.toHaveProperty('disabled_at');
    put(undefined);
    await expect(run(superseded())).rejects.toMatchObject(renamed);
    expect(keys()).toEqual(held);
  });
});

describe.each([1, 3, 8])('in an IAM that is %d calls late', (lag) => {
  const untilDone = async (more: Partial<Trigger>) => {
    for (let tries = 0; tries < 30; tries += 1) {
      const outcome = await run(more).catch(() => undefined);
      if (outcome !== undefined && outcome.result !== 'failed') return outcome;
      fake.clock.nowMs += 30_000;
    }
    throw new Error('It never worked.');
  };

  it('is off when the record says so', async () => {
    fake.cloud.lag = () => lag;
    put({ ...record(), status: 'disabled' });
    await untilDone({});
    expect(record()).toHaveProperty('disabled_at');
    expect(keys()).toEqual(keyOf(before, 'Inactive'));
  });

  it('is gone when its deletion is reported', async () => {
    fake.cloud.lag = () => lag;
    put(undefined);
    await untilDone(superseded());
    expect(keys()).toEqual([]);
    expect(fake.cloud.users.size).toBe(0);
  });
});

it.each(Array.from({ length: 14 }, (_, at) => at))(
  'whatever ends the run at call %d, the next one switches it off',
  async (at) => {
    for (const fate of ['refused', 'answer lost', 'die before', 'die after'] as const) {
      fake = createFakeReconciling();
      put({ status: 'pending', allowed_from_addresses: ['jane@example.com'] });
      await run();
      before = record();
      name = iamUserNameOfArn(String(before['iam_user_arn']));
      fake.clock.nowMs += 3_600_000;
      fake.cloud.renameUser(name, presentName);
      put({ ...record(), status: 'disabled' });
      const begin = fake.cloud.calls.length;
      fake.cloud.fate = (_, number) => (number - begin === at ? fate : 'works');
      await run().catch(() => undefined);
      fake.cloud.revive();
      fake.cloud.fate = () => 'works';
      fake.clock.nowMs += 90_000;
      await run();
      expect(keys(), fate).toEqual(keyOf(before, 'Inactive'));
      expect(record(), fate).toHaveProperty('disabled_at');
    }
  },
);
