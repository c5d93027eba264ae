import { readDesiredState } from '../record/desired-state.ts';
import { describeUnreceived, type EffectiveSpec, narrowSpec } from '../record/effective-spec.ts';
import { expiryCause, expiryPhase } from '../record/expiry.ts';
import { findPatternsWithoutRule } from '../record/receiving-rules.ts';
import type { CredentialRecord } from '../record/record.ts';
import type { ReconcileDeps } from './contract.ts';

/**
 * Reads the effective spec. Looks up the receiving rules if the deployment requires them.
 *
 * @throws InvalidRecordError if the spec can't be fulfilled
 */
export async function readEffectiveSpec(record: CredentialRecord, deps: ReconcileDeps): Promise<EffectiveSpec> {
  // A credential can be disabled even if the rest of its record is invalid.
  if (record.isToBeOff) return { desired: undefined };
  const { receivingRules: mode, receivingRuleKeys, scope, rotation } = deps.settings;
  // Checked before the spec is validated: a credential whose record became invalid still works, and must expire as
  // well.
  const expiry = expiryPhase(record, deps.now(), rotation.daySeconds);
  if (expiry.phase === 'expired') return { desired: undefined, suspension: expiryCause(expiry.untilMs) };
  const desired = readDesiredState(record, scope);
  if (mode === 'ignore') return { desired };
  const unreceived = await findPatternsWithoutRule(desired.patterns, deps.receivingRules, receivingRuleKeys);
  if (unreceived.length === 0) return { desired };
  if (mode === 'warn')
    return { desired, warning: { code: 'ReceivingRuleMissing', text: describeUnreceived(unreceived) } };
  return narrowSpec(record, desired, new Set(unreceived), scope);
}
