import { beforeEach, describe, expect, it } from 'vitest';
import { createFakeReconciling, type FakeReconciling } from '../../../test/support/fake-reconciling.ts';
import type { Item } from '../credential-table.ts';
import { SesameError } from '../errors.ts';
import { IAM_PROPAGATION_SECONDS } from '../iam/propagation.ts';
import { iamUserNameOfArn } from '../record/record.ts';
import type { Outcome, Trigger } from './contract.ts';
import { reconcile } from './reconcile.ts';

const username = 'jane';
let fake: FakeReconciling;
let events: number;

beforeEach(async () => {
  events = 0;
  fake = createFakeReconciling();
  fake.cloud.items.set(username, { status: 'pending', allowed_from_addresses: ['jane@example.com'] });
  await run();
  expect(item()['status']).toBe('active');
});

function run(more: Partial<Trigger> = {}): Promise<Outcome> {
  events += 1;
  return reconcile({ username, correlationId: `event-${events}`, ...more }, fake.deps.reconcileDeps);
}

const item = (): Item => fake.cloud.items.get(username) ?? {};
const edit = (attributes: Item) => fake.cloud.items.set(username, { ...item(), ...attributes });
const users = () => [...fake.cloud.users.values()];
const keys = () => users().flatMap((user) => [...user.keys].map(([id, { status }]) => `${id} ${status}`));
const keyId = () => String(item()['access_key_id']);
const nameOfUser = () => iamUserNameOfArn(String(item()['iam_user_arn']));
/** Makes IAM's reads (or one of them) return the state before the last call of that name. */
const showAsBefore = (call: string, read?: string) => {
  const at = fake.cloud.calls.lastIndexOf(call);
  if (at < 0) throw new Error(`There was no ${call}.`);
  fake.cloud.lag = (name) => (read === undefined || read === name ? fake.cloud.calls.length - at : 0);
};
const showAsIs = () => {
  fake.cloud.lag = () => 0;
};
const passPropagation = () => {
  fake.clock.nowMs += IAM_PROPAGATION_SECONDS * 1000;
};

describe('disabling', () => {
  it('switches off the key of a user that IAM does not show yet', async () => {
    edit({ status: 'disabled' });
    showAsBefore('CreateUser');
    expect(await run()).toMatchObject({ result: 'converged', transition: 'disabled' });
    expect(keys()).toEqual([`${keyId()} Inactive`]);
    expect(item()['disabled_at']).toBeDefined();
  });

  it('switches off both keys of a rotation that IAM does not list yet', async () => {
    passPropagation();
    edit({ rotate_requested: true });
    await run();
    edit({ status: 'disabled' });
    showAsBefore('CreateAccessKey', 'ListAccessKeys');
    await run();
    expect(keys().map((key) => key.split(' ')[1])).toEqual(['Inactive', 'Inactive']);
  });

  it('does not trust the status Inactive of a key that was made Active a moment ago', async () => {
    edit({ status: 'disabled' });
    await run();
    edit({ status: 'pending' });
    await run();
    edit({ status: 'disabled' });
    showAsBefore('UpdateAccessKey');
    await run();
    expect(keys()).toEqual([`${keyId()} Inactive`]);
  });

  it('is done only if IAM knows the key, or must know it because of its age', async () => {
    edit({ status: 'disabled' });
    fake.cloud.users.clear();
    expect(await run()).toMatchObject({ result: 'failed', error: { code: 'AccessKeyNotVisible', kind: 'retryable' } });
    expect(item()['disabled_at']).toBeUndefined();
    passPropagation();
    expect(await run()).toMatchObject({ result: 'converged', transition: 'disabled' });
  });

  it('waits for an unfinished user, and keeps its name', async () => {
    const claim = { iam_user_name: nameOfUser(), at: new Date(fake.clock.nowMs - 100_000).toISOString(), by: 'dead' };
    fake.cloud.items.set(username, { status: 'disabled', allowed_from_addresses: ['jane@example.com'], claim });
    showAsBefore('CreateUser');
    expect(await run()).toMatchObject({ result: 'failed', error: { code: 'IamUserNotVisible' } });
    expect(item()).toMatchObject({ claim: { iam_user_name: claim.iam_user_name } });
    expect(item()['disabled_at']).toBeUndefined();
    // Reading it does not make it look newer.
    passPropagation();
    fake.cloud.users.clear();
    showAsIs();
    expect(await run()).toMatchObject({ result: 'converged' });
    expect(item()['claim']).toBeUndefined();
  });
});

