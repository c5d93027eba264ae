import type { Item } from '../credential/credential-table.ts';
import { readQuota } from '../credential/record/quotas.ts';
import { type CounterBucket, startOfBucket } from './windows.ts';

/** How many recipients a credential may send to. Undefined means no limit of ours. */
export interface SendQuota {
  readonly perHour: number | undefined;
  readonly perDay: number | undefined;
  /** `perDay` is the deployment's default. */
  readonly isDayDefault?: true;
}

/** A quota that was exceeded. */
export interface PassedQuota {
  readonly window: 'hour' | 'day';
  /** Recipients in this window, as far as they are counted. */
  readonly sends: number;
  readonly limit: number;
  /** The limit is the deployment's default. */
  readonly isDefault?: true;
  /** When the window began, epoch milliseconds. */
  readonly startMs: number;
  /** When the running window ends, epoch milliseconds. */
  readonly untilMs: number;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/**
 * Reads `quota_per_hour` and `quota_per_day`. A value that is not a whole number above 0 fails the record, and counts as
 * missing here.
 *
 * @param defaultPerDay `quota_per_day` of records that name none
 */
export function readSendQuota(item: Item, defaultPerDay?: number): SendQuota {
  const perHour = readQuota(item, 'quota_per_hour');
  const perDay = readQuota(item, 'quota_per_day');
  return perDay === undefined && defaultPerDay !== undefined
    ? { perHour, perDay: defaultPerDay, isDayDefault: true }
    : { perHour, perDay };
}

/** What else is known where a quota is judged. */
export interface QuotaContext {
  /** When mails were sent that have just been counted: epoch milliseconds. Their hours and days are judged as well as the running ones. */
  readonly sentAtMs?: readonly number[];
  /** Hours and days that began earlier are ignored, except the running ones: a suspension has already answered them. */
  readonly countedFromMs?: number | undefined;
}

/**
 * Returns the quota that was exceeded in a clock hour or day (UTC): the running one, or one in which mails were sent that are counted only now. SES
 * has no quota per credential and a policy cannot count, so this is noticed when the events arrive, some mails late. The credential is then suspended
 * until the running hour or day ends. The day comes first because it lasts longer, and the running window before earlier ones.
 */
export function judgeQuota(
  buckets: Iterable<CounterBucket>,
  quota: SendQuota,
  nowMs: number,
  context: QuotaContext = {},
): PassedQuota | undefined {
  const sums = [...buckets].map(({ bucket, counters }) => ({ startMs: startOfBucket(bucket), sends: counters.sends }));
  const day = judgeWindows('day', DAY_MS, quota.perDay, sums, nowMs, context);
  if (day !== undefined) return quota.isDayDefault === true ? { ...day, isDefault: true } : day;
  return judgeWindows('hour', HOUR_MS, quota.perHour, sums, nowMs, context);
}

function judgeWindows(
  window: PassedQuota['window'],
  lengthMs: number,
  limit: number | undefined,
  sums: readonly { readonly startMs: number; readonly sends: number }[],
  nowMs: number,
  { sentAtMs = [], countedFromMs = 0 }: QuotaContext,
): PassedQuota | undefined {
  if (limit === undefined) return undefined;
  const startOf = (ms: number) => Math.floor(ms / lengthMs) * lengthMs;
  const runningMs = startOf(nowMs);
  const earlier = sentAtMs.map(startOf).filter((startMs) => startMs < runningMs && startMs >= countedFromMs);
  for (const startMs of new Set([runningMs, ...earlier])) {
    const sends = sums
      .filter((sum) => sum.startMs >= startMs && sum.startMs < startMs + lengthMs && sum.startMs <= nowMs)
      .reduce((total, sum) => total + sum.sends, 0);
    if (sends > limit) return { window, sends, limit, startMs, untilMs: runningMs + lengthMs };
  }
  return undefined;
}
