import { describe, expect, it } from 'vitest';
import type { Fate } from '../../../test/support/fake-cloud.ts';
import { createFakeReconciling } from '../../../test/support/fake-reconciling.ts';
import { SesameError } from '../errors.ts';
import { IAM_PROPAGATION_SECONDS } from '../iam/propagation.ts';
import { CLAIM_LEASE_SECONDS } from './lease.ts';
import { reconcile } from './reconcile.ts';

const username = 'jane';
const fates: Fate[] = ['refused', 'answer lost', 'die before', 'die after', 'not visible yet', 'denied yet'];
/** More calls than any of the attempts makes. */
const maxCalls = 12;

interface Strike {
  readonly fate: Fate;
  readonly at: number;
}

const strikes: Strike[] = fates.flatMap((fate) => Array.from({ length: maxCalls }, (_, at) => ({ fate, at })));

/**
 * Two attempts with a fault each, the second after the first one's claim has expired; then one in which nothing fails
 * and IAM shows everything.
 */
async function play(first: Strike, second: Strike, lag: number, repeatsCreateUser: boolean) {
  const { cloud, clock, deps } = createFakeReconciling();
  cloud.items.set(username, { status: 'pending', allowed_from_addresses: ['jane@example.com'] });
  const { iamUsers } = cloud;
  const run = async (strike?: Strike) => {
    const begin = cloud.calls.length;
    cloud.fate = (_, number) => (number - begin === strike?.at ? strike.fate : 'works');
    const createUser: typeof iamUsers.createUser = async (...user) => {
      if (!repeatsCreateUser || strike === undefined) return iamUsers.createUser(...user);
      // The SDK repeats the call like this if the first answer is lost.
      await iamUsers.createUser(...user);
      return iamUsers.createUser(...user).catch((error: unknown) => {
        throw error instanceof SesameError
          ? new SesameError('CreateUserUnanswered', 'retryable', error.message)
          : error;
      });
    };
    const reconcileDeps = { ...deps.reconcileDeps, iamUsers: { ...iamUsers, createUser } };
    await reconcile({ username, correlationId: `event-${begin}` }, reconcileDeps).catch(() => undefined);
    cloud.revive();
  };
  cloud.lag = () => lag;
  await run(first);
  clock.nowMs += CLAIM_LEASE_SECONDS * 1000;
  await run(second);
  cloud.lag = () => 0;
  clock.nowMs += IAM_PROPAGATION_SECONDS * 1000;
  await run();
  const item = cloud.items.get(username);
  const users = [...cloud.users.values()];
  return {
    status: item?.['status'],
    isOne: users.length === 1 && users[0]?.arn === item?.['iam_user_arn'],
    keys: users.flatMap(({ keys }) => [...keys.keys()]).filter((id) => id !== item?.['access_key_id']),
  };
}

describe.each([0, 1, 4, 30])('with an IAM that is %d calls late', (lag) => {
  it.each([false, true])(
    'leaves one IAM user after two attempts with a fault each (CreateUser repeated: %s)',
    async (repeats) => {
      for (const first of strikes) {
        for (const second of strikes) {
          expect(await play(first, second, lag, repeats), JSON.stringify([first, second])).toEqual({
            status: 'active',
            isOne: true,
            keys: [],
          });
        }
      }
    },
  );
});
