import type { LedgerUnit } from '../../sending/feedback-ledger.ts';
import { sumUnits } from '../../sending/feedback-ledger.ts';
import type { CounterReader } from '../../sending/sending-stores.ts';
import { addCounters, type CounterBucket, noCounters } from '../../sending/windows.ts';

/** How many credentials' counters are kept at most. */
const maxKept = 500;

/** Counters of a short while ago, with all that this process has counted since. */
export interface CounterCache {
  read(username: string): Promise<readonly CounterBucket[]>;
  /** As they stand now. */
  readFresh(username: string): Promise<readonly CounterBucket[]>;
  /** Adds what was just written. */
  add(username: string, units: readonly LedgerUnit[]): void;
  /** Whether this process has counted hard bounces or complaints of it: then each mail more may make a volume worth judging. */
  isTroubled(username: string): boolean;
}

export interface CounterCacheDeps {
  readonly counters: CounterReader;
  readonly cacheSeconds: number;
  readonly now: () => number;
}

export function createCounterCache({ counters, cacheSeconds, now }: CounterCacheDeps): CounterCache {
  const kept = new Map<string, { readonly atMs: number; buckets: readonly CounterBucket[] }>();

  const troubled = new Set<string>();

  async function readFresh(username: string): Promise<readonly CounterBucket[]> {
    const buckets = await counters.read(username, now());
    kept.delete(username);
    kept.set(username, { atMs: now(), buckets });
    const [oldest] = kept.keys();
    if (kept.size > maxKept && oldest !== undefined) kept.delete(oldest);
    return buckets;
  }

  return {
    readFresh,
    read(username) {
      const known = kept.get(username);
      const isGood = known !== undefined && now() - known.atMs < cacheSeconds * 1000;
      return isGood ? Promise.resolve(known.buckets) : readFresh(username);
    },
    isTroubled: (username) => troubled.has(username),
    add(username, units) {
      if (units.some(({ counter }) => counter === 'hard_bounces' || counter === 'complaints')) troubled.add(username);
      // Forgetting costs little: the next bounce tells again.
      if (troubled.size > maxKept) troubled.clear();
      const known = kept.get(username);
      if (known === undefined) return;
      const byBucket = new Map(known.buckets.map(({ bucket, counters: sum }) => [bucket, sum]));
      for (const [bucket, more] of sumUnits(units)) {
        byBucket.set(bucket, addCounters(byBucket.get(bucket) ?? noCounters, { ...noCounters, ...more }));
      }
      known.buckets = [...byBucket].map(([bucket, sum]) => ({ bucket, counters: sum }));
    },
  };
}
