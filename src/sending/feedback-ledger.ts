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
}

/** Units that are written at once: of one credential and one slot of time. */
export interface LedgerWrite {
  readonly username: string;
  readonly slot: string;
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
 * How long a slot lasts. All ids of a credential's slot share one item, which holds some 30,000 of them, and each write costs by the
 * item's size.
 */
export const SLOT_SECONDS = 60;

/**
 * As many ids as one write may ask for: a condition holds at most 300 operators and 4 KB of text.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html#limits-expression-parameters
 */
export const MAX_UNITS_PER_WRITE = 75;

/** The id of a thing that counts: the same whenever the same event comes. */
export function unitId(feedback: Pick<CountableFeedback, 'seenKey'>, unitKey: string): string {
  return createHash('sha256').update(`${feedback.seenKey}\n${unitKey}`).digest('base64url').slice(0, 11);
}

/** The slot of a mail: `yyyy-mm-ddThh:mm`, UTC. */
export function slotOf(sentAtMs: number): string {
  const slotMs = SLOT_SECONDS * 1000;
  return new Date(Math.floor(sentAtMs / slotMs) * slotMs).toISOString().slice(0, 16);
}

/**
 * The writes for many events: each thing once, in as few writes as there are credentials and slots (and parts of
 * {@link MAX_UNITS_PER_WRITE}). What is older than the oldest counter is left out.
 */
export function planLedgerWrites(entries: readonly LedgerEntry[], nowMs: number): LedgerWrite[] {
  const groups = new Map<string, { username: string; slot: string; units: Map<string, LedgerUnit> }>();
  for (const { username, feedback, sentAtMs } of entries) {
    const bucket = placeInBucket(feedback.atMs, nowMs);
    if (bucket === undefined) continue;
    const slot = slotOf(sentAtMs);
    const name = `${slot}#${username}`;
    const group = groups.get(name) ?? { username, slot, units: new Map() };
    groups.set(name, group);
    for (const unitKey of feedback.unitKeys) {
      const id = unitId(feedback, unitKey);
      if (!group.units.has(id)) group.units.set(id, { id, counter: feedback.counter, bucket });
    }
  }
  return [...groups.values()].flatMap(({ username, slot, units }) =>
    inParts([...units.values()]).map((part) => ({ username, slot, units: part })),
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

function inParts(units: readonly LedgerUnit[]): LedgerUnit[][] {
  return Array.from({ length: Math.ceil(units.length / MAX_UNITS_PER_WRITE) }, (_, index) =>
    units.slice(index * MAX_UNITS_PER_WRITE, (index + 1) * MAX_UNITS_PER_WRITE),
  );
}
