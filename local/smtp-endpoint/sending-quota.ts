/** The account's limits. SES counts recipients, and the whole account shares one quota. */
export interface SendingLimits {
  readonly sendsPerSecond: number;
  readonly sendsPerDay: number;
}

export interface SendingQuota {
  /** Takes the recipients of one message from the quota. If they exceed a limit, takes nothing and returns that limit. */
  take(recipients: number): 'taken' | 'rate' | 'daily';
}

const minuteMs = 60_000;
const dayMs = 86_400_000;

/**
 * Counts recipients. The rate is a token bucket that refills in a second. A message with more recipients than that is allowed if
 * the bucket isn't empty, and the next ones wait longer. The day is the last 24 hours, counted in minutes.
 * https://docs.aws.amazon.com/ses/latest/dg/quotas.html
 */
export function createSendingQuota(limits: SendingLimits, now: () => number): SendingQuota {
  let tokens = limits.sendsPerSecond;
  let filledAt = now();
  const sentByMinute = new Map<number, number>();

  return {
    take(recipients) {
      const time = now();
      tokens = Math.min(limits.sendsPerSecond, tokens + ((time - filledAt) / 1000) * limits.sendsPerSecond);
      filledAt = time;
      let sentToday = 0;
      for (const [minute, sent] of sentByMinute) {
        if (minute * minuteMs <= time - dayMs) {
          sentByMinute.delete(minute);
        } else {
          sentToday += sent;
        }
      }
      if (sentToday + recipients > limits.sendsPerDay) {
        return 'daily';
      }
      if (tokens < 1) {
        return 'rate';
      }
      tokens -= recipients;
      const minute = Math.floor(time / minuteMs);
      sentByMinute.set(minute, (sentByMinute.get(minute) ?? 0) + recipients);
      return 'taken';
    },
  };
}
