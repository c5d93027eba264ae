import { describe, expect, it } from 'vitest';
import type { Item } from '../credential-table.ts';
import { buildIamUserName } from '../iam/iam-user-name.ts';
import { readDesiredState } from './desired-state.ts';
import { isConverged } from './is-converged.ts';
import { readRecord } from './record.ts';

const username = 'john.doe';
const scope = { partition: 'aws', region: 'eu-west-1', accountId: '123456789012' };
const spec: Item = { status: 'active', allowed_from_addresses: ['john.doe@example.com'] };
const active: Item = {
  ...spec,
  iam_user_arn: `arn:aws:iam::123456789012:user/ses-smtp/eu-west-1/mail/${buildIamUserName(username, 1_764_000_000_000)}`,
  access_key_id: 'AKIA0000000000000001',
  encrypted_password: 'closed',
  policy_digest: readDesiredState(readRecord(username, spec), scope).policyDigest,
};
const without = (name: string): Item => Object.fromEntries(Object.entries(active).filter(([key]) => key !== name));

describe('isConverged', () => {
  it.each<[boolean, string, Item]>([
    [true, 'active and as it asks for', active],
    [
      true,
      'active with a rotation asked for that can not begin yet',
      { ...active, rotate_requested: true, previous_key: { access_key_id: 'AKIA2' } },
    ],
    [true, 'disabled, and IAM too', { ...active, status: 'disabled', disabled_at: '2026-01-01T00:00:00.000Z' }],
    [true, 'failed and still wrong', { status: 'failed', allowed_from_addresses: ['*'] }],
    [true, "failed by somebody else's IAM user", { ...spec, status: 'failed', failure: { code: 'IamUserNotOwned' } }],
    [true, 'active with a kept name', { ...active, claim: { iam_user_name: 'x', at: '2026-01-01T00:00:00.000Z' } }],
    [false, 'pending', { ...spec, status: 'pending' }],
    [false, 'of no status', { ...spec, status: 'Active' }],
    [false, 'failed by something that passes', { ...spec, status: 'failed', failure: { code: 'ThrottlingException' } }],
    [false, 'disabled, and nobody carried it out', { ...active, status: 'disabled' }],
    [false, 'active with other patterns', { ...active, allowed_from_addresses: ['*@example.com'] }],
    [false, 'active with patterns that are wrong', { ...active, allowed_from_addresses: ['*'] }],
    [false, 'active without user', without('iam_user_arn')],
    [false, 'active without key', without('access_key_id')],
    [false, 'active without password', without('encrypted_password')],
    [false, 'to be rotated', { ...active, rotate_requested: true }],
    [false, 'held by somebody', { ...active, claim: { by: 'x', at: '2026-01-01T00:00:00.000Z' } }],
  ])('%s: %s', (expected, _, item) => {
    expect(isConverged(readRecord(username, item), scope)).toBe(expected);
  });
});
