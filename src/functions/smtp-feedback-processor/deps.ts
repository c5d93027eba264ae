import type { SuppressionList } from '../../mail-events/stores.ts';
import type { FeedbackThresholds, ViolationRule } from '../../mail-events/thresholds.ts';
import type { SendingDeps } from '../runtime/wire-mail-events.ts';
import type { RecentFailures } from './recent-failures.ts';

export interface FeedbackDeps extends SendingDeps {
  readonly mode: 'observe' | 'suspend';
  readonly thresholds: FeedbackThresholds;
  /** The validator's rule: before a suspension ends, violations are looked at as well. Undefined: they are left to the validator. */
  readonly violationRule?: ViolationRule;
  readonly recentFailures: RecentFailures;
  /** Undefined: addresses are left to SES. */
  readonly suppressionList: SuppressionList | undefined;
}
