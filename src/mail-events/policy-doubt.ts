import type { Item } from '../credential/credential-table.ts';
import { MAX_CLOCK_SKEW_SECONDS } from '../credential/iam/propagation.ts';
import { CLAIM_LEASE_SECONDS } from '../credential/reconcile/lease.ts';
import { readDesiredDigest, type SendingScope } from '../credential/record/desired-state.ts';
import { isConverged } from '../credential/record/is-converged.ts';
import { contentOfDigest } from '../credential/record/policy-digest.ts';
import type { CredentialRecord } from '../credential/record/record.ts';

/** Whether an envelope sender that a record neither allows nor limits is a violation. */
export type EnvelopeRule = 'notice' | 'strict';

export interface JudgeOptions {
  /** Default `notice`. */
  readonly envelope?: EnvelopeRule;
  /** How long IAM may still apply the old state after a change, seconds. */
  readonly propagationSeconds?: number;
  /** The scope of the policies. With it, a record's `policy_digest` shows whether its patterns are in force. */
  readonly scope?: SendingScope | undefined;
  /** How long a claim lasts, seconds. */
  readonly leaseSeconds?: number;
  /** The clock, epoch milliseconds. With it, times of a record that lie in the future are ignored. */
  readonly now?: () => number;
}

/**
 * Why IAM may have applied a different policy than the record now asks for when the mail was sent. `changing` passes by
 * itself. `failed` lasts until somebody corrects the record. Undefined: there is no doubt.
 */
export function findPolicyDoubt(
  record: CredentialRecord,
  sentAtMs: number,
  options: JudgeOptions,
): 'changing' | 'failed' | undefined {
  const { propagationSeconds = 0, scope, leaseSeconds = CLAIM_LEASE_SECONDS } = options;
  const { status, claim, item } = record;
  if (changedAfter(item, sentAtMs, options)) return 'changing';
  // Another function is changing IAM, or died while doing so. Mails that were sent long before or after are not
  // affected.
  const isClaimed = claim?.by !== undefined;
  if (isClaimed && Math.abs(sentAtMs - claim.atMs) <= (leaseSeconds + propagationSeconds) * 1000) return 'changing';
  const whileFailed = status === 'failed' ? 'failed' : undefined;
  if (scope === undefined) return whileFailed;
  // IAM does not follow the edit yet. Editing does not change updated_at.
  if (contentOfDigest(record.narrowedFrom ?? record.policyDigest) !== readDesiredDigest(item, scope)) {
    return whileFailed ?? 'changing';
  }
  // An invalid edit changes nothing in IAM, so the last good policy is in force. After any other failure the policy is
  // unknown.
  return isConverged(record, scope) ? undefined : whileFailed;
}

/**
 * Whether the record may have been given a new IAM user around the time the mail was sent. Mail that the old user sent
 * before is not a fault.
 */
export function wasReplacedSince({ item }: CredentialRecord, sentAtMs: number, options: JudgeOptions): boolean {
  const { propagationSeconds = 0 } = options;
  const lastMs = Math.max(
    ...['created_at', 'key_created_at', 'updated_at'].map((name) => readPast(item, name, options)),
  );
  // Sesame has not written to this record yet, so it has just replaced the old one.
  const isUntouched = item['status'] === 'pending' && lastMs === Number.NEGATIVE_INFINITY;
  return isUntouched || sentAtMs <= lastMs + propagationSeconds * 1000;
}

function changedAfter(item: Item, sentAtMs: number, options: JudgeOptions): boolean {
  const { propagationSeconds = 0 } = options;
  return sentAtMs <= readPast(item, 'updated_at', options) + propagationSeconds * 1000;
}

/**
 * A time on the record. Minus infinity if there is none, or if it lies further in the future than clocks can differ: it
 * would excuse every mail until then.
 */
function readPast(item: Item, name: string, { now }: JudgeOptions): number {
  const ms = Date.parse(String(item[name]));
  const isPast = now === undefined || ms <= now() + MAX_CLOCK_SKEW_SECONDS * 1000;
  return isPast && !Number.isNaN(ms) ? ms : Number.NEGATIVE_INFINITY;
}
