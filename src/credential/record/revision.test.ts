import { expect, it } from 'vitest';
import { guardRevision, revisionOf } from './revision.ts';
import { specAttributeNames } from './spec-attribute-names.ts';

const asked = {
  status: 'pending',
  allowed_from_addresses: new Set(['b@example.com', 'a@example.com']),
  quota_per_day: 5,
};

it.each<[string, object]>([
  ['claims it', { claim: { at: 'now', by: 'run-1' } }],
  [
    'makes it',
    { status: 'active', iam_user_arn: 'arn', policy_digest: 'inline:x', updated_at: 'now', updated_by: 'run-1' },
  ],
  ['fails', { status: 'failed', failure: { code: 'PolicyTooLarge', attempts: 3 } }],
  ['finishes a rotation, and tells', { previous_key: {}, last_transition: {}, verified_at: 'now', warning: 'x' }],
  ['ends a suspension', { suspension: undefined, counted_from: 'now' }],
  ['reads it back in another order', { allowed_from_addresses: new Set(['a@example.com', 'b@example.com']) }],
])('the system leaves the revision as it is when it %s', (_, system) => {
  expect(revisionOf({ ...asked, rotate_requested: true, ...system })).toBe(revisionOf(asked));
});

it.each(specAttributeNames.filter((name) => name !== 'status' && name !== 'rotate_requested'))(
  'an edit of %s changes the revision, by hand too and whatever it says',
  (name) => {
    const others = [undefined, 'other', 7, new Set(['x']), null, { any: 'map' }];
    expect(new Set(others.map((value) => revisionOf({ ...asked, [name]: value }))).size).toBe(others.length);
  },
);

it('a request to disable changes the revision, whether it is done or not', () => {
  const off = revisionOf({ ...asked, status: 'disabled' });
  expect(off).not.toBe(revisionOf(asked));
  expect(revisionOf({ ...asked, status: 'failed', failure: { wish: 'disabled' } })).toBe(off);
  expect(revisionOf({ ...asked, status: 'pending', failure: { wish: 'disabled' } })).toBe(revisionOf(asked));
});

it('is short enough for a header', () => {
  expect(revisionOf({})).toMatch(/^[\w-]{22}$/);
});

it('a guard contains everything that the revision depends on, and what the write changes', () => {
  const guard = guardRevision({ ...asked, failure: { wish: 'disabled' } }, ['suspension']);
  const guarded = Object.fromEntries(guard.map(({ path, value }) => [path.join('.'), value]));
  expect(guarded).toMatchObject({ status: 'pending', quota_per_day: 5, 'failure.wish': 'disabled' });
  expect(Object.keys(guarded)).toEqual(expect.arrayContaining(['suspension', 'quota_per_hour']));
});
