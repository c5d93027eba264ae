import type { RecordChange } from '../credential-table.ts';
import type { EffectiveSpec } from '../record/effective-spec.ts';
import { digestOfForm } from '../record/policy-digest.ts';
import type { CredentialRecord, LastTransition } from '../record/record.ts';
import { buildSuspensionAttribute } from '../record/suspension.ts';
import type { Progress } from './contract.ts';
import type { ExecutePlan } from './plan-types.ts';

/** What is written back after a plan was carried out. Pure; `nowMs` in epoch milliseconds. */
export function buildRecordChange(input: {
  readonly record: CredentialRecord;
  readonly done: ExecutePlan;
  readonly progress: Progress;
  readonly nowMs: number;
  /** The claim's holder. The stream's reader recognizes our own write by it. */
  readonly by: string;
  /** Undefined: the present one stays. */
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
    // The request to disable may have been in `failure` only.
    set['status'] = 'disabled';
    set['disabled_at'] = at;
    // The failure was the only sign that IAM's policy may differ. It is removed here, so the digest is removed, too: enabling then rewrites
    // the policy. The same for a moved user, whose managed policy was left behind.
    if (record.failureCode !== undefined || done.movesUser === true) remove.push('policy_digest');
  } else {
    remove.push('disabled_at');
  }
  // Also for a half-made user: only the claim knew of it, and the claim ends here.
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
  // What wasn't there isn't removed; but a login may have been noted since the record was read.
  const isRemoved = (name: string) =>
    !(name in set) && (name === 'verified_at' || name === 'claim' || name in record.item);
  return { set, remove: [...new Set(remove)].filter(isRemoved) };
}

/** What a copied item says of another credential's IAM user. */
const COPIED_ATTRIBUTES = [
  'iam_user_arn',
  'access_key_id',
  'encrypted_password',
  'key_created_at',
  'previous_key',
  'policy_digest',
  'verified_at',
];

/** A record may only name its own keys: otherwise another credential's key would pass for one that is Inactive. */
function removeCopied({ item }: CredentialRecord, set: Record<string, unknown>, remove: string[]): void {
  remove.push(...COPIED_ATTRIBUTES);
  const copied = `The record named ${String(item['iam_user_arn'])}, the IAM user of another credential, which was left alone. Sesame removed what the record said of it.`;
  set['warning'] = [set['warning'], copied].filter((sentence) => typeof sentence === 'string').join(' ');
}

/** The old key is the record's again, with its own age. Where an earlier version kept none, the record's is the best guess. */
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
    ['warning', describeWarning(spec)],
    ['narrowed_from', spec.narrowedFrom],
  ] as const) {
    if (value === undefined) remove.push(name);
    else set[name] = value;
  }
}

/** All that is to be known although the credential works. */
function describeWarning({ warning, desired }: EffectiveSpec): string | undefined {
  const sentences = [warning, desired?.notice].filter((sentence) => sentence !== undefined);
  return sentences.length === 0 ? undefined : sentences.join(' ');
}

/** The attribute `previous_key` as it is stored, where this plan changes it. */
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
  // A password that no longer works is of no use to anybody.
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

/** Undefined, or 0 when it isn't known. */
function describeAge(createdAtMs: number | undefined): { readonly created_at?: string } {
  return createdAtMs === undefined || createdAtMs === 0 ? {} : { created_at: new Date(createdAtMs).toISOString() };
}

function endsPreviousKey({ transition, provisions, keepsPreviousKey }: ExecutePlan): boolean {
  if (transition === 'key-deleted' || transition === 'rotation-undone') return true;
  return provisions !== undefined && transition !== 'rotated' && keepsPreviousKey !== true;
}
