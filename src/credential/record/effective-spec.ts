import { InvalidRecordError } from '../errors.ts';
import { type DesiredState, readDesiredState, type SendingScope } from './desired-state.ts';
import type { CredentialRecord } from './record.ts';
import type { SuspensionCause } from './suspension.ts';

/** What is to be made true of a record. */
export interface EffectiveSpec {
  /** Undefined only for what is to be off, which needs no valid spec. */
  readonly desired: DesiredState | undefined;
  readonly warning?: string;
  /** The digest of the whole spec, when the policy holds only a part of it. */
  readonly narrowedFrom?: string;
  readonly suspension?: SuspensionCause;
}

/**
 * What stays of a record's wishes where every pattern must have a receiving rule. New patterns without one can't be
 * fulfilled. Patterns that were in force and lost their rule go out of the policy; when none is left, the credential is
 * switched off. The digest of the policy, or of what it was narrowed from, tells the two apart.
 *
 * @throws InvalidRecordError for new patterns
 */
export function narrowSpec(
  record: CredentialRecord,
  desired: DesiredState,
  unreceived: ReadonlySet<string>,
  scope: SendingScope,
): EffectiveSpec & { readonly desired: DesiredState } {
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

export function describeUnreceived(patterns: readonly string[]): string {
  const more = patterns.length > 5 ? ` and ${patterns.length - 5} more` : '';
  return (
    `allowed_from_addresses: no enabled receiving rule covers ${patterns.slice(0, 5).join(', ')}${more}: ` +
    'replies would bounce. Add a rule to the table, or remove the pattern.'
  );
}