describe('enabling', () => {
  it('does not trust the status Active of a key that was made Inactive a moment ago', async () => {
    edit({ status: 'disabled' });
    await run();
    edit({ status: 'pending' });
    showAsBefore('UpdateAccessKey');
    expect(await run()).toMatchObject({ result: 'converged', transition: 'enabled' });
    expect(keys()).toEqual([`${keyId()} Active`]);
  });

  it('also writes the policy, because the sweep does not check that of a disabled credential', async () => {
    edit({ status: 'disabled' });
    await run();
    passPropagation();
    edit({ status: 'pending' });
    fake.cloud.calls.length = 0;
    await run();
    expect(fake.cloud.calls).toEqual([
      'UpdateItem claim',
      'GetUser',
      'ListAccessKeys',
      'ListAttachedUserPolicies',
      'PutUserPolicy',
      'UpdateAccessKey',
      'UpdateItem write',
    ]);
  });
});

describe('a deleted record', () => {
  it('does not count as deleted while its user may be hidden', async () => {
    const supersededIamUserName = nameOfUser();
    fake.cloud.items.delete(username);
    showAsBefore('CreateUser');
    await expect(run({ supersededIamUserName })).rejects.toMatchObject({
      code: 'IamUserNotVisible',
      kind: 'retryable',
    });
    expect(users()).toHaveLength(1);
    showAsIs();
    expect(await run({ supersededIamUserName })).toEqual({
      result: 'missing',
      deletedIamUserName: supersededIamUserName,
    });
    expect(users()).toEqual([]);
  });

  it('gets the user’s age from its last image, even if the name is old', async () => {
    const supersededIamUserName = nameOfUser();
    passPropagation();
    fake.cloud.items.delete(username);
    showAsBefore('CreateUser');
    fake.cloud.longestLagMs = Number.POSITIVE_INFINITY;
    await expect(run({ supersededIamUserName, supersededCreatedAtMs: fake.clock.nowMs - 1000 })).rejects.toMatchObject({
      code: 'IamUserNotVisible',
    });
  });

  it('loses its user even if IAM lists none of its keys yet', async () => {
    const supersededIamUserName = nameOfUser();
    fake.cloud.items.delete(username);
    showAsBefore('CreateAccessKey', 'ListAccessKeys');
    await expect(run({ supersededIamUserName })).rejects.toMatchObject({ code: 'IamUserLeftOver' });
    showAsIs();
    await run({ supersededIamUserName });
    expect(users()).toEqual([]);
  });
});

describe('a record that replaces another one', () => {
  it('is provisioned at once, and the other user is deleted when IAM shows it', async () => {
    const supersededIamUserName = nameOfUser();
    fake.clock.nowMs += 1;
    fake.cloud.items.set(username, { status: 'pending', allowed_from_addresses: ['jane@example.com'] });
    showAsBefore('CreateUser', 'GetUser');
    expect(await run({ supersededIamUserName })).toMatchObject({
      result: 'failed',
      error: { code: 'IamUserNotVisible' },
    });
    expect(item()).toMatchObject({ status: 'active' });
    expect(item()['failure']).toBeUndefined();
    showAsIs();
    expect(await run({ supersededIamUserName })).toMatchObject({ result: 'converged' });
    expect(users().map(({ arn }) => arn)).toEqual([item()['iam_user_arn']]);
  });
});

