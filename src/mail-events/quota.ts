import type { Item } from '../credential/credential-table.ts';
import { readSpecAttribute } from '../credential/record/spec.ts';
import { type CounterBucket, startOfBucket } from './windows.ts';

/** How many recipients a credential may send to. Undefined: as many as SES lets it. */
export interface SendQuota {
  readonly perHour: number | undefined;
  readonly perDay: number | undefined;
}

/** A quota that was passed. */
export interface PassedQuota {
  readonly window: 'hour' | 'day';
  /** Recipients so far. */
  readonly sends: number;
  readonly limit: number;
  /** When the window ends, epoch milliseconds. */
  readonly untilMs: number;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** Reads `quota_per_hour` and `quota_per_day`. What isn't a whole number above 0 fails the record, and is no quota here. */
export function readSendQuota(item: Item): SendQuota {
  return { perHour: readSpecAttribute(item, 'quota_per_hour'), perDay: readSpecAttribute(item, 'quota_per_day') };
}

/**
 * Tells which quota was passed: more recipients in this hour or day of the clock (UTC) than it allows. SES knows no quota for a
 * credential and no policy can count, so it is noticed when the events arrive, some mails late; then the credential is suspended
 * until the window ends. When both are passed, the day counts: it lasts longer.
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
