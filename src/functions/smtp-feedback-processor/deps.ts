import type { SuppressionList } from '../../mail-events/stores.ts';
import type { FeedbackThresholds, ViolationRule } from '../../mail-events/thresholds.ts';
import type { SendingDeps } from '../runtime/wire-mail-events.ts';
import type { RecentFailures } from './recent-failures.ts';

export interface FeedbackDeps extends SendingDeps {
  readonly mode: 'observe' | 'suspend';
  readonly thresholds: FeedbackThresholds;
  /** The validator's rule, which is also checked before a suspension ends. Undefined: only the validator checks it. */
  readonly violationRule?: ViolationRule;
  /** `quota_per_day` of records that name none. */
  readonly defaultQuotaPerDay?: number;
  readonly recentFailures: RecentFailures;
  /** Undefined: addresses are not suppressed by us. */
  readonly suppressionList: SuppressionList | undefined;
}
