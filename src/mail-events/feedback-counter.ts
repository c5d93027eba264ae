import { createHash } from 'node:crypto';
import type { CountableFeedback, CounterName } from './feedback.ts';
import { placeInBucket } from './windows.ts';

/** What one event brings to a credential's counters. */
export interface FeedbackEntry {
  readonly username: string;
  readonly feedback: CountableFeedback;
  /** When the mail was sent: epoch milliseconds. The same in every event of a mail, so that duplicates meet. */
  readonly sentAtMs: number;
}

/** One thing that counts once. */
export interface CountableItem {
  /** 66 bits of a digest, as text. */
  readonly id: string;
  readonly counter: CounterName;
  readonly bucket: string;
  /** The second in which its mail was sent: its id is remembered there. */
  readonly dedupWindow: string;
}

/** One credential's units that are written at once. */
export interface FeedbackWrite {
  readonly username: string;
  readonly countables: readonly CountableItem[];
}

export interface FeedbackCounter {
  /**
   * Counts the units that were not counted before, all of them or none. Returns those that are new.
   *
   * @throws SesameError retryable: whether it was counted isn't known, and doesn't matter; the same write may come again
   */
  write(write: FeedbackWrite): Promise<readonly CountableItem[]>;
}

/**
 * How long a slot lasts. All ids of a credential's slot share one item, and each write costs by the item's size. So a slot is short: the
 * cost of a flood grows with its mails and not with their square, and an item, which holds some 30,000 ids, lasts for more recipients than SES takes in a second.
 */
export const DEDUP_WINDOW_SECONDS = 1;

/**
 * As many ids as one write may ask a slot for: a condition holds at most 300 operators and 4 KB of text.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html#limits-expression-parameters
 */
export const MAX_ITEMS_PER_DEDUP_WINDOW = 75;

/**
 * As many slots as one write may touch: a transaction holds 100 actions, and some of them are for the counters of each hour.
 * https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html
 */
export const MAX_DEDUP_WINDOWS_PER_WRITE = 50;

/** As many ids as one write holds: it stays far below a transaction's 4 MB, and is soon done again where it meets another one. */
export const MAX_ITEMS_PER_WRITE = 500;

/** The id of a thing that counts: the same whenever the same event comes. */
export function countableId(feedback: Pick<CountableFeedback, 'dedupKey'>, countableKey: string): string {
  return createHash('sha256').update(`${feedback.dedupKey}\n${countableKey}`).digest('base64url').slice(0, 11);
}

/** The slot of a mail: `yyyy-mm-ddThh:mm:ss`, UTC. */
export function dedupWindowOf(sentAtMs: number): string {
  const windowMs = DEDUP_WINDOW_SECONDS * 1000;
  return new Date(Math.floor(sentAtMs / windowMs) * windowMs).toISOString().slice(0, 19);
}

/**
 * The writes for many events: each thing once, in as few writes as DynamoDB's limits allow. What is older than the oldest counter is left
 * out.
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

/** What a write adds to each bucket's counters. */
export function sumCountables(countables: readonly CountableItem[]): Map<string, Partial<Record<CounterName, number>>> {
  const sums = new Map<string, Partial<Record<CounterName, number>>>();
  for (const { bucket, counter } of countables) {
    const sum = sums.get(bucket) ?? {};
    sum[counter] = (sum[counter] ?? 0) + 1;
    sums.set(bucket, sum);
  }
  return sums;
}

/** The slots in order of time: a process writes them as every other one does, so that they get into each other's way less. */
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
