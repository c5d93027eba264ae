import { createHash } from 'node:crypto';
import type { CountableFeedback, CounterName } from './feedback.ts';
import { placeInBucket } from './windows.ts';

/** What one event brings to a credential's counters. */
export interface LedgerEntry {
  readonly username: string;
  readonly feedback: CountableFeedback;
  /** When the mail was sent: epoch milliseconds. The same in every event of a mail, so that duplicates meet. */
  readonly sentAtMs: number;
}

/** One thing that counts once. */
export interface LedgerUnit {
  /** 66 bits of a digest, as text. */
  readonly id: string;
  readonly counter: CounterName;
  readonly bucket: string;
  /** The second in which its mail was sent: its id is remembered there. */
  readonly slot: string;
}

/** One credential's units that are written at once. */
export interface LedgerWrite {
  readonly username: string;
  readonly units: readonly LedgerUnit[];
}

export interface FeedbackLedger {
  /**
   * Counts the units that were not counted before, all of them or none. Returns those that are new.
   *
   * @throws SesameError retryable: whether it was counted isn't known, and doesn't matter; the same write may come again
   */
  write(write: LedgerWrite): Promise<readonly LedgerUnit[]>;
}

/**
 * How long a slot lasts. All ids of a credential's slot share one item, and each write costs by the item's size. So a slot is short: the
 * cost of a flood grows with its mails and not with their square, and an item, which holds some 30,000 ids, lasts for more recipients than SES takes in a second.
 */
export const SLOT_SECONDS = 1;

/**
 * As many ids as one write may ask a slot for: a condition holds at most 300 operators and 4 KB of text.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html#limits-expression-parameters
 */
export const MAX_UNITS_PER_SLOT = 75;

/**
 * As many slots as one write may touch: a transaction holds 100 actions, and some of them are for the counters of each hour.
 * https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html
 */
export const MAX_SLOTS_PER_WRITE = 50;

/** As many ids as one write holds: it stays far below a transaction's 4 MB, and is soon done again where it meets another one. */
export const MAX_UNITS_PER_WRITE = 500;

/** The id of a thing that counts: the same whenever the same event comes. */
export function unitId(feedback: Pick<CountableFeedback, 'seenKey'>, unitKey: string): string {
  return createHash('sha256').update(`${feedback.seenKey}\n${unitKey}`).digest('base64url').slice(0, 11);
}

/** The slot of a mail: `yyyy-mm-ddThh:mm:ss`, UTC. */
export function slotOf(sentAtMs: number): string {
  const slotMs = SLOT_SECONDS * 1000;
  return new Date(Math.floor(sentAtMs / slotMs) * slotMs).toISOString().slice(0, 19);
}

/**
 * The writes for many events: each thing once, in as few writes as DynamoDB's limits allow. What is older than the oldest counter is left
 * out.
 */
export function planLedgerWrites(entries: readonly LedgerEntry[], nowMs: number): LedgerWrite[] {
  const ofUsers = new Map<string, Map<string, LedgerUnit>>();
  for (const { username, feedback, sentAtMs } of entries) {
    const bucket = placeInBucket(feedback.atMs, nowMs);
    if (bucket === undefined) continue;
    const slot = slotOf(sentAtMs);
    const units = ofUsers.get(username) ?? new Map<string, LedgerUnit>();
    ofUsers.set(username, units);
    for (const unitKey of feedback.unitKeys) {
      const id = unitId(feedback, unitKey);
      const name = `${slot}#${id}`;
      if (!units.has(name)) units.set(name, { id, counter: feedback.counter, bucket, slot });
    }
  }
  return [...ofUsers].flatMap(([username, units]) =>
    inParts([...units.values()]).map((part) => ({ username, units: part })),
  );
}

/** What a write adds to each bucket's counters. */
export function sumUnits(units: readonly LedgerUnit[]): Map<string, Partial<Record<CounterName, number>>> {
  const sums = new Map<string, Partial<Record<CounterName, number>>>();
  for (const { bucket, counter } of units) {
    const sum = sums.get(bucket) ?? {};
    sum[counter] = (sum[counter] ?? 0) + 1;
    sums.set(bucket, sum);
  }
  return sums;
}

/** The slots in order of time: a process writes them as every other one does, so that they get into each other's way less. */
function inParts(units: readonly LedgerUnit[]): LedgerUnit[][] {
  const parts: LedgerUnit[][] = [];
  let slots = new Map<string, number>();
  for (const unit of [...units].sort((a, b) => compare(a.slot, b.slot))) {
    const last = parts.at(-1);
    const inSlot = slots.get(unit.slot) ?? 0;
    const isFull =
      last === undefined ||
      last.length >= MAX_UNITS_PER_WRITE ||
      inSlot >= MAX_UNITS_PER_SLOT ||
      (inSlot === 0 && slots.size >= MAX_SLOTS_PER_WRITE);
    if (isFull) {
      parts.push([unit]);
      slots = new Map([[unit.slot, 1]]);
    } else {
      last.push(unit);
      slots.set(unit.slot, inSlot + 1);
    }
  }
  return parts;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
