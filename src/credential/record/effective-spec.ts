import { InvalidRecordError } from '../errors.ts';
import { type DesiredState, readDesiredState, type SendingScope } from './desired-state.ts';
import type { CredentialRecord } from './record.ts';
import type { SuspensionCause } from './suspension.ts';
import type { Warning } from './warning.ts';

/** What IAM should implement for a record. */
export interface EffectiveSpec {
  /** Undefined only for a record that should be off, which needs no valid spec. */
  readonly desired: DesiredState | undefined;
  readonly warning?: Warning;
  /** The digest of the complete spec, if the policy contains only a part of it. */
  readonly narrowedFrom?: string;
  readonly suspension?: SuspensionCause;
}

/**
 * Removes patterns without a receiving rule from a spec, for deployments that require one for every pattern. A new
 * pattern without a rule is an error. A pattern that was in force and lost its rule is removed from the policy. If none
 * is left, the credential is disabled. The digest of the policy, or of what it was narrowed from, shows whether the
 * patterns are new.
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
  return {
    desired: narrowed,
    warning: { code: 'ReceivingRuleMissing', text: message },
    narrowedFrom: desired.policyDigest,
  };
}

export function describeUnreceived(patterns: readonly string[]): string {
  const more = patterns.length > 5 ? ` and ${patterns.length - 5} more` : '';
  return (
    `allowed_from_addresses: no enabled receiving rule covers ${patterns.slice(0, 5).join(', ')}${more}: ` +
    'replies would bounce. Add a rule to the table, or remove the pattern.'
  );
}
