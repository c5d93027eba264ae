import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Item } from '../credential-table.ts';
import type { AccessKey, AccessKeyStatus } from '../iam/iam-users.ts';
import { readRecord } from '../record/record.ts';
import { rotationPhase, rotationTimes } from '../record/rotation.ts';
import { plan } from './plan.ts';
import type { ExecutePlan, ObservedUser, PlanInput } from './plan-types.ts';
import { buildRecordChange } from './record-write.ts';

const nowMs = 1_764_000_000_000;
const dayMs = 86_400_000;
const rotation = rotationTimes();
const username = 'john.doe';
const arn = 'arn:aws:iam::123456789012:user/ses-smtp/eu-west-1/mail/ses-smtp-user-john.doe-1763000000000';
const desired = {
  patterns: ['john.doe@example.com'],
  policy: { document: '{}', form: 'inline' },
  policyDigest: 'inline:wanted',
  warnings: [],
} as const;

/** Times at which nothing was created a moment ago, because IAM may not show such things yet. */
const time = fc
  .integer({ min: -60, max: 60 })
  .filter((days) => days !== 0)
  .map((days) => new Date(nowMs + days * dayMs).toISOString());
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });

/** Normal records, and records that somebody damaged. */
const items: fc.Arbitrary<Item> = fc
  .record({
    status: fc.constantFrom('pending', 'active', 'disabled', 'failed', undefined),
    iam_user_arn: maybe(fc.constant(arn)),
    access_key_id: maybe(fc.constantFrom('K1', 'K2')),
    encrypted_password: maybe(fc.constant('ciphertext')),
    policy_digest: fc.constantFrom('inline:wanted', 'inline:old', 'managed:old', undefined),
    created_at: maybe(time),
    key_created_at: maybe(time),
    verified_at: maybe(time),
    rotate_after_days: maybe(fc.integer({ min: 1, max: 90 })),
    rotate_requested: maybe(fc.boolean()),
    rotation_undone_at: maybe(time),
    suspension: maybe(fc.constant({ reason: 'AwsQuarantine' })),
    previous_key: maybe(
      fc.record({
        access_key_id: fc.constantFrom('K1', 'K2', 'K3'),
        encrypted_password: maybe(fc.constant('old ciphertext')),
        retire_after: time,
        inactive_since: maybe(time),
        reported_at: maybe(time),
      }),
    ),
  })
  .map((item) => Object.fromEntries(Object.entries(item).filter(([, value]) => value !== undefined)));

const users: fc.Arbitrary<ObservedUser> = fc.oneof(
  fc.constant<ObservedUser>({ state: 'absent' }),
  fc.record({
    state: fc.constant('present' as const),
    arn: fc.constant(arn),
    own: fc.constant(true),
    keys: fc.uniqueArray(
      fc.record({
        accessKeyId: fc.constantFrom('K1', 'K2', 'K3'),
        status: fc.constantFrom<AccessKeyStatus>('Active', 'Inactive'),
      }),
      { maxLength: 2, selector: ({ accessKeyId }) => accessKeyId },
    ),
    quarantined: fc.boolean(),
    previousKeyUsedMs: fc.oneof(fc.constant('never' as const), fc.integer({ min: nowMs - 60 * dayMs, max: nowMs })),
    currentKeyUsedMs: fc.oneof(fc.constant('never' as const), fc.integer({ min: nowMs - 60 * dayMs, max: nowMs })),
  }),
);

const cases = fc.record({ item: items, observed: users, forceResync: fc.boolean() });

function toInput(item: Item, observed: ObservedUser, forceResync: boolean): PlanInput {
  const ages = { iamUserCreatedAtMs: 0, propagationSeconds: 300 };
  return { record: readRecord(username, item), desired, observed, forceResync, nowMs, rotation, ...ages };
}

/** The plan for a user that was read completely, so nothing more must be observed. */
function planFully(item: Item, observed: ObservedUser, forceResync: boolean): ExecutePlan {
  const result = plan(toInput(item, observed, forceResync));
  if (result.next !== 'execute') throw new Error(`The plan is to ${result.next}, with everything known.`);
  return result;
}

/** The state of IAM and the record after a plan. Throws where IAM would refuse. */
function carryOut(item: Item, observed: ObservedUser, done: ExecutePlan): { item: Item; observed: ObservedUser } {
  const keys = new Map(
    observed.state === 'present'
      ? observed.keys.map((key): [string, AccessKeyStatus] => [key.accessKeyId, key.status])
      : [],
  );
  let progress: Parameters<typeof buildRecordChange>[0]['progress'] = {};
  for (const step of done.stages.flat()) {
    switch (step.do) {
      case 'make-access-key':
        if (keys.size >= 2) throw new Error('A user has two keys at most.');
        keys.set('NEW', 'Active');
        progress = { iamUserArn: arn, accessKeyId: 'NEW', encryptedPassword: 'new ciphertext' };
        break;
      case 'delete-access-key':
        keys.delete(step.accessKeyId);
        break;
      case 'set-key-status':
        if (keys.has(step.accessKeyId)) keys.set(step.accessKeyId, step.status);
        else if (step.ifAbsent !== 'gone') throw new Error('There is no such key.');
        break;
      default:
    }
  }
  const change = buildRecordChange({
    record: readRecord(username, item),
    done,
    progress,
    nowMs,
    spec: { desired },
    graceSeconds: rotation.graceSeconds,
    by: 'run-1',
  });
  const next: Record<string, unknown> = { ...item, ...change.set };
  for (const name of change.remove) delete next[name];
  const after: AccessKey[] = [...keys].map(([accessKeyId, status]) => ({ accessKeyId, status }));
  const unused = { previousKeyUsedMs: 'never', currentKeyUsedMs: 'never' } as const;
  const present = { state: 'present', arn, own: true, quarantined: false, ...unused } as const;
  const isThere = observed.state === 'present' || done.provisions === 'user';
  return { item: next, observed: isThere ? { ...present, keys: after } : observed };
}

