import type { RecordChange } from '../credential-table.ts';
import type { EffectiveSpec } from '../record/effective-spec.ts';
import { digestOfForm } from '../record/policy-digest.ts';
import type { CredentialRecord, LastTransition } from '../record/record.ts';
import { buildSuspensionAttribute } from '../record/suspension.ts';
import { PATTERN_CASE_DIFFERS, readWarnings, type Warning, writeWarnings } from '../record/warning.ts';
import type { Progress } from './contract.ts';
import type { ExecutePlan } from './plan-types.ts';

/** Builds the change that records an executed plan. Pure; `nowMs` in epoch milliseconds. */
export function buildRecordChange(input: {
  readonly record: CredentialRecord;
  readonly done: ExecutePlan;
  readonly progress: Progress;
  readonly nowMs: number;
  /** The claim's holder. It marks the write as Sesame's own for the function that reads the stream. */
  readonly by: string;
  /** Undefined: the stored one is kept. */
  readonly lastTransition?: LastTransition;
  readonly spec: EffectiveSpec;
  readonly graceSeconds: number;
}): RecordChange {
  const { record, done, progress, nowMs } = input;
  const at = new Date(nowMs).toISOString();
  const set: Record<string, unknown> = { updated_at: at, updated_by: input.by };
  const remove = ['claim', 'failure'];
  if (done.status === 'active') describeActive(input, at, set, remove);
  if (done.status === 'disabled') {
    // The request to disable may only have been in `failure`.
    set['status'] = 'disabled';
    set['disabled_at'] = at;
    // Only the failure showed that IAM's policy may differ from the record. It is removed here, so the digest is
    // removed as well: enabling then writes the policy again. The same applies to a moved user, whose managed policy
    // was left behind.
    if (record.failureCode !== undefined || done.movesUser === true) remove.push('policy_digest');
  } else {
    remove.push('disabled_at');
  }
  // Also for an unfinished user: only the claim named it, and the claim is removed here.
  if (record.namesOtherUser) removeCopied(record, set, remove);
  const iamUserArn = progress.iamUserArn ?? record.iamUserArn;
  if (iamUserArn !== undefined) set['iam_user_arn'] = iamUserArn;
  if (progress.accessKeyId !== undefined) {
    set['access_key_id'] = progress.accessKeyId;
    set['encrypted_password'] = progress.encryptedPassword;
    set['key_created_at'] = at;
    remove.push('verified_at', 'rotate_requested', 'rotation_undone_at');
  }
  const previous = describePrevious(input, at);
  if (previous !== undefined) set['previous_key'] = previous;
  else if (endsPreviousKey(done)) remove.push('previous_key');
  if (done.transition === 'rotation-undone') undoRotation(record, at, set, remove);
  if (done.provenAtMs !== undefined) {
    set['verified_at'] = new Date(done.provenAtMs).toISOString();
    remove.push('verification_failure');
  }
  if (input.lastTransition !== undefined) {
    const { name, correlationId } = input.lastTransition;
    set['last_transition'] = { name, at, correlation_id: correlationId };
  }
  if (done.transition === 'rotation-due') set['rotation_announced_at'] = at;
  if (done.expiryNotice !== undefined) {
    const { untilMs, days } = done.expiryNotice;
    set['expiry_announced'] = { valid_until: new Date(untilMs).toISOString(), days, at };
  }
  if (done.suspension !== undefined) {
    const { reason: code, evidence } = done.suspension;
    set['suspension'] = buildSuspensionAttribute({ code, evidence, nowMs });
  }
  // Attributes that were missing need no removal. Except `verified_at`: a login may have been recorded since the record
  // was read.
  const isRemoved = (name: string) =>
    !(name in set) && (name === 'verified_at' || name === 'claim' || name in record.item);
  return { set, remove: [...new Set(remove)].filter(isRemoved) };
}

/** Attributes that describe another credential's IAM user if an item was copied. */
const COPIED_ATTRIBUTES = [
  'iam_user_arn',
  'access_key_id',
  'encrypted_password',
  'key_created_at',
  'previous_key',
  'policy_digest',
  'verified_at',
];

