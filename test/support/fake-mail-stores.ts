import type { AlertSubject } from '../../src/mail-events/alert-window.ts';
import { type FeedbackCounter, sumCountables } from '../../src/mail-events/feedback-counter.ts';
import type {
  AlertWindows,
  CounterReader,
  DueExpiry,
  MissingRecords,
  SuspensionExpiries,
} from '../../src/mail-events/stores.ts';
import { addCounters, bucketOf, type Counters, noCounters, oldestHour } from '../../src/mail-events/windows.ts';

/** Data about sent mail, in memory. Fulfills the same contract as the adapters: test/support/contracts/mail-stores.ts. */
export interface FakeMailStores {
  readonly counter: FeedbackCounter;
  readonly reader: CounterReader;
  readonly windows: AlertWindows;
  readonly expiries: SuspensionExpiries;
  readonly missing: MissingRecords;
  /** The expiries, by time and username. */
  readonly allExpiries: Map<string, DueExpiry>;
}

/** @param now epoch milliseconds */
export function createFakeMailStores(now: () => number): FakeMailStores {
  const allExpiries = new Map<string, DueExpiry>();
  return {
    ...createCounters(),
    windows: createWindows(now),
    expiries: createExpiries(allExpiries),
    missing: createMissing(now),
    allExpiries,
  };
}

function createCounters(): Pick<FakeMailStores, 'counter' | 'reader'> {
  const seen = new Set<string>();
  const counters = new Map<string, Map<string, Counters>>();
  return {
    counter: {
      write: ({ username, countables }) => {
        const nameOf = ({ dedupWindow, id }: (typeof countables)[number]) => `${username}#${dedupWindow}#${id}`;
        const newOnes = countables.filter((countable) => !seen.has(nameOf(countable)));
        for (const countable of newOnes) seen.add(nameOf(countable));
        const ofUser = counters.get(username) ?? new Map<string, Counters>();
        counters.set(username, ofUser);
        for (const [bucket, more] of sumCountables(newOnes)) {
          ofUser.set(bucket, addCounters(ofUser.get(bucket) ?? noCounters, { ...noCounters, ...more }));
        }
        return Promise.resolve(newOnes);
      },
    },
    reader: {
      read: (username, nowMs) => {
        const from = bucketOf(oldestHour(nowMs, '30d'));
        const buckets = [...(counters.get(username) ?? [])].filter(
          ([bucket]) => bucket >= from && bucket <= bucketOf(nowMs),
        );
        return Promise.resolve(buckets.sort().map(([bucket, sum]) => ({ bucket, counters: sum })));
      },
    },
  };
}

function createWindows(now: () => number): AlertWindows {
  const open = new Map<string, number>();
  const nameOf = ({ username, finding, occurrence }: AlertSubject) => JSON.stringify([username, finding, occurrence]);
  return {
    open: (attempt) => {
      const untilMs = open.get(nameOf(attempt));
      // Clocks differ by at most an hour, so no valid window ends later than that after this one.
      const isFree = untilMs === undefined || untilMs <= now() || untilMs > attempt.untilMs + 3_600_000;
      if (isFree) open.set(nameOf(attempt), attempt.untilMs);
      return Promise.resolve(isFree || untilMs === attempt.untilMs);
    },
    release: (attempt) => Promise.resolve(void open.delete(nameOf(attempt))),
  };
}

function createExpiries(all: Map<string, DueExpiry>): SuspensionExpiries {
  const nameOf = (username: string, untilMs: number) => `${new Date(untilMs).toISOString()}#${username}`;
  return {
    add: (username, untilMs, { isEnded = false } = {}) => {
      all.set(nameOf(username, untilMs), { username, untilMs, ...(isEnded ? { isEnded } : {}) });
      return Promise.resolve();
    },
    listDue: (nowMs) =>
      Promise.resolve(
        [...all]
          .filter(([, { untilMs }]) => untilMs <= nowMs)
          .sort(([a], [b]) => (a < b ? -1 : 1))
          .map(([, expiry]) => expiry),
      ),
    discard: () => Promise.resolve(),
    remove: (username, untilMs) => Promise.resolve(void all.delete(nameOf(username, untilMs))),
  };
}

function createMissing(now: () => number): MissingRecords {
  const since = new Map<string, number>();
  return {
    since: (iamUserName) => {
      const sinceMs = since.get(iamUserName) ?? now();
      since.set(iamUserName, sinceMs);
      return Promise.resolve(sinceMs);
    },
  };
}
