import { describe, expect, it } from 'vitest';
import type { Item } from '../credential-table.ts';
import { triggerOfChange } from './triggers.ts';

const username = 'john';
const iamUserName = 'ses-smtp-user-john-1764000000000';
const converged: Item = {
  status: 'active',
  allowed_from_addresses: ['john@example.com'],
  iam_user_arn: `arn:aws:iam::123456789012:user/ses-smtp/eu-west-1/mail/${iamUserName}`,
  access_key_id: 'AKIAJOHN',
  updated_at: '2026-01-01T00:00:00.000Z',
  updated_by: 'run-1',
};
const claim = { iam_user_name: iamUserName, at: '2026-01-02T00:00:00.000Z', by: 'run-2' };

const change = (before: Item | undefined, after: Item | undefined) => triggerOfChange(username, before, after);

describe('a change of a record', () => {
  it("requires nothing if it's a claim, or the claim holder's own write", () => {
    expect(change(converged, { ...converged, claim })).toBeUndefined();
    const written = { ...converged, status: 'failed', updated_by: 'run-2' };
    expect(change({ ...converged, claim }, written)).toBeUndefined();
  });

  it.each<[string, Item, Item]>([
    ['disables', converged, { status: 'disabled', disabled_at: '2026-01-02T00:00:00.000Z' }],
    ['disables what is suspended', { ...converged, suspension: { reason: 'SendQuota' } }, { status: 'disabled' }],
    ['enables', { ...converged, status: 'disabled' }, { status: 'pending' }],
    ['changes the senders', converged, { allowed_from_addresses: ['ceo@example.com'] }],
    ['asks for a rotation', converged, { rotate_requested: true }],
    ['removes the IAM user', converged, { iam_user_arn: undefined, access_key_id: undefined }],
    [
      'names another IAM user',
      converged,
      { iam_user_arn: 'arn:aws:iam::123456789012:user/ses-smtp/eu-west-1/mail/ses-smtp-user-john-1765000000000' },
    ],
  ])('is detected if somebody %s under the signature of a claim holder', (_, before, edit) => {
    expect(change({ ...before, claim }, { ...before, ...edit, updated_by: 'run-2' })).toMatchObject({ username });
  });

  it.each<[string, Item, Item]>([
    ['suspends', converged, { status: 'disabled', suspension: { reason: 'AwsQuarantine' } }],
    ['activates', { ...converged, status: 'pending' }, { status: 'active' }],
    ['rotates', { ...converged, rotate_requested: true }, { rotate_requested: undefined, access_key_id: 'AKIANEW' }],
    [
      'ends an unfinished disabling',
      { ...converged, status: 'failed', failure: { wish: 'disabled' } },
      { status: 'disabled' },
    ],
    ['moves the user', converged, { iam_user_arn: `arn:aws:iam::123456789012:user/ses-smtp/${iamUserName}` }],
  ])('requires nothing if a claim holder %s', (_, before, write) => {
    expect(change({ ...before, claim }, { ...before, ...write, updated_by: 'run-2' })).toBeUndefined();
  });

  it('is detected if somebody saves an item that was opened before a claim', () => {
    const saved = { ...converged, allowed_from_addresses: ['new@example.com'] };
    expect(change({ ...converged, claim, updated_at: '2026-01-02T00:00:00.000Z' }, saved)).toMatchObject({ username });
  });

  it("is detected if another username's item, converged a moment ago, is copied over a claimed one", () => {
    const copy = { ...converged, status: 'failed', updated_by: 'run-3', updated_at: '2027-01-01T00:00:00.000Z' };
    expect(change({ status: 'pending', claim }, copy)).toEqual({
      username,
      supersededIamUserName: iamUserName,
      supersededCreatedAtMs: Date.parse(claim.at),
      forceResync: true,
      isPolicyEdited: true,
    });
  });

  it('contains the owner of a deleted record, and who requested the deletion', () => {
    const before = { status: 'active', owner: 'Team', requested_by: 'jo', requested_at: '2026-01-01T00:00:00Z' };
    expect(change(before, undefined)?.attribution).toEqual({ owner: 'Team', requested_by: 'jo' });
    expect(change(before, { ...before, status: 'disabled' })).not.toHaveProperty('attribution');
    expect(change(undefined, before)).not.toHaveProperty('attribution');
  });

  it('names the IAM user that was being created if its claim is removed', () => {
    expect(change({ status: 'pending', claim }, { status: 'pending' })).toEqual({
      username,
      supersededIamUserName: iamUserName,
      supersededCreatedAtMs: Date.parse(claim.at),
      forceResync: true,
    });
    const foreignArn = {
      iam_user_arn: 'arn:aws:iam::123456789012:user/ses-smtp/eu-west-1/mail/ses-smtp-user-jane-1764000000000',
    };
    expect(change({ ...foreignArn, claim }, undefined)).toEqual({
      username,
      supersededIamUserName: iamUserName,
      supersededCreatedAtMs: Date.parse(claim.at),
      forceResync: true,
      attribution: {},
    });
  });

  it.each(['allowed_source_ips', 'rotate_after_days', 'quota_per_hour', 'quota_per_day'])(
    'is detected if a wrong %s is corrected',
    (attribute) => {
      const failed = { ...converged, status: 'failed', [attribute]: 'nonsense' };
      expect(change(failed, { ...failed, [attribute]: 30 })).toMatchObject({ username });
    },
  );

  it.each(['owner', 'labels'])('of %s is checked, unless the credential should be off', (attribute) => {
    expect(change(converged, { ...converged, [attribute]: 'new' })).toEqual({
      username,
      supersededIamUserName: iamUserName,
      supersededCreatedAtMs: expect.any(Number),
      supersededAccessKeyIds: ['AKIAJOHN'],
    });
    const off = { ...converged, status: 'disabled' };
    expect(change(off, { ...off, [attribute]: 'new' })).toBeUndefined();
    expect(change(off, { ...off, [attribute]: 'new', sandbox: true })).toMatchObject({ username });
  });

  it.each(['description', 'requested_by', 'requested_at'])('of %s alone requires nothing', (attribute) => {
    expect(change(converged, { ...converged, [attribute]: 'new' })).toBeUndefined();
  });

  it('forces a resync if somebody wrote a system attribute', () => {
    expect(change(converged, { ...converged, access_key_id: 'AKIAOTHER' })).toMatchObject({ forceResync: true });
    expect(change(undefined, converged)).toMatchObject({ forceResync: true });
    expect(change({ ...converged, failure: { code: 'TimeoutError' } }, converged)).toMatchObject({ forceResync: true });
    expect(change({ ...converged, status: 'disabled' }, converged)).toMatchObject({ forceResync: true });
    expect(change(converged, { ...converged, status: 'disabled' })).not.toHaveProperty('forceResync');
  });
});
