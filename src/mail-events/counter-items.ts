import type { Item } from '../credential/credential-table.ts';
import type { CounterName } from './feedback.ts';
import { type Counters, counterNames, startOfBucket } from './windows.ts';

const DAY_SECONDS = 86_400;

/** The counters on an item. */
export function readCounters(item: Item): Counters {
  const read = (name: CounterName): [CounterName, number] => {
    const value = item[name];
    return [name, typeof value === 'number' && value > 0 && Number.isFinite(value) ? value : 0];
  };
  return Object.fromEntries(counterNames.map(read)) as Record<CounterName, number>;
}

/** When a counter item may go, epoch seconds: a day after it left the longest window. */
export function counterExpiresAt(bucket: string): number {
  return Math.floor(startOfBucket(bucket) / 1000) + 32 * DAY_SECONDS;
}

/**
 * When the memory of a counted event may go, epoch seconds. SNS repeats within hours, a queue keeps for 14 days at most; older events
 * than that don't come back.
 */
export function dedupExpiresAt(nowMs: number): number {
  return Math.floor(nowMs / 1000) + 15 * DAY_SECONDS;
}
