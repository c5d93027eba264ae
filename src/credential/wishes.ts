import { type DesiredState, readDesiredState, type SendingScope } from './desired-state.ts';
import { InvalidRecordError } from './errors.ts';
import { findPatternsWithoutRule } from './receiving-rules.ts';
import type { ReconcileDeps } from './reconcile.ts';
import type { CredentialRecord } from './record.ts';
import type { SuspensionCode } from './suspension.ts';

/** Why the system itself switches a credential off. */
export interface SuspensionReason {
  readonly reason: SuspensionCode;
  readonly evidence: string;
}

/** What is to be made true of a record. */
export interface Wishes {
  /** Undefined only for a disabled record, which needs no valid wishes. */
  readonly desired: DesiredState | undefined;
  readonly warning?: string;
  /** The digest of the whole wishes, when the policy holds only a part of them. */
  readonly narrowedFrom?: string;
  readonly suspension?: SuspensionReason;
}

/**
 * Reads what is wanted; looks for receiving rules when the deployment asks for them.
 *
 * @throws InvalidRecordError when it can't be fulfilled as it is written
 */
export async function readWishes(record: CredentialRecord, deps: ReconcileDeps): Promise<Wishes> {
  // Disabling works whatever else stands on the record.
  if (record.isToBeOff) return { desired: undefined };
  const { receivingRules: mode, receivingRuleKeys, scope } = deps.settings;
  const desired = readDesiredState(record, scope);
  if (mode === 'ignore') return { desired };
  const unreceived = await findPatternsWithoutRule(desired.patterns, deps.receivingRules, receivingRuleKeys);
  if (unreceived.length === 0) return { desired };
  if (mode === 'warn') return { desired, warning: describeUnreceived(unreceived) };
  return narrowWishes(record, desired, new Set(unreceived), scope);
}

/**
 * What stays of a record's wishes where every pattern must have a receiving rule. New patterns without one can't be
 * fulfilled. Patterns that were in force and lost their rule go out of the policy; when none is left, the credential is
 * switched off. The digest of the policy, or of what it was narrowed from, tells the two apart.
 *
 * @throws InvalidRecordError for new patterns
 */
export function narrowWishes(
  record: CredentialRecord,
  desired: DesiredState,
  unreceived: ReadonlySet<string>,
  scope: SendingScope,
): Wishes & { readonly desired: DesiredState } {
  const missing = desired.patterns.filter((pattern) => unreceived.has(pattern));
  if (missing.length === 0) return { desired };
  const message = describeUnreceived(missing);
  if ((record.narrowedFrom ?? record.policyDigest) !== desired.policyDigest) {
    throw new InvalidRecordError('ReceivingRuleMissing', message);
  }
  if (missing.length === desired.patterns.length) {
    return { desired, suspension: { reason: 'ReceivingRulesGone', evidence: message } };
  }
  const narrowed = readDesiredState(record, scope, unreceived);
  return { desired: narrowed, warning: message, narrowedFrom: desired.policyDigest };
}

function describeUnreceived(patterns: readonly string[]): string {
  const more = patterns.length > 5 ? ` and ${patterns.length - 5} more` : '';
  return (
    `allowed_from_addresses: no enabled receiving rule covers ${patterns.slice(0, 5).join(', ')}${more}: ` +
    'replies would bounce. Add a rule to the table, or remove the pattern.'
  );
}
