import { describe, expect, it } from 'vitest';
import type { Item } from '../credential-table.ts';
import type { IamUserSnapshot } from '../iam/iam-inventory.ts';
import { buildPolicyName } from '../iam/iam-user-name.ts';
import { readDesiredState } from '../record/desired-state.ts';
import { readRecord } from '../record/record.ts';
import { type DriftSettings, detectDrift } from './detect-drift.ts';
import { planSweepReads } from './plan-sweep-reads.ts';

const nowMs = Date.parse('2026-03-01T12:00:00Z');
const hoursAgo = (hours: number) => new Date(nowMs - hours * 3_600_000).toISOString();
const iamUserName = 'ses-smtp-user-john.doe-1764000000000';
const policyName = buildPolicyName(iamUserName, { region: 'eu-west-1', table: 'mail' });
const settings: DriftSettings = {
  scope: { partition: 'aws', region: 'eu-west-1', accountId: '123456789012', configurationSet: 'smtp' },
  deployment: { region: 'eu-west-1', table: 'mail' },
  unreceived: new Set<string>(),
  claimLeaseSeconds: 90,
  propagationSeconds: 300,
  unverifiedSeconds: 3_600,
  permissionsBoundaryArn: 'arn:aws:iam::123456789012:policy/boundary',
  staleFailureSeconds: 10_800,
};

const spec: Item = { allowed_from_addresses: ['john.doe@example.com'], entity_type: 'smtp_credential' };
const desired = readDesiredState(readRecord('john.doe', { ...spec, status: 'active' }), settings.scope);
const active: Item = {
  ...spec,
  status: 'active',
  iam_user_arn: `arn:aws:iam::123456789012:user/ses-smtp/eu-west-1/mail/${iamUserName}`,
  access_key_id: 'AKIACURRENT',
  encrypted_password: 'ciphertext',
  key_created_at: hoursAgo(48),
  verified_at: hoursAgo(47),
  policy_digest: desired.policyDigest,
};
const key = (accessKeyId: string, status: 'Active' | 'Inactive' = 'Active') => ({
  accessKeyId,
  status,
  createdAtMs: 0,
});
const user: IamUserSnapshot = {
  keys: [key('AKIACURRENT')],
  document: { text: desired.policy.document },
  foreignInlinePolicies: [],
  attachedPolicies: [],
};

/** The kind and remedy of each finding. */
function compare(item: Item, held: IamUserSnapshot | undefined = user): string[] {
  return detectDrift(readRecord('john.doe', item), held, nowMs, settings).map(
    ({ kind, remedy }) => `${kind}: ${remedy}`,
  );
}

