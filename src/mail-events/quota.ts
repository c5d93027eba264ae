import type { Item } from '../credential/credential-table.ts';
import { readQuota } from '../credential/record/quotas.ts';
import { type CounterBucket, startOfBucket } from './windows.ts';

/** How many recipients a credential may send to. Undefined means no limit of ours. */
export interface SendQuota {
  readonly perHour: number | undefined;
  readonly perDay: number | undefined;
}

/** A quota that was exceeded. */
export interface PassedQuota {
  readonly window: 'hour' | 'day';
  /** Recipients so far in this window. */
  readonly sends: number;
  readonly limit: number;
  /** When the window ends, epoch milliseconds. */
  readonly untilMs: number;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/**
 * Reads `quota_per_hour` and `quota_per_day`. A value that is not a whole number above 0 fails the record, and means no
 * quota here.
 */
export function readSendQuota(item: Item): SendQuota {
  return { perHour: readQuota(item, 'quota_per_hour'), perDay: readQuota(item, 'quota_per_day') };
}

/**
 * Returns the quota that was exceeded in the current clock hour or day (UTC). SES has no quota per credential and a
 * policy cannot count, so this is noticed when the events arrive, some mails late. The credential is then suspended
 * until the window ends. If both quotas are exceeded, the day wins because it lasts longer.
 */
export function judgeQuota(buckets: Iterable<CounterBucket>, quota: SendQuota, nowMs: number): PassedQuota | undefined {
  const hourMs = Math.floor(nowMs / HOUR_MS) * HOUR_MS;
  const dayMs = Math.floor(nowMs / DAY_MS) * DAY_MS;
  let inHour = 0;
  let inDay = 0;
  for (const { bucket, counters } of buckets) {
    const startMs = startOfBucket(bucket);
    if (startMs >= dayMs && startMs <= nowMs) inDay += counters.sends;
    if (startMs === hourMs) inHour += counters.sends;
  }
  if (quota.perDay !== undefined && inDay > quota.perDay) {
    return { window: 'day', sends: inDay, limit: quota.perDay, untilMs: dayMs + DAY_MS };
  }
  if (quota.perHour !== undefined && inHour > quota.perHour) {
    return { window: 'hour', sends: inHour, limit: quota.perHour, untilMs: hourMs + HOUR_MS };
  }
  return undefined;
}
