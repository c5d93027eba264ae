import { readDesiredState } from '../record/desired-state.ts';
import { describeUnreceived, type EffectiveSpec, narrowSpec } from '../record/effective-spec.ts';
import { expiryCause, expiryPhase } from '../record/expiry.ts';
import { findPatternsWithoutRule } from '../record/receiving-rules.ts';
import type { CredentialRecord } from '../record/record.ts';
import type { ReconcileDeps } from './contract.ts';

/**
 * Reads what is wanted; looks for receiving rules when the deployment asks for them.
 *
 * @throws InvalidRecordError when it can't be fulfilled as it is written
 */
export async function readEffectiveSpec(record: CredentialRecord, deps: ReconcileDeps): Promise<EffectiveSpec> {
  // Disabling works whatever else is on the record.
  if (record.isToBeOff) return { desired: undefined };
  const { receivingRules: mode, receivingRuleKeys, scope, rotation } = deps.settings;
  // Before the spec is validated: a credential that failed because of an invalid edit still works, and must expire too.
  const expiry = expiryPhase(record, deps.now(), rotation.daySeconds);
  if (expiry.phase === 'expired') return { desired: undefined, suspension: expiryCause(expiry.untilMs) };
  const desired = readDesiredState(record, scope);
  if (mode === 'ignore') return { desired };
  const unreceived = await findPatternsWithoutRule(desired.patterns, deps.receivingRules, receivingRuleKeys);
  if (unreceived.length === 0) return { desired };
  if (mode === 'warn') return { desired, warning: describeUnreceived(unreceived) };
  return narrowSpec(record, desired, new Set(unreceived), scope);
}
