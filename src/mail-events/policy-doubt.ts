import type { Item } from '../credential/credential-table.ts';
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
}

/** Whether IAM may have applied a different policy than the record now asks for when the mail was sent. */
export function isPolicyInDoubt(record: CredentialRecord, sentAtMs: number, options: JudgeOptions): boolean {
  const { propagationSeconds = 0, scope, leaseSeconds = CLAIM_LEASE_SECONDS } = options;
  const { status, claim, item } = record;
  if (changedAfter(item, sentAtMs, propagationSeconds)) return true;
  // Another function is changing IAM, or died while doing so. Mails that were sent long before or after are not
  // affected.
  const isClaimed = claim?.by !== undefined;
  if (isClaimed && Math.abs(sentAtMs - claim.atMs) <= (leaseSeconds + propagationSeconds) * 1000) return true;
  if (scope === undefined) return status === 'failed';
  // IAM does not follow the edit yet. Editing does not change updated_at.
  if (contentOfDigest(record.narrowedFrom ?? record.policyDigest) !== readDesiredDigest(item, scope)) return true;
  // An invalid edit changes nothing in IAM, so the last good policy is in force. After any other failure the policy is
  // unknown.
  return status === 'failed' && !isConverged(record, scope);
}

/**
 * Whether the record may have been given a new IAM user around the time the mail was sent. Mail that the old user sent
 * before is not a fault.
 */
export function wasReplacedSince(
  { item }: CredentialRecord,
  sentAtMs: number,
  { propagationSeconds = 0 }: JudgeOptions,
): boolean {
  const changes = ['created_at', 'key_created_at', 'updated_at'].map((name) => Date.parse(String(item[name])));
  const lastMs = Math.max(...changes.map((ms) => (Number.isNaN(ms) ? Number.NEGATIVE_INFINITY : ms)));
  // Sesame has not written to this record yet, so it has just replaced the old one.
  const isUntouched = item['status'] === 'pending' && lastMs === Number.NEGATIVE_INFINITY;
  return isUntouched || sentAtMs <= lastMs + propagationSeconds * 1000;
}

function changedAfter(item: Item, sentAtMs: number, propagationSeconds: number): boolean {
  const updatedAtMs = Date.parse(String(item['updated_at']));
  return sentAtMs <= updatedAtMs + propagationSeconds * 1000;
}
