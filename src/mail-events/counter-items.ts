import type { Item } from '../credential/credential-table.ts';
import type { CounterName } from './feedback.ts';
import { type Counters, counterNames, startOfBucket } from './windows.ts';

const DAY_SECONDS = 86_400;

export function readCounters(item: Item): Counters {
  const read = (name: CounterName): [CounterName, number] => {
    const value = item[name];
    return [name, typeof value === 'number' && value > 0 && Number.isFinite(value) ? value : 0];
  };
  return Object.fromEntries(counterNames.map(read)) as Record<CounterName, number>;
}

/** When a counter item expires, epoch seconds: a day after it left the longest window. */
export function counterExpiresAt(bucket: string): number {
  return Math.floor(startOfBucket(bucket) / 1000) + 32 * DAY_SECONDS;
}

/**
 * When a dedup item expires, epoch seconds. SNS repeats within hours and a queue keeps messages for at most 14 days, so
 * older events cannot return.
 */
export function dedupExpiresAt(nowMs: number): number {
  return Math.floor(nowMs / 1000) + 15 * DAY_SECONDS;
}
