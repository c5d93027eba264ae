import { beforeEach, describe, expect, it } from 'vitest';
import { createFakeReconciling, type FakeReconciling } from '../../../test/support/fake-reconciling.ts';
import type { Item } from '../credential-table.ts';
import { SesameError } from '../errors.ts';
import { readClaim } from '../record/record.ts';
import type { Outcome, ReconcileDeps, Trigger } from './contract.ts';
import { reconcile } from './reconcile.ts';

const username = 'jane';
let fake: FakeReconciling;
let events: number;

beforeEach(() => {
  events = 0;
  fake = createFakeReconciling();
  fake.cloud.items.set(username, { status: 'pending', allowed_from_addresses: ['*@example.com'] });
});

function run(more: Partial<Trigger> = {}, deps: Partial<ReconcileDeps> = {}): Promise<Outcome> {
  events += 1;
  return reconcile({ username, correlationId: `event-${events}`, ...more }, { ...fake.deps.reconcileDeps, ...deps });
}

const item = (): Item => fake.cloud.items.get(username) ?? {};
const edit = (attributes: Item) => fake.cloud.items.set(username, { ...item(), ...attributes });
const user = () => [...fake.cloud.users.values()][0];
const once = (name: string, work: () => void) => {
  let isDone = false;
  fake.cloud.fate = (call) => {
    if (call === name && !isDone) {
      isDone = true;
      work();
    }
    return 'works';
  };
};

describe('an edit of the patterns while the record is claimed', () => {
  it('is in force when the attempt ends, and nothing that was created is lost', async () => {
    once('Encrypt', () => edit({ allowed_from_addresses: ['jane@example.com'] }));
    expect(await run()).toMatchObject({ result: 'converged', transition: 'activated' });
    expect(user()?.policy?.document).toContain('"jane@example.com"');
    expect(user()?.policy?.document).not.toContain('*@example.com');
    expect(fake.cloud.calls.filter((call) => call === 'CreateUser')).toHaveLength(1);
    expect(item()['claim']).toBeUndefined();
  });

  it('tightens the policy of a credential that was being changed', async () => {
    await run();
    edit({ allowed_from_addresses: ['*@example.com', '*@example.org'] });
    once('PutUserPolicy', () => edit({ allowed_from_addresses: ['jane@example.com'] }));
    await run();
    expect(user()?.policy?.document).not.toContain('*@example');
  });

  it('corrects a failure of the same attempt', async () => {
    edit({ allowed_from_addresses: ['*'] });
    once('UpdateItem write', () => edit({ allowed_from_addresses: ['jane@example.com'] }));
    expect(await run()).toMatchObject({ result: 'converged', transition: 'activated' });
    expect(item()['failure']).toBeUndefined();
  });

  it('is reported if it is invalid, and so is what was created before', async () => {
    once('Encrypt', () => edit({ allowed_from_addresses: ['*'] }));
    expect(await run()).toMatchObject({
      result: 'invalid',
      error: { code: 'InvalidAddressPattern' },
      before: { result: 'converged', transition: 'activated' },
    });
  });

  it('does not lose the first outcome if the record cannot be claimed again', async () => {
    once('Encrypt', () => edit({ allowed_from_addresses: ['jane@example.com'] }));
    const { claim } = fake.cloud.credentials;
    let claims = 0;
    const credentials = {
      ...fake.cloud.credentials,
      claim: (...args: Parameters<typeof claim>) => {
        claims += 1;
        return claims === 1 ? claim(...args) : Promise.reject(new SesameError('TimeoutError', 'retryable', 'late'));
      },
    };
    expect(await run({}, { credentials })).toMatchObject({ result: 'converged', transition: 'activated' });
    expect(claims).toBe(2);
  });

  it('costs no call if nobody edits', async () => {
    await run();
    expect(fake.cloud.calls).toHaveLength(6);
  });
});

describe('a record that is disabled while its user is created', () => {
  it.each(['DeleteAccessKey', 'GetUser'])(
    'is not reported as disabled before its key is gone, even if %s is refused during the undo',
    async (refused) => {
      fake.cloud.fate = (call) => {
        if (call === 'Encrypt') edit({ status: 'disabled' });
        return call === refused ? 'refused' : 'works';
      };
      await run();
      fake.cloud.fate = () => 'works';
      await run({ isRetry: true });
      expect(item()).toMatchObject({ status: 'disabled', disabled_at: expect.any(String) });
      expect([...(user()?.keys.values() ?? [])].map(({ status }) => status)).toEqual(['Inactive']);
      expect(item()['iam_user_arn']).toBe(user()?.arn);
    },
  );

  it('is disabled even if a failure could not be undone', async () => {
    fake.cloud.fate = (call) => {
      if (call === 'Encrypt') edit({ status: 'disabled' });
      return call === 'Encrypt' || call === 'DeleteAccessKey' ? 'refused' : 'works';
    };
    await run();
    expect([...(user()?.keys.values() ?? [])].map(({ status }) => status)).toEqual(['Inactive']);
    expect(item()['iam_user_arn']).toBe(user()?.arn);
  });
});