describe('an active record', () => {
  it('has no drift if IAM matches, however the policy is formatted', () => {
    expect(compare(active)).toEqual([]);
    const text = JSON.stringify(JSON.parse(desired.policy.document), null, 2);
    expect(compare(active, { ...user, document: { text } })).toEqual([]);
  });

  it.each<[string, Item, IamUserSnapshot, string[]]>([
    ['no key', {}, { ...user, keys: [] }, ['missing-key: repair']],
    ['an Inactive key', {}, { ...user, keys: [key('AKIACURRENT', 'Inactive')] }, ['inactive-key: repair']],
    ['a key too many', {}, { ...user, keys: [key('AKIACURRENT'), key('AKIAOTHER')] }, ['orphan-key: repair']],
    ['no policy', {}, { ...user, document: 'none' }, ['policy-drift: repair']],
    ['another policy', {}, { ...user, document: { text: '{"Statement":[]}' } }, ['policy-drift: repair']],
    ['no JSON for a policy', {}, { ...user, document: { text: 'nothing' } }, ['policy-drift: repair']],
    ['an old digest', { policy_digest: 'inline:0' }, user, ['policy-drift: repair']],
    ['impossible patterns', { allowed_from_addresses: ['*'] }, user, ['policy-drift: repair']],
    ['an inline policy more', {}, { ...user, foreignInlinePolicies: ['wide'] }, ['foreign-policy: report']],
    ['a managed policy more', {}, { ...user, attachedPolicies: ['wide'] }, ['foreign-policy: report']],
    ['our managed policy as well', {}, { ...user, attachedPolicies: [policyName] }, ['policy-drift: repair']],
    [
      'a user of version 0.1, whatever else differs',
      { iam_user_arn: `arn:aws:iam::123456789012:user/ses-smtp/${iamUserName}` },
      { ...user, document: 'none', keys: [] },
      ['former-path: repair'],
    ],
    ['quarantine', {}, { ...user, attachedPolicies: ['AWSCompromisedKeyQuarantineV3'] }, ['quarantined: repair']],
    ['no login yet', { verified_at: undefined }, user, ['unverified: verify']],
    ['no login, but a young key', { verified_at: undefined, key_created_at: hoursAgo(0.5) }, user, []],
    ['nothing that was read this time', {}, { attachedPolicies: [] }, []],
  ])('with %s', (_what, attributes, held, findings) => {
    expect(compare({ ...active, ...attributes }, held)).toEqual(findings);
  });

  it('may have a managed policy', () => {
    const many = Array.from({ length: 60 }, (_, index) => `a-rather-long-name-of-a-sender-${index}@example.com`);
    const item = { ...active, allowed_from_addresses: many };
    const { policy, policyDigest } = readDesiredState(readRecord('john.doe', item), settings.scope);
    const held = { ...user, document: { text: policy.document }, attachedPolicies: [policyName] };
    expect(compare({ ...item, policy_digest: policyDigest }, held)).toEqual([]);
    // A leftover inline policy may allow anything.
    const both = { ...held, hasInlinePolicy: true };
    expect(compare({ ...item, policy_digest: policyDigest }, both)).toEqual(['policy-drift: repair']);
    expect(compare(active, { ...user, hasInlinePolicy: true })).toEqual([]);
  });

  it('may have lost its user', () => {
    expect(detectDrift(readRecord('john.doe', active), undefined, nowMs, settings)).toMatchObject([
      { kind: 'missing-user', remedy: 'repair' },
    ]);
  });

  it('reports nothing that IAM may not show yet, but everything in the record itself', () => {
    const young = { ...active, key_created_at: hoursAgo(0.05), verified_at: undefined };
    expect(detectDrift(readRecord('john.doe', young), undefined, nowMs, settings)).toEqual([]);
    expect(compare(young, { ...user, keys: [], document: 'none' })).toEqual([]);
    const changed = { ...active, updated_at: hoursAgo(0.05) };
    expect(compare(changed, { ...user, keys: [key('AKIACURRENT', 'Inactive')] })).toEqual([]);
    expect(compare({ ...changed, policy_digest: 'inline:0' })).toEqual(['policy-drift: repair']);
    // A time in the future does not hide drift.
    expect(compare({ ...active, updated_at: hoursAgo(-48) }, { ...user, keys: [] })).toEqual(['missing-key: repair']);
  });

  it('accepts the old key of a rotation, and reports a retired key that is Active again', () => {
    const previous = { access_key_id: 'AKIAOLD', retire_after: hoursAgo(5) };
    const held = { ...user, keys: [key('AKIACURRENT'), key('AKIAOLD')] };
    expect(compare({ ...active, previous_key: previous }, held)).toEqual([]);
    const retired = { ...previous, inactive_since: hoursAgo(3) };
    expect(compare({ ...active, previous_key: retired }, held)).toEqual(['active-key: report']);
  });
});

describe('a claimed record', () => {
  it('is ignored until the claim expires', () => {
    expect(compare({ ...active, claim: { at: hoursAgo(0.01), by: 'run-1' } }, { ...user, keys: [] })).toEqual([]);
    expect(compare({ ...active, claim: { at: hoursAgo(1), by: 'run-1' } })).toEqual(['half-done: repair']);
    expect(compare({ ...active, claim: { at: hoursAgo(-1000), by: 'run-1' } })).toEqual(['half-done: repair']);
    expect(compare({ ...active, status: 'failed', claim: { at: hoursAgo(1), iam_user_name: iamUserName } })).toEqual([
      'half-done: repair',
    ]);
  });
});