describe('a user that IAM does not show', () => {
  it.each<[string, Partial<Trigger>, Item]>([
    ['enabled again', {}, { status: 'pending' }],
    ['distrusted', { forceResync: true }, {}],
  ])('is neither undone nor recreated if its record is %s', async (_what, trigger, attributes) => {
    const before = { keys: keys(), password: item()['encrypted_password'] };
    edit(attributes);
    showAsBefore('CreateUser');
    expect(await run(trigger)).toMatchObject({ result: 'failed', error: { code: 'IamUserNotVisible' } });
    expect(keys()).toEqual(before.keys);
    showAsIs();
    expect(await run()).toMatchObject({ result: 'converged' });
    expect({ keys: keys(), password: item()['encrypted_password'] }).toEqual(before);
  });

  it('is not undone if the answer of CreateUser is lost as well: the record names it, so it may have existed before', async () => {
    const before = { keys: keys(), password: item()['encrypted_password'] };
    showAsBefore('CreateUser', 'GetUser');
    fake.cloud.fate = (call) => {
      if (call !== 'CreateUser') return 'works';
      // From now on IAM shows it.
      showAsIs();
      return 'answer lost';
    };
    expect(await run({ forceResync: true })).toMatchObject({ result: 'failed' });
    expect(keys()).toEqual(before.keys);
    fake.cloud.fate = () => 'works';
    expect(await run()).toMatchObject({ result: 'converged' });
    expect({ keys: keys(), password: item()['encrypted_password'] }).toEqual(before);
  });

  it('is recreated without waiting if it really is gone', async () => {
    fake.cloud.users.clear();
    expect(await run({ forceResync: true })).toMatchObject({ result: 'converged', transition: 'recreated' });
    expect(keys()).toEqual([`${keyId()} Active`]);
  });

  it('that another attempt left unfinished keeps its user if the key of this attempt must be deleted', async () => {
    const claim = { iam_user_name: nameOfUser(), at: new Date(fake.clock.nowMs - 100_000).toISOString(), by: 'dead' };
    fake.cloud.items.set(username, { status: 'pending', allowed_from_addresses: ['jane@example.com'], claim });
    fake.cloud.fate = (call) => (call === 'Encrypt' ? 'refused' : 'works');
    expect(await run()).toMatchObject({ result: 'failed' });
    expect(users()).toHaveLength(1);
    expect(keys()).toEqual([]);
    expect(item()).toMatchObject({ claim: { iam_user_name: claim.iam_user_name } });
    fake.cloud.fate = () => 'works';
    expect(await run()).toMatchObject({ result: 'converged', transition: 'activated' });
    expect(users()).toHaveLength(1);
  });
});

describe('what an attempt created and cannot finish', () => {
  it('is deleted even if access is denied at first because IAM does not know the new user everywhere', async () => {
    fake = createFakeReconciling();
    fake.cloud.items.set(username, { status: 'pending', allowed_from_addresses: ['jane@example.com'] });
    let refusals = 0;
    fake.cloud.fate = (call) => {
      if (call === 'PutUserPolicy') return 'refused';
      if (call !== 'DeleteUser') return 'works';
      refusals += 1;
      return refusals <= 2 ? 'denied yet' : 'works';
    };
    expect(await run()).toMatchObject({ result: 'failed' });
    expect(users()).toEqual([]);
    expect(item()).not.toHaveProperty('claim');
  });
});

describe('a key that IAM does not list', () => {
  it('is not left to an invalid record: the next attempt deletes it', async () => {
    edit({ access_key_id: undefined, allowed_from_addresses: ['*'] });
    const trigger = { forceResync: true } as const;
    for (const read of ['GetUser', 'ListAccessKeys']) {
      showAsBefore(read === 'GetUser' ? 'CreateUser' : 'CreateAccessKey', read);
      expect(await run(trigger), read).toMatchObject({ result: 'failed' });
      expect(keys()).toHaveLength(1);
    }
    showAsIs();
    expect(await run(trigger)).toMatchObject({ result: 'invalid' });
    expect(keys()).toEqual([]);
  });

  it('and that the previous attempt could not delete is waited for, even on a record that names a key of a deleted user', async () => {
    passPropagation();
    fake.cloud.users.clear();
    edit({ policy_digest: undefined });
    const { calls } = fake.cloud;
    fake.cloud.lag = (call) => (call === 'ListAccessKeys' ? calls.length - calls.lastIndexOf('CreateAccessKey') : 0);
    fake.cloud.fate = (call) => (call === 'PutUserPolicy' || call === 'DeleteUser' ? 'refused' : 'works');
    expect(await run({ forceResync: true })).toMatchObject({ result: 'failed' });
    expect(keys()).toHaveLength(1);
    fake.cloud.fate = () => 'works';
    expect(await run()).toMatchObject({ result: 'failed', error: { code: 'IamUserNotVisible' } });
    showAsIs();
    expect(await run()).toMatchObject({ result: 'converged', transition: 'recreated' });
    expect(keys()).toEqual([`${keyId()} Active`]);
  });

  it('does not cause the deletion of a rotation’s old key, nor a third password', async () => {
    passPropagation();
    edit({ rotate_requested: true });
    await run();
    const before = { keys: keys(), item: item() };
    showAsBefore('CreateAccessKey', 'ListAccessKeys');
    await run({ forceResync: true });
    expect(keys()).toEqual(before.keys);
    expect(item()).toMatchObject({
      access_key_id: before.item['access_key_id'],
      previous_key: before.item['previous_key'],
    });
  });

  it('and whose password somebody removed to get another one is deleted nevertheless', async () => {
    const lost = keyId();
    edit({ encrypted_password: undefined });
    showAsBefore('CreateAccessKey', 'ListAccessKeys');
    expect(await run()).toMatchObject({ result: 'converged', transition: 'recreated' });
    expect(keys()).toEqual([`${keyId()} Active`]);
    expect(keyId()).not.toBe(lost);
  });
});

