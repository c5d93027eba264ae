import { type DesiredState, readDesiredState } from './desired-state.ts';
import { InvalidRecordError } from './errors.ts';
import { findPatternsWithoutRule } from './receiving-rules.ts';
import type { ReconcileDeps } from './reconcile.ts';
import type { CredentialRecord } from './record.ts';

/** What an administrator wants of a record, and what to warn about. */
export interface Wishes {
  readonly desired: DesiredState | undefined;
  readonly warning: string | undefined;
}

/**
 * Reads what is wanted; looks for receiving rules when the deployment asks for them.
 *
 * @throws InvalidRecordError when it can't be fulfilled as it is written
 */
export async function readWishes(record: CredentialRecord, deps: ReconcileDeps): Promise<Wishes> {
  // Disabling works whatever else stands on the record.
  if (record.status === 'disabled') return { desired: undefined, warning: undefined };
  const desired = readDesiredState(record, deps.settings.scope);
  const mode = deps.settings.receivingRules;
  if (mode === 'ignore') return { desired, warning: undefined };
  const unreceived = await findPatternsWithoutRule(
    desired.patterns,
    deps.receivingRules,
    deps.settings.receivingRuleKeys,
  );
  if (unreceived.length === 0) return { desired, warning: undefined };
  const message =
    `allowed_from_addresses: no enabled receiving rule covers ${unreceived.slice(0, 5).join(', ')}` +
    `${unreceived.length > 5 ? ` and ${unreceived.length - 5} more` : ''}: replies would bounce. ` +
    'Add a rule to the table, or remove the pattern.';
  if (mode === 'require') throw new InvalidRecordError('ReceivingRuleMissing', message);
  return { desired, warning: message };
}