describe('many edits in quick succession', () => {
  it('leave the record unclaimed for the next attempt, with no key Active', async () => {
    await run();
    edit({ status: 'disabled' });
    fake.cloud.fate = (call) => {
      // Another edit before each write.
      if (call === 'UpdateItem write') edit({ status: item()['status'] === 'disabled' ? 'pending' : 'disabled' });
      return 'works';
    };
    expect(await run()).toEqual({ result: 'busy', retryAfterSeconds: 2 });
    expect(readClaim(item()['claim'])?.by).toBeUndefined();
    expect(item()['disabled_at']).toBeUndefined();
    fake.cloud.fate = () => 'works';
    edit({ status: 'disabled' });
    expect(await run()).toMatchObject({ result: 'converged' });
    expect([...(user()?.keys.values() ?? [])].map(({ status }) => status)).toEqual(['Inactive']);
    expect(item()).toMatchObject({ status: 'disabled', disabled_at: expect.any(String) });
  });

  it('end in the state of the last one, if they stop within seconds', async () => {
    await run();
    let edits = 12;
    fake.cloud.fate = (call) => {
      if (call === 'UpdateItem write' && edits > 0) {
        edits -= 1;
        edit({ status: edits % 2 === 0 ? 'disabled' : 'pending' });
      }
      return 'works';
    };
    edit({ status: 'disabled' });
    expect(await run()).toMatchObject({ result: 'converged' });
    expect(item()).toMatchObject({ status: 'disabled', disabled_at: expect.any(String) });
    expect([...(user()?.keys.values() ?? [])].map(({ status }) => status)).toEqual(['Inactive']);
  });
});

describe('a claim', () => {
  it('leaves enough time for the longest stage: an older policy never replaces a newer one', async () => {
    await run();
    edit({ allowed_from_addresses: ['*@example.com', '*@example.org'] });
    // The first stage takes so long that another one might end after the lease.
    let nowMs = fake.clock.nowMs;
    const slow = () => nowMs;
    const { findUser } = fake.cloud.iamUsers;
    const iamUsers = {
      ...fake.cloud.iamUsers,
      findUser: (name: string) => {
        nowMs += 65_000;
        return findUser(name);
      },
    };
    fake.cloud.calls.length = 0;
    expect(await run({ forceResync: true }, { now: slow, iamUsers })).toMatchObject({
      result: 'failed',
      error: { code: 'ClaimOver' },
    });
    expect(fake.cloud.calls).not.toContain('PutUserPolicy');
  });

  it.each([
    ['from the future', 3_600_000, 'converged'],
    ['of a clock that is a little fast', 60_000, 'busy'],
  ])('%s', async (_what, aheadMs, result) => {
    edit({ claim: { by: 'somebody', at: new Date(fake.clock.nowMs + aheadMs).toISOString() } });
    expect(await run()).toMatchObject({ result });
  });
});

it('a credential that was never off is not reported as enabled', async () => {
  await run();
  edit({ status: 'pending' });
  expect(await run()).toMatchObject({ result: 'converged', transition: undefined });
  edit({ allowed_from_addresses: ['jane@example.com'] });
  fake.cloud.fate = (call) => (call === 'PutUserPolicy' ? 'refused' : 'works');
  expect(await run()).toMatchObject({ result: 'failed' });
  fake.cloud.fate = () => 'works';
  expect(await run()).toMatchObject({ result: 'converged', transition: 'changed' });
});

describe('usernames that differ only in case', () => {
  const [lower, upper] = ['jane', 'Jane'];
  const insert = (name: string) =>
    fake.cloud.items.set(name, { status: 'pending', allowed_from_addresses: ['jane@example.com'] });

  it('each get a user, even in the same millisecond', async () => {
    insert(upper);
    for (const name of [lower, upper]) {
      expect(await reconcile({ username: name, correlationId: name }, fake.deps.reconcileDeps)).toMatchObject({
        result: 'converged',
        transition: 'activated',
      });
    }
    expect(fake.cloud.users.size).toBe(2);
    expect(fake.cloud.items.get(upper)?.['iam_user_arn']).not.toBe(item()['iam_user_arn']);
  });

  it('do not block each other if a kept name is the other one’s', async () => {
    await run();
    const name = [...fake.cloud.users.keys()][0]?.replace('jane', 'Jane');
    insert(upper);
    fake.cloud.items.set(upper, {
      ...fake.cloud.items.get(upper),
      claim: { iam_user_name: name, at: new Date(fake.clock.nowMs - 100_000).toISOString(), by: 'dead' },
    });
    const outcome = await reconcile({ username: upper, correlationId: 'upper' }, fake.deps.reconcileDeps);
    expect(outcome).toMatchObject({ result: 'converged', transition: 'activated' });
    expect(fake.cloud.users.size).toBe(2);
  });
});