describe('a key that an attempt created and cannot use', () => {
  it('is deleted even if IAM does not know it at first', async () => {
    passPropagation();
    edit({ rotate_requested: true });
    let hidden = 3;
    fake.cloud.fate = (call) => {
      if (call === 'Encrypt') return 'refused';
      if (call !== 'DeleteAccessKey') return 'works';
      hidden -= 1;
      return hidden >= 0 ? 'not visible yet' : 'works';
    };
    fake.cloud.longestLagMs = 240_000;
    const before = keys();
    await run();
    expect(hidden).toBeLessThan(0);
    expect(keys()).toEqual(before);
  });
});

describe('an unfinished user that may not be read', () => {
  const claim = () => ({ iam_user_name: nameOfUser(), at: new Date(fake.clock.nowMs).toISOString(), by: 'dead' });
  const denied = () => Promise.reject(new SesameError('AccessDenied', 'retryable', 'iam:GetUser was denied.'));

  it.each(['pending', 'disabled'])(
    'does not count as another owner’s: its record stays %s and keeps its name',
    async (status) => {
      const kept = claim();
      const before = keys();
      fake.cloud.items.set(username, { status, allowed_from_addresses: ['jane@example.com'], claim: kept });
      passPropagation();
      const { findUser } = fake.deps.reconcileDeps.iamUsers;
      fake.deps.reconcileDeps.iamUsers.findUser = denied;
      expect(await run()).toMatchObject({ result: 'failed', error: { code: 'AccessDenied' } });
      expect(users()).toHaveLength(1);
      expect(keys()).toEqual(before);
      expect(item()).toMatchObject({ claim: { iam_user_name: kept.iam_user_name } });
      expect(item()['disabled_at']).toBeUndefined();
      // IAM shows it now, with its tags.
      fake.deps.reconcileDeps.iamUsers.findUser = findUser;
      expect(await run()).toMatchObject({ result: 'converged' });
      expect(users()).toHaveLength(1);
      expect(keys()).toEqual([
        `${status === 'pending' ? keyId() : before[0]?.split(' ')[0]} ${status === 'pending' ? 'Active' : 'Inactive'}`,
      ]);
    },
  );

  it('does not count as another owner’s even if IAM did not show it at first', async () => {
    const kept = claim();
    fake.cloud.items.set(username, { status: 'pending', allowed_from_addresses: ['jane@example.com'], claim: kept });
    passPropagation();
    let reads = 0;
    fake.deps.reconcileDeps.iamUsers.findUser = () => {
      reads += 1;
      return reads === 1 ? Promise.resolve(undefined) : denied();
    };
    expect(await run()).toMatchObject({ result: 'failed', error: { code: 'AccessDenied' } });
    expect(users()).toHaveLength(1);
    expect(item()).toMatchObject({ claim: { iam_user_name: kept.iam_user_name } });
  });

  it('of another deployment with the same name is avoided, even if IAM did not show it at first', async () => {
    fake.cloud.items.set(username, { status: 'pending', allowed_from_addresses: ['jane@example.com'] });
    fake.cloud.users.clear();
    const { iamUsers } = fake.deps.reconcileDeps;
    const { createUser, findUser } = iamUsers;
    let taken: string | undefined;
    let reads = 0;
    iamUsers.createUser = (name, tags) => {
      taken ??= name;
      return name === taken ? Promise.resolve('exists') : createUser(name, tags);
    };
    iamUsers.findUser = (name) => {
      if (name !== taken) return findUser(name);
      reads += 1;
      return reads <= 2 ? Promise.resolve(undefined) : denied();
    };
    expect(await run()).toMatchObject({ result: 'converged', transition: 'activated' });
    expect(nameOfUser()).not.toBe(taken);
  });

  it('is waited for if CreateUser was answered late and the read is denied for a moment', async () => {
    fake.cloud.items.set(username, { status: 'pending', allowed_from_addresses: ['jane@example.com'] });
    fake.cloud.users.clear();
    // The first answer was lost, and the SDK's own retry finds the user.
    const { iamUsers } = fake.deps.reconcileDeps;
    const { createUser, findUser } = iamUsers;
    let denials = 2;
    iamUsers.createUser = async (name, tags) => {
      await createUser(name, tags);
      return 'exists';
    };
    iamUsers.findUser = (name) => (denials-- > 0 ? denied() : findUser(name));
    expect(await run()).toMatchObject({ result: 'converged', transition: 'activated' });
    expect(users()).toHaveLength(1);
  });
});