describe('other records', () => {
  it('are stuck if they are pending or have an unknown status', () => {
    expect(compare({ ...spec, status: 'pending' })).toEqual(['stuck-pending: repair']);
    expect(compare({ ...spec, status: 'on' })).toEqual(['stuck-pending: repair']);
  });

  it('are compared with IAM if they are disabled', () => {
    const disabled = { ...active, status: 'disabled', disabled_at: hoursAgo(1) };
    expect(compare(disabled)).toEqual(['active-key: repair']);
    expect(compare(disabled, { ...user, keys: [key('AKIACURRENT', 'Inactive')] })).toEqual([]);
    // Deactivated a moment ago: IAM may still show the old state.
    expect(compare({ ...disabled, updated_at: hoursAgo(0.05) })).toEqual([]);
    expect(compare({ ...active, status: 'disabled' }, { attachedPolicies: [] })).toEqual(['not-disabled: repair']);
    expect(compare(disabled, { ...user, keys: [key('AKIAOTHER', 'Inactive')] })).toEqual(['orphan-key: report']);
    expect(detectDrift(readRecord('john.doe', disabled), undefined, nowMs, settings)).toEqual([]);
    const quarantined = { attachedPolicies: ['AWSCompromisedKeyQuarantineV2'] };
    expect(compare(disabled, quarantined)).toEqual(['quarantined: report']);
    expect(compare({ ...disabled, suspension: { reason: 'AwsQuarantine' } }, quarantined)).toEqual([]);
    // It is off for another reason and may be enabled automatically: the quarantine is not known yet.
    for (const reason of ['SendQuota', 'BounceRate']) {
      expect(compare({ ...disabled, suspension: { reason } }, quarantined)).toEqual(['quarantined: report']);
    }
  });

  it('are retried after a while if they failed for a reason that may have passed', () => {
    const failed = (code: string, hours: number) => ({
      ...active,
      status: 'failed',
      failure: { code, message: 'm', at: hoursAgo(hours), attempts: 1, correlation_id: 'c' },
    });
    expect(compare(failed('ThrottlingException', 4))).toEqual(['stale-failure: repair']);
    expect(compare(failed('ThrottlingException', 1))).toEqual([]);
    expect(compare({ ...failed('InvalidAddressPattern', 4), allowed_from_addresses: ['*'] })).toEqual([]);
    const quarantined = { attachedPolicies: ['AWSCompromisedKeyQuarantineV2'] };
    expect(compare(failed('ThrottlingException', 4), quarantined)).toEqual(['quarantined: report']);
  });
});

describe('a permissions boundary', () => {
  it.each([
    ['none', 'no permissions boundary'],
    ['arn:aws:iam::123456789012:policy/theirs', 'policy/theirs'],
  ])('is reported if it is %s, with the command that restores ours', (boundary, words) => {
    const [finding, ...others] = detectDrift(readRecord('john.doe', active), { ...user, boundary }, nowMs, settings);
    expect(others).toEqual([]);
    expect(finding).toMatchObject({ kind: 'foreign-boundary', remedy: 'report' });
    expect(finding?.message).toContain(words);
    expect(finding?.message).toContain(
      `put-user-permissions-boundary --user-name ${iamUserName} --permissions-boundary ${settings.permissionsBoundaryArn}`,
    );
  });

  it('is fine if it is ours or was not read', () => {
    expect(compare(active, { ...user, boundary: settings.permissionsBoundaryArn })).toEqual([]);
    expect(compare(active, user)).toEqual([]);
  });
});

describe('what a sweep reads', () => {
  /** The number of IAM calls for these reads. */
  const callsOf = (reads: ReturnType<typeof planSweepReads>) =>
    1 +
    Number(reads.keys) +
    ({ inline: 1, managed: 2, none: 0 } as const)[reads.document ?? 'none'] +
    Number(reads.inlineNames) +
    Number(reads.boundary) +
    Number(reads.lastUseOf !== undefined);

  it.each([
    ['inline', 4],
    ['managed', 8],
  ])('takes at most three calls per user, and covers everything of %s policies in %i sweeps', (form, count) => {
    const record = readRecord('john.doe', { ...active, policy_digest: `${form}:0` });
    const sweeps = Array.from({ length: count }, (_, turn) => planSweepReads(record, turn, 100));
    expect(Math.max(...sweeps.map(callsOf))).toBeLessThanOrEqual(3);
    expect(sweeps.some(({ keys }) => keys)).toBe(true);
    expect(sweeps.some(({ document }) => document === form)).toBe(true);
    expect(sweeps.some(({ inlineNames }) => inlineNames)).toBe(true);
    expect(sweeps.some(({ boundary }) => boundary)).toBe(true);
    // Keys and our policy at least every second time.
    for (const turn of sweeps.keys()) {
      const both = [planSweepReads(record, turn, 10), planSweepReads(record, turn + 1, 10)];
      expect(both.some(({ keys }) => keys)).toBe(true);
      expect(both.some(({ document }) => document === form)).toBe(true);
    }
    expect(sweeps.some(({ lastUseOf }) => lastUseOf === 'AKIACURRENT')).toBe(true);
  });

  it.each(['inline', 'managed'])('is everything of a user with an %s policy in a full sweep', (form) => {
    const record = readRecord('john.doe', { ...active, policy_digest: `${form}:0` });
    const everything = { keys: true, document: form, inlineNames: true, boundary: true };
    expect(planSweepReads(record, 'all', 10)).toEqual({ ...everything, lastUseOf: undefined });
    expect(planSweepReads(record, 'all', 100)).toEqual({ ...everything, lastUseOf: 'AKIACURRENT' });
  });

  it('does not include the last use of a young key', () => {
    expect(planSweepReads(readRecord('john.doe', active), 3, 10).lastUseOf).toBeUndefined();
  });
});