/**
 * A record may only name its own keys. Otherwise another credential's key would count as one that was made Inactive.
 */
function removeCopied({ item }: CredentialRecord, set: Record<string, unknown>, remove: string[]): void {
  remove.push(...COPIED_ATTRIBUTES);
  const text = `The record named ${String(item['iam_user_arn'])}, the IAM user of another credential, which was left alone. Sesame removed what the record said about it.`;
  set['warning'] = [...readWarnings(set), { code: 'CopiedRecord', text }];
}

/**
 * Makes the old key the current one again, with its own creation time. If an earlier version did not store that time,
 * the record's creation time is used instead.
 */
function undoRotation(
  { previousKey }: CredentialRecord,
  at: string,
  set: Record<string, unknown>,
  remove: string[],
): void {
  set['access_key_id'] = previousKey?.accessKeyId;
  set['encrypted_password'] = previousKey?.encryptedPassword;
  if (previousKey?.createdAtMs === undefined) remove.push('key_created_at');
  else set['key_created_at'] = new Date(previousKey.createdAtMs).toISOString();
  set['rotation_undone_at'] = at;
  remove.push('verified_at');
}

function describeActive(
  { record, progress, spec }: Parameters<typeof buildRecordChange>[0],
  at: string,
  set: Record<string, unknown>,
  remove: string[],
): void {
  set['status'] = 'active';
  if (spec.desired !== undefined) set['policy_digest'] = digestOfForm(spec.desired.policyDigest, progress.policyForm);
  if (record.createdAt === undefined) set['created_at'] = at;
  if (record.status === 'pending') remove.push('suspension');
  for (const [name, value] of [
    ['warning', writeWarnings(listWarnings(record, spec))],
    ['narrowed_from', spec.narrowedFrom],
  ] as const) {
    if (value === undefined) remove.push(name);
    else set[name] = value;
  }
}

/** All warnings about a credential that works. The sweep's own one is kept until the next sweep. */
function listWarnings({ item }: CredentialRecord, { warning, desired }: EffectiveSpec): readonly Warning[] {
  const ofSweep = readWarnings({ warning: item['warning'] }).filter(({ code }) => code === PATTERN_CASE_DIFFERS);
  return [...(warning === undefined ? [] : [warning]), ...(desired?.warnings ?? []), ...ofSweep];
}

/** The new value of the attribute `previous_key`, if this plan changes it. */
function describePrevious(
  { record, done, nowMs, graceSeconds }: Parameters<typeof buildRecordChange>[0],
  at: string,
): Record<string, unknown> | undefined {
  const { previousKey } = record;
  if (done.transition === 'rotated') {
    return {
      access_key_id: record.accessKeyId,
      encrypted_password: record.encryptedPassword,
      retire_after: new Date(nowMs + graceSeconds * 1000).toISOString(),
      ...describeAge(record.keyCreatedAtMs),
    };
  }
  if (previousKey === undefined) return undefined;
  const kept = {
    access_key_id: previousKey.accessKeyId,
    retire_after: new Date(previousKey.retireAfterMs).toISOString(),
    ...describeAge(previousKey.createdAtMs),
  };
  // The password is dropped, because it no longer works.
  if (done.transition === 'key-retired') return { ...kept, inactive_since: at };
  if (done.transition === 'still-in-use') {
    const { encryptedPassword } = previousKey;
    return {
      ...kept,
      ...(encryptedPassword === undefined ? {} : { encrypted_password: encryptedPassword }),
      reported_at: at,
    };
  }
  return undefined;
}

/** `createdAtMs` is undefined or 0 if it is unknown. */
function describeAge(createdAtMs: number | undefined): { readonly created_at?: string } {
  return createdAtMs === undefined || createdAtMs === 0 ? {} : { created_at: new Date(createdAtMs).toISOString() };
}

function endsPreviousKey({ transition, provisions, keepsPreviousKey }: ExecutePlan): boolean {
  if (transition === 'key-deleted' || transition === 'rotation-undone') return true;
  return provisions !== undefined && transition !== 'rotated' && keepsPreviousKey !== true;
}
