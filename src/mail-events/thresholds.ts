import type { Counters, WindowName } from './windows.ts';

/** From where a rate is worth a warning, and from where it ends the sending. Rates are fractions: 0.05 is 5 %. */
export interface RateLimits {
  readonly warnRate: number;
  readonly suspendRate: number;
  /** Fewer recipients than this in a window say nothing. */
  readonly minimumSends: number;
  /** Fewer bounces or complaints than this in a window say nothing. */
  readonly minimumCount: number;
}

export interface FeedbackThresholds {
  /** Hard bounces per recipient. */
  readonly bounce: RateLimits;
  /** Complaints per recipient. */
  readonly complaint: RateLimits;
  /** Windows that are looked at. */
  readonly windows: readonly WindowName[];
}

/**
 * SES's own limits for an account: bounces above 5 % put it under review, above 10 % pause it; complaints 0.1 % and 0.5 %. SES measures
 * over a "representative volume" that it doesn't publish; the minimum volumes here are ours: 100 recipients are the fewest in which 5 %
 * are more than chance, and one complaint of fewer than 1,000 recipients is above 0.1 % by itself, so two of them are asked for.
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

/** Judges a credential's rates, window by window. The worst level wins; all breaches are told, the worst first. */
export function judgeFeedback(
  windows: Readonly<Record<WindowName, Counters>>,
  thresholds: FeedbackThresholds = defaultThresholds,
): FeedbackLevel {
  const breaches = thresholds.windows.flatMap((window) => {
    const counters = windows[window];
    // Feedback of mails that were sent before the window, or of which no Send came, must not make a rate of its own.
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

/** What is done about violations. */
export interface ViolationRule {
  readonly mode: 'observe' | 'suspend';
  /** So many violations within the window suspend. */
  readonly suspendAfter: number;
  readonly window: WindowName;
}

/** Whether violations call for a suspension. */
export function judgeViolations(windows: Readonly<Record<WindowName, Counters>>, rule: ViolationRule): boolean {
  return rule.mode === 'suspend' && windows[rule.window].violations >= rule.suspendAfter;
}
