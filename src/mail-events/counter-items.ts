import type { Item } from '../credential/credential-table.ts';
import type { CounterName } from './feedback.ts';
import { bucketOf, type Counters, counterNames, oldestHour, startOfBucket } from './windows.ts';

const COUNT_PK = 'SESAME#COUNT';
const DAY_SECONDS = 86_400;

export interface ItemKey {
  readonly PK: string;
  readonly SK: string;
}

/** The item that holds a credential's counters of one hour. */
export function counterKey(username: string, bucket: string): ItemKey {
  return { PK: COUNT_PK, SK: `USER#${username}#${bucket}` };
}

/** The key range of a credential's hours in the longest window: for one Query with BETWEEN. */
export function counterRange(username: string, nowMs: number): { PK: string; from: string; to: string } {
  return {
    PK: COUNT_PK,
    from: counterKey(username, bucketOf(oldestHour(nowMs, '30d'))).SK,
    to: counterKey(username, bucketOf(nowMs)).SK,
  };
}

/** The hour in a counter item's sort key; undefined when it is another item's. */
export function bucketOfKey(sortKey: string): string | undefined {
  const bucket = sortKey.slice(sortKey.lastIndexOf('#') + 1);
  return Number.isNaN(startOfBucket(bucket)) ? undefined : bucket;
}

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
export function seenExpiresAt(nowMs: number): number {
  return Math.floor(nowMs / 1000) + 15 * DAY_SECONDS;
}
