import type { Item } from '../credential/credential-table.ts';
import { CLAIM_LEASE_SECONDS } from '../credential/reconcile/lease.ts';
import { readDesiredDigest, type SendingScope } from '../credential/record/desired-state.ts';
import { isConverged } from '../credential/record/is-converged.ts';
import { contentOfDigest } from '../credential/record/policy-digest.ts';
import type { CredentialRecord } from '../credential/record/record.ts';

export interface JudgeOptions {
  /** How long after a change IAM may still follow the older state, seconds. */
  readonly propagationSeconds?: number;
  /** Where policies point to: with it a record's `policy_digest` tells whether its patterns are in force. */
  readonly scope?: SendingScope | undefined;
  /** How long a claim holds, seconds. */
  readonly leaseSeconds?: number;
}

/** Whether a policy other than the one that the record asks for now may have been in force when the mail was sent. */
export function isPolicyInDoubt(record: CredentialRecord, sentAtMs: number, options: JudgeOptions): boolean {
  const { propagationSeconds = 0, scope, leaseSeconds = CLAIM_LEASE_SECONDS } = options;
  const { status, claim, item } = record;
  if (changedAfter(item, sentAtMs, propagationSeconds)) return true;
  // Somebody is changing IAM, or died while doing so. A mail that was sent long before or long after isn't in question.
  const isClaimed = claim?.by !== undefined;
  if (isClaimed && Math.abs(sentAtMs - claim.atMs) <= (leaseSeconds + propagationSeconds) * 1000) return true;
  if (scope === undefined) return status === 'failed';
  // An edit that IAM doesn't follow yet. Editing doesn't touch updated_at.
  if (contentOfDigest(record.narrowedFrom ?? record.policyDigest) !== readDesiredDigest(item, scope)) return true;
  // A wrong edit changed nothing in IAM, so the last good policy is in force. After any other failure nobody knows which one is.
  return status === 'failed' && !isConverged(record, scope);
}

/** Whether a record may just have got another IAM user when the mail was sent: what the old one sent before is nobody's fault. */
export function wasReplacedSince(
  { item }: CredentialRecord,
  sentAtMs: number,
  { propagationSeconds = 0 }: JudgeOptions,
): boolean {
  const changes = ['created_at', 'key_created_at', 'updated_at'].map((name) => Date.parse(String(item[name])));
  const lastMs = Math.max(...changes.map((ms) => (Number.isNaN(ms) ? Number.NEGATIVE_INFINITY : ms)));
  // A record on which Sesame has written nothing yet has just replaced the old one.
  const isUntouched = item['status'] === 'pending' && lastMs === Number.NEGATIVE_INFINITY;
  return isUntouched || sentAtMs <= lastMs + propagationSeconds * 1000;
}

function changedAfter(item: Item, sentAtMs: number, propagationSeconds: number): boolean {
  const updatedAtMs = Date.parse(String(item['updated_at']));
  return sentAtMs <= updatedAtMs + propagationSeconds * 1000;
}
