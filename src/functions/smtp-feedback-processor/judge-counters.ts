import type { SuspensionRequest } from '../../admin/suspend-credential.ts';
import type { CredentialRecord } from '../../credential/record/record.ts';
import { readCountedFromMs } from '../../credential/record/suspension.ts';
import { describeBreaches, describeQuota, describeViolationCount } from '../../mail-events/evidence.ts';
import { judgeQuota, type PassedQuota, readSendQuota } from '../../mail-events/quota.ts';
import { type FeedbackLevel, judgeFeedback, judgeViolations } from '../../mail-events/thresholds.ts';
import { type CounterBucket, sumWindows } from '../../mail-events/windows.ts';
import type { FeedbackDeps } from './deps.ts';

/** The result of checking a credential's counters. */
export interface Judgement {
  readonly feedback: FeedbackLevel;
  readonly quota: PassedQuota | undefined;
  /** The number of violations in the validator's window, if it is too high. */
  readonly violations: number | undefined;
}

type About = Pick<SuspensionRequest, 'username' | 'correlationId'>;

/**
 * Checks a credential's counters against its record and the settings.
 *
 * @param sentAtMs when mails were sent that have just been counted
 */
export function judgeCounters(
  buckets: readonly CounterBucket[],
  { item }: CredentialRecord,
  {
    thresholds,
    violationRule,
    defaultQuotaPerDay,
    now,
  }: Pick<FeedbackDeps, 'thresholds' | 'violationRule' | 'defaultQuotaPerDay' | 'now'>,
  sentAtMs: readonly number[] = [],
): Judgement {
  const nowMs = now();
  const countedFromMs = readCountedFromMs(item, nowMs);
  const windows = sumWindows(buckets, nowMs, countedFromMs);
  const isViolating = violationRule !== undefined && judgeViolations(windows, violationRule);
  return {
    feedback: judgeFeedback(windows, thresholds),
    quota: judgeQuota(buckets, readSendQuota(item, defaultQuotaPerDay), nowMs, { sentAtMs, countedFromMs }),
    violations: isViolating ? windows[violationRule.window].violations : undefined,
  };
}

/** The suspension that the counters require. One that only an administrator can end comes before one that expires. */
export function requestSuspension(
  { feedback, quota, violations }: Judgement,
  about: About,
  { mode, violationRule }: Pick<FeedbackDeps, 'mode' | 'violationRule'>,
): SuspensionRequest | undefined {
  if (feedback.level === 'suspend' && mode === 'suspend') return rateRequest(feedback, about);
  if (violations !== undefined && violationRule !== undefined) {
    return { ...about, reason: 'SenderViolations', evidence: describeViolationCount(violations, violationRule.window) };
  }
  return quota === undefined ? undefined : quotaRequest(quota, about);
}

/** The suspension for too many bounces or complaints. */
export function rateRequest(
  { breaches }: Exclude<FeedbackLevel, { readonly level: 'ok' }>,
  about: About,
): SuspensionRequest {
  const reason = breaches[0]?.metric === 'complaint' ? 'ComplaintRate' : 'BounceRate';
  return { ...about, reason, evidence: describeBreaches(breaches) };
}

/** The suspension for an exceeded quota, until its window ends. */
export function quotaRequest(quota: PassedQuota, about: About): SuspensionRequest {
  return { ...about, reason: 'SendQuota', evidence: describeQuota(quota), untilMs: quota.untilMs };
}
