import type { SendingScope } from '../../credential/record/desired-state.ts';
import type { ViolationRule } from '../../mail-events/thresholds.ts';
import type { SendingDeps } from '../runtime/wire-mail-events.ts';

export interface ValidatorDeps extends SendingDeps {
  readonly rule: ViolationRule;
  /** How long IAM may still follow an older state of a record. 0: it never does. */
  readonly propagationSeconds: number;
  /** Where policies point to, so that a record tells whether its policy is in force. */
  readonly scope?: SendingScope;
}
