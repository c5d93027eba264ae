import type { SendingScope } from '../../credential/record/desired-state.ts';
import type { EnvelopeRule } from '../../mail-events/policy-doubt.ts';
import type { ViolationRule } from '../../mail-events/thresholds.ts';
import type { SendingDeps } from '../runtime/wire-mail-events.ts';

export interface ValidatorDeps extends SendingDeps {
  readonly rule: ViolationRule;
  /** Default `notice`. */
  readonly envelope?: EnvelopeRule;
  /** How long IAM may still apply an older state of a record. 0 disables the tolerance. */
  readonly propagationSeconds: number;
  /** The scope of the policies, which shows whether a record's policy is in force. */
  readonly scope?: SendingScope;
}