describe('a managed policy that IAM does not know yet', () => {
  const long = Array.from({ length: 60 }, (_, index) => `a-rather-long-name-of-a-sender-${index}@example.com`);
  const user = () => users()[0];
  /** IAM does not know the policy this many times. */
  const hideTimes = (times: number) => {
    let left = times;
    fake.cloud.fate = (call) => (call === 'DetachUserPolicy' && left-- > 0 ? 'not visible yet' : 'works');
  };

  beforeEach(async () => {
    edit({ allowed_from_addresses: long });
    await run();
    expect(item()['policy_digest']).toMatch(/^managed:/);
    fake.clock.nowMs += 5_000;
    edit({ allowed_from_addresses: ['jane@example.com'] });
  });

  it('is waited for, because a short list is not in force while the long one is', async () => {
    hideTimes(3);
    expect(await run()).toMatchObject({ result: 'converged', transition: 'changed' });
    expect(user()?.leftPolicy).toBeUndefined();
    expect(item()['policy_digest']).toMatch(/^inline:/);
  });

  it('never counts as gone, however long that takes and however often it is retried', async () => {
    hideTimes(Number.POSITIVE_INFINITY);
    expect(await run()).toMatchObject({ result: 'failed', error: { code: 'PolicyNotVisible', kind: 'retryable' } });
    fake.clock.nowMs += 60_000;
    expect(await run()).toMatchObject({ result: 'failed', error: { code: 'PolicyNotVisible' } });
    expect(item()['policy_digest']).toMatch(/^managed:/);
    hideTimes(0);
    expect(await run()).toMatchObject({ result: 'converged' });
    expect(user()?.leftPolicy).toBeUndefined();
    expect(user()?.policy?.document).toContain('jane@example.com');
  });

  it('is not changed if the claim has no time left for another call', async () => {
    fake.cloud.fate = (call) => {
      if (call === 'PutUserPolicy') fake.clock.nowMs += 70_000;
      return 'works';
    };
    expect(await run()).toMatchObject({ result: 'failed', error: { code: 'ClaimOver' } });
    expect(fake.cloud.calls).not.toContain('DetachUserPolicy');
  });

  it('counts as gone when it is old enough, even if failures have updated the record', async () => {
    // Somebody removed it by hand.
    const { policy: _, ...rest } = user() ?? { policy: undefined };
    fake.cloud.users.set(nameOfUser(), rest as never);
    expect(await run()).toMatchObject({ result: 'failed', error: { code: 'PolicyNotVisible' } });
    fake.clock.nowMs += 200_000;
    expect(await run()).toMatchObject({ result: 'failed' });
    fake.clock.nowMs += 200_000;
    expect(await run()).toMatchObject({ result: 'converged' });
  });
});
