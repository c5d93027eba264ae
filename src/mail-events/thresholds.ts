import type { Counters, WindowName } from './windows.ts';

/** The rate that triggers a warning, and the rate that suspends. Rates are fractions: 0.05 is 5 %. */
export interface RateLimits {
  readonly warnRate: number;
  readonly suspendRate: number;
  /** A window with fewer recipients than this is not judged. */
  readonly minimumSends: number;
  /** A window with fewer bounces or complaints than this is not judged. */
  readonly minimumCount: number;
}

export interface FeedbackThresholds {
  /** Hard bounces per recipient. */
  readonly bounce: RateLimits;
  /** Complaints per recipient. */
  readonly complaint: RateLimits;
  /** The windows to check. */
  readonly windows: readonly WindowName[];
}

/**
 * The limits of SES for an account: it reviews an account above 5 % bounces and pauses it above 10 %; for complaints,
 * the limits are 0.1 % and 0.5 %. SES measures over a "representative volume" that it does not publish, so the minimum
 * volumes are ours. 5 % of fewer than 100 recipients may be chance. A single complaint among fewer than 1,000
 * recipients exceeds 0.1 %, so at least two are required.
 *
 * @see https://docs.aws.amazon.com/ses/latest/dg/reputationdashboardmessages.html
 */
export const defaultThresholds: FeedbackThresholds = {
  bounce: { warnRate: 0.05, suspendRate: 0.1, minimumSends: 100, minimumCount: 5 },
  complaint: { warnRate: 0.001, suspendRate: 0.005, minimumSends: 500, minimumCount: 2 },
  windows: ['day', '7d', '30d'],
};

/** A limit that a window reached. */
export interface Breach {
  readonly metric: 'bounce' | 'complaint';
  readonly level: 'warn' | 'suspend';
  readonly window: WindowName;
  /** A fraction. */
  readonly rate: number;
  readonly limit: number;
  /** Hard bounces or complaints. */
  readonly count: number;
  /** Recipients. */
  readonly volume: number;
}

export type FeedbackLevel =
  | { readonly level: 'ok' }
  | { readonly level: 'warn' | 'suspend'; readonly breaches: readonly Breach[] };

/** Judges a credential's rates, window by window. The worst level wins; all breaches are returned, worst first. */
export function judgeFeedback(
  windows: Readonly<Record<WindowName, Counters>>,
  thresholds: FeedbackThresholds = defaultThresholds,
): FeedbackLevel {
  const breaches = thresholds.windows.flatMap((window) => {
    const counters = windows[window];
    // Feedback may refer to mails that were sent before the window, or whose Send event is missing. It must not inflate
    // the rate.
    const volume = Math.max(counters.sends, counters.deliveries + counters.hard_bounces);
    return [
      ...findBreach('bounce', window, counters.hard_bounces, volume, thresholds.bounce),
      ...findBreach('complaint', window, counters.complaints, volume, thresholds.complaint),
    ];
  });
  if (breaches.length === 0) return { level: 'ok' };
  const severe = breaches.filter(({ level }) => level === 'suspend');
  if (severe.length === 0) return { level: 'warn', breaches };
  return { level: 'suspend', breaches: [...severe, ...breaches.filter(({ level }) => level === 'warn')] };
}

function findBreach(
  metric: Breach['metric'],
  window: WindowName,
  count: number,
  volume: number,
  limits: RateLimits,
): Breach[] {
  if (volume === 0 || volume < limits.minimumSends || count < limits.minimumCount) return [];
  const rate = count / volume;
  if (rate >= limits.suspendRate)
    return [{ metric, level: 'suspend', window, rate, limit: limits.suspendRate, count, volume }];
  if (rate >= limits.warnRate) return [{ metric, level: 'warn', window, rate, limit: limits.warnRate, count, volume }];
  return [];
}

/** How violations are handled. */
export interface ViolationRule {
  readonly mode: 'observe' | 'suspend';
  /** This many violations within the window suspend the credential. */
  readonly suspendAfter: number;
  readonly window: WindowName;
}

/** Whether the violations require a suspension. */
export function judgeViolations(windows: Readonly<Record<WindowName, Counters>>, rule: ViolationRule): boolean {
  return rule.mode === 'suspend' && windows[rule.window].violations >= rule.suspendAfter;
}