const steps = (done: ExecutePlan) => done.stages.flat();

describe('the policy to replace', () => {
  const active = {
    status: 'active',
    iam_user_arn: arn,
    access_key_id: 'K1',
    encrypted_password: 'ciphertext',
    policy_digest: 'managed:old',
  };
  const formsOf = (item: Item, forceResync = false) => {
    const keys: AccessKey[] = [{ accessKeyId: 'K1', status: 'Active' }];
    const observed = { state: 'present', arn, own: true, keys, quarantined: false } as const;
    return steps(planFully(item, observed, forceResync)).flatMap((step) =>
      step.do === 'put-policy' ? [step.previousForm ?? 'unknown'] : [],
    );
  };

  it('has the form that the record says, unless that is uncertain', () => {
    expect(formsOf(active)).toEqual(['managed']);
    expect(formsOf(active, true)).toEqual(['unknown']);
    expect(formsOf({ ...active, status: 'failed', failure: { code: 'ThrottlingException' } })).toEqual(['unknown']);
  });
});

describe('a plan for a user that was read', () => {
  it('never creates a third key, and changes no key that does not exist', () => {
    fc.assert(
      fc.property(cases, ({ item, observed, forceResync }) => {
        const done = planFully(item, observed, forceResync);
        const after = carryOut(item, observed, done);
        if (after.observed.state === 'present') expect(after.observed.keys.length).toBeLessThanOrEqual(2);
      }),
    );
  });

  it('activates nothing for a disabled record, and nothing under quarantine', () => {
    fc.assert(
      fc.property(cases, ({ item, observed, forceResync }) => {
        const isQuarantined = observed.state === 'present' && observed.quarantined;
        fc.pre(item['status'] === 'disabled' || isQuarantined);
        const done = planFully(item, observed, forceResync);
        expect(done.status).toBe('disabled');
        expect(steps(done).every((step) => step.do === 'set-key-status' && step.status === 'Inactive')).toBe(true);
      }),
    );
  });

  it('deletes the key of the record’s password only if it creates another or restores the previous one', () => {
    fc.assert(
      fc.property(cases, ({ item, observed, forceResync }) => {
        const done = planFully(item, observed, forceResync);
        const deleted = steps(done).flatMap((step) => (step.do === 'delete-access-key' ? [step.accessKeyId] : []));
        const goes = ['activated', 'recreated', 'rotation-undone'].includes(done.transition ?? '');
        const current = readRecord(username, item);
        // A record whose current and previous key are the same was damaged by hand.
        fc.pre(current.previousKey?.accessKeyId !== current.accessKeyId);
        if (!goes) expect(deleted).not.toContain(current.accessKeyId);
      }),
    );
  });

  it('leaves nothing to do once it is executed', () => {
    fc.assert(
      fc.property(cases, ({ item, observed, forceResync }) => {
        const current = readRecord(username, item);
        fc.pre(current.previousKey?.accessKeyId !== current.accessKeyId);
        const after = carryOut(item, observed, planFully(item, observed, forceResync));
        const phase = rotationPhase(readRecord(username, after.item), nowMs, rotation);
        fc.pre(phase === 'none' || phase === 'wait');
        expect(steps(planFully(after.item, after.observed, false))).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  it('leaves every credential that should work with a working key of its own', () => {
    fc.assert(
      fc.property(cases, ({ item, observed, forceResync }) => {
        const current = readRecord(username, item);
        fc.pre(current.previousKey?.accessKeyId !== current.accessKeyId);
        const done = planFully(item, observed, forceResync);
        fc.pre(done.status === 'active');
        const after = carryOut(item, observed, done);
        expect(after.observed).toMatchObject({
          keys: expect.arrayContaining([{ accessKeyId: after.item['access_key_id'], status: 'Active' }]),
        });
        expect(after.item['encrypted_password']).toBeDefined();
      }),
      { numRuns: 300 },
    );
  });
});

it('another owner’s user of that name is never changed', () => {
  fc.assert(
    fc.property(items, users, (item, observed) => {
      fc.pre(observed.state === 'present');
      const { next } = plan(toInput(item, { ...observed, own: false } as ObservedUser, false));
      expect(next).toBe(item['iam_user_arn'] === undefined ? 'rename' : 'refuse');
    }),
  );
});
