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

/** An hour's counters. */
export interface CounterBucket {
  /** `yyyy-mm-ddThh`, UTC. */
  readonly bucket: string;
  readonly counters: Counters;
}

const HOUR_MS = 3_600_000;
const hoursOfWindow = { hour: 1, day: 24, '7d': 168, '30d': 720 } as const;

/** Rolling windows. They move in steps of an hour and include the hour that runs. */
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

/** The sum, counter by counter. */
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

/** The name of the hour that a time lies in: `yyyy-mm-ddThh`, UTC. */
export function bucketOf(atMs: number): string {
  return new Date(atMs).toISOString().slice(0, 13);
}

/** When a bucket's hour begins, epoch milliseconds; NaN for a text that is no bucket. */
export function startOfBucket(bucket: string): number {
  return /^\d{4}-\d\d-\d\dT\d\d$/.test(bucket) ? Date.parse(`${bucket}:00:00.000Z`) : Number.NaN;
}

/**
 * The bucket that an event belongs to, by its own time: late and out-of-order events land where they belong. Undefined for what is
 * older than the longest window. A time in the future is a clock's error and counts as now.
 */
export function placeInBucket(atMs: number, nowMs: number): string | undefined {
  const placedMs = Math.min(atMs, nowMs);
  return placedMs >= oldestHour(nowMs, '30d') ? bucketOf(placedMs) : undefined;
}

/** The first hour that a window holds, epoch milliseconds. */
export function oldestHour(nowMs: number, window: WindowName): number {
  return Math.floor(nowMs / HOUR_MS) * HOUR_MS - (hoursOfWindow[window] - 1) * HOUR_MS;
}

/**
 * Sums hours to rolling windows. `countedFromMs`: hours that began before it don't count, since a suspension has answered them.
 * Buckets of the same hour add up; a bucket in the future, or that is none, doesn't count.
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
