import type { CounterName } from './feedback.ts';

export const counterNames = [
  'sends',
  'deliveries',
  'hard_bounces',
  'soft_bounces',
  'complaints',
  'rejects',
  'violations',
] as const satisfies readonly CounterName[];

export type Counters = Readonly<Record<CounterName, number>>;

/** The counters of one hour. */
export interface CounterBucket {
  /** `yyyy-mm-ddThh`, UTC. */
  readonly bucket: string;
  readonly counters: Counters;
}

const HOUR_MS = 3_600_000;
const hoursOfWindow = { hour: 1, day: 24, '7d': 168, '30d': 720 } as const;

/** Rolling windows. They advance hourly and include the current hour. */
export type WindowName = keyof typeof hoursOfWindow;
export const windowNames = Object.keys(hoursOfWindow) as readonly WindowName[];

export const noCounters: Counters = {
  sends: 0,
  deliveries: 0,
  hard_bounces: 0,
  soft_bounces: 0,
  complaints: 0,
  rejects: 0,
  violations: 0,
};

export function addCounters(a: Counters, b: Counters): Counters {
  return {
    sends: a.sends + b.sends,
    deliveries: a.deliveries + b.deliveries,
    hard_bounces: a.hard_bounces + b.hard_bounces,
    soft_bounces: a.soft_bounces + b.soft_bounces,
    complaints: a.complaints + b.complaints,
    rejects: a.rejects + b.rejects,
    violations: a.violations + b.violations,
  };
}

/** The name of the hour that contains a time: `yyyy-mm-ddThh`, UTC. */
export function bucketOf(atMs: number): string {
  return new Date(atMs).toISOString().slice(0, 13);
}

/** The start of a bucket's hour, epoch milliseconds. NaN if the text is not a bucket. */
export function startOfBucket(bucket: string): number {
  return /^\d{4}-\d\d-\d\dT\d\d$/.test(bucket) ? Date.parse(`${bucket}:00:00.000Z`) : Number.NaN;
}

/**
 * The bucket of an event, by the event's own time, so that late and out-of-order events are counted in the right hour.
 * Undefined if it is older than the longest window. A time in the future is a clock error and counts as now.
 */
export function placeInBucket(atMs: number, nowMs: number): string | undefined {
  const placedMs = Math.min(atMs, nowMs);
  return placedMs >= oldestHour(nowMs, '30d') ? bucketOf(placedMs) : undefined;
}

/** The first hour of a window, epoch milliseconds. */
export function oldestHour(nowMs: number, window: WindowName): number {
  return Math.floor(nowMs / HOUR_MS) * HOUR_MS - (hoursOfWindow[window] - 1) * HOUR_MS;
}

/**
 * Sums hourly buckets into rolling windows. Buckets of the same hour add up; invalid and future buckets are ignored.
 *
 * @param countedFromMs ignores hours that began earlier: a suspension has already answered them
 */
export function sumWindows(
  buckets: Iterable<CounterBucket>,
  nowMs: number,
  countedFromMs?: number,
): Record<WindowName, Counters> {
  const sums: Record<WindowName, Counters> = { hour: noCounters, day: noCounters, '7d': noCounters, '30d': noCounters };
  for (const { bucket, counters } of buckets) {
    const startMs = startOfBucket(bucket);
    if (Number.isNaN(startMs) || startMs > nowMs || startMs < (countedFromMs ?? 0)) continue;
    for (const window of windowNames) {
      if (startMs >= oldestHour(nowMs, window)) sums[window] = addCounters(sums[window], counters);
    }
  }
  return sums;
}
