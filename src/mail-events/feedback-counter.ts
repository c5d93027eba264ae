import { createHash } from 'node:crypto';
import type { CountableFeedback, CounterName } from './feedback.ts';
import { placeInBucket } from './windows.ts';

/** What one event adds to a credential's counters. */
export interface FeedbackEntry {
  readonly username: string;
  readonly feedback: CountableFeedback;
  /**
   * When the mail was sent, epoch milliseconds. Every event of a mail has the same value, so duplicates share a dedup
   * window.
   */
  readonly sentAtMs: number;
}

/** Something that is counted once, such as a recipient of a mail. */
export interface CountableItem {
  /** 66 bits of a digest, as text. */
  readonly id: string;
  readonly counter: CounterName;
  readonly bucket: string;
  /** The second in which the mail was sent. Its dedup item stores the id. */
  readonly dedupWindow: string;
}

/** The countables of one credential that are written together. */
export interface FeedbackWrite {
  readonly username: string;
  readonly countables: readonly CountableItem[];
}

export interface FeedbackCounter {
  /**
   * Counts the countables that were not counted before. Returns the new ones.
   *
   * @throws SesameError retryable: all, some or none of them may be counted; repeating the write is safe
   */
  write(write: FeedbackWrite): Promise<readonly CountableItem[]>;
}

/**
 * Length of a dedup window. All ids of a credential's window share one item, and a write costs by item size. A short
 * window keeps the cost of a flood linear in its mails. An item takes about 25,000 ids, far more than 300 recipients a
 * second need; then the window continues in a second item.
 */
export const DEDUP_WINDOW_SECONDS = 1;

/**
 * Maximum ids of one dedup window per write: a condition holds at most 300 operators and 4 KB of text.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html#limits-expression-parameters
 */
export const MAX_ITEMS_PER_DEDUP_WINDOW = 75;

/**
 * Maximum dedup windows per write: a transaction holds 100 actions, and some of them are for the hourly counters.
 * https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html
 */
export const MAX_DEDUP_WINDOWS_PER_WRITE = 50;

/** Maximum ids per write: far below a transaction's 4 MB, and cheap to repeat after a conflict. */
export const MAX_ITEMS_PER_WRITE = 500;

/** The id of a countable: the same each time the event is delivered. */
export function countableId(feedback: Pick<CountableFeedback, 'dedupKey'>, countableKey: string): string {
  return createHash('sha256').update(`${feedback.dedupKey}\n${countableKey}`).digest('base64url').slice(0, 11);
}

/** The dedup window of a mail: `yyyy-mm-ddThh:mm:ss`, UTC. */
export function dedupWindowOf(sentAtMs: number): string {
  const windowMs = DEDUP_WINDOW_SECONDS * 1000;
  return new Date(Math.floor(sentAtMs / windowMs) * windowMs).toISOString().slice(0, 19);
}

/**
 * Plans the writes for many events: each countable once, in as few writes as DynamoDB's limits allow. Countables that
 * are older than the oldest counter are dropped.
 */
export function planFeedbackWrites(entries: readonly FeedbackEntry[], nowMs: number): FeedbackWrite[] {
  const ofUsers = new Map<string, Map<string, CountableItem>>();
  for (const { username, feedback, sentAtMs } of entries) {
    const bucket = placeInBucket(feedback.atMs, nowMs);
    if (bucket === undefined) continue;
    const dedupWindow = dedupWindowOf(sentAtMs);
    const countables = ofUsers.get(username) ?? new Map<string, CountableItem>();
    ofUsers.set(username, countables);
    for (const countableKey of feedback.countableKeys) {
      const id = countableId(feedback, countableKey);
      const name = `${dedupWindow}#${id}`;
      if (!countables.has(name)) countables.set(name, { id, counter: feedback.counter, bucket, dedupWindow });
    }
  }
  return [...ofUsers].flatMap(([username, units]) =>
    inParts([...units.values()]).map((part) => ({ username, countables: part })),
  );
}

/** What a write adds to the counters of each bucket. */
export function sumCountables(countables: readonly CountableItem[]): Map<string, Partial<Record<CounterName, number>>> {
  const sums = new Map<string, Partial<Record<CounterName, number>>>();
  for (const { bucket, counter } of countables) {
    const sum = sums.get(bucket) ?? {};
    sum[counter] = (sum[counter] ?? 0) + 1;
    sums.set(bucket, sum);
  }
  return sums;
}

/** Sorted by dedup window: concurrent processes then write in the same order and conflict less. */
function inParts(countables: readonly CountableItem[]): CountableItem[][] {
  const parts: CountableItem[][] = [];
  let windows = new Map<string, number>();
  for (const countable of [...countables].sort((a, b) => compare(a.dedupWindow, b.dedupWindow))) {
    const last = parts.at(-1);
    const inWindow = windows.get(countable.dedupWindow) ?? 0;
    const isFull =
      last === undefined ||
      last.length >= MAX_ITEMS_PER_WRITE ||
      inWindow >= MAX_ITEMS_PER_DEDUP_WINDOW ||
      (inWindow === 0 && windows.size >= MAX_DEDUP_WINDOWS_PER_WRITE);
    if (isFull) {
      parts.push([countable]);
      windows = new Map([[countable.dedupWindow, 1]]);
    } else {
      last.push(countable);
      windows.set(countable.dedupWindow, inWindow + 1);
    }
  }
  return parts;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
