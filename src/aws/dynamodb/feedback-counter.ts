import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SesameError } from '../../credential/errors.ts';
import type { CountableItem, FeedbackCounter } from '../../mail-events/feedback-counter.ts';
import {
  type Answer,
  buildUpdates,
  type CountingWrite,
  MAX_UPDATES,
  type TransactionOptions,
  transact,
  windowsOf,
} from './feedback-transaction.ts';

/** How often a write that meets another one is tried again. */
const maxAttempts = 8;

/** All parts of a dedup window are in one transaction, and the items of a transaction hold at most 4 MB together. */
const maxParts = 12;

export interface FeedbackCounterOptions extends TransactionOptions {
  readonly sleep: (ms: number) => Promise<void>;
  /** Between 0 and 1. */
  readonly random: () => number;
}

/**
 * Counters in the table. The ids of what was counted and the counters change in one transaction, so a crash neither loses
 * a count nor doubles one. Which ids are old is learnt from the refused conditions, which needs no read.
 *
 * A dedup item that holds its share of ids is closed for good, and its window continues in the next part. Each write
 * checks all parts, so an id in any of them is not counted again.
 */
export function createFeedbackCounter(client: () => DynamoDBClient, options: FeedbackCounterOptions): FeedbackCounter {
  const { sleep, random } = options;

  async function write(first: CountingWrite): Promise<readonly CountableItem[]> {
    let current = first;
    for (let conflicts = 0; current.countables.length > 0; ) {
      const updates = buildUpdates(current, options);
      // One window never has too many updates.
      if (updates.length > MAX_UPDATES) return writeHalves(current);
      const answer = await transact(client(), updates);
      if (answer.result === 'written') return current.countables;
      if (answer.result === 'too large' && windowsOf(current).length > 1) return writeHalves(current);
      const next = findRest(current, answer);
      if (next === undefined) await waitAfterConflict(conflicts++, first.username);
      current = next ?? current;
    }
    return [];
  }

  async function waitAfterConflict(conflicts: number, username: string): Promise<void> {
    if (conflicts >= maxAttempts) {
      throw new SesameError('LedgerBusy', 'retryable', `The counters of ${username} are being written too often.`);
    }
    await sleep(2 ** conflicts * 10 * (0.5 + random()));
  }

  /** Splits between windows: the ids of one window share its parts. */
  async function writeHalves(whole: CountingWrite): Promise<readonly CountableItem[]> {
    const windows = windowsOf(whole);
    const first = new Set(windows.slice(0, Math.ceil(windows.length / 2)));
    const half = (isFirst: boolean) => ({
      ...whole,
      countables: whole.countables.filter(({ dedupWindow }) => first.has(dedupWindow) === isFirst),
    });
    const written = await write(half(true));
    return [...written, ...(await write(half(false)))];
  }

  return { write: ({ username, countables }) => write({ username, countables, parts: new Map() }) };
}

/** What is left to write. Undefined if the same must be written again: another write came between. */
function findRest(
  write: CountingWrite,
  answer: Exclude<Answer, { readonly result: 'written' }>,
): CountingWrite | undefined {
  if (answer.result === 'conflict') return undefined;
  // Sesame never makes an item too large. If somebody else has filled a part, the next one takes the ids.
  const { seen, closed } =
    answer.result === 'too large' ? { seen: new Map<string, Set<string>>(), closed: windowsOf(write) } : answer;
  const countables = write.countables.filter(({ dedupWindow, id }) => seen.get(dedupWindow)?.has(id) !== true);
  if (countables.length === write.countables.length && closed.length === 0) return undefined;
  const parts = new Map(write.parts);
  for (const window of closed) {
    const part = (parts.get(window) ?? 0) + 1;
    if (part >= maxParts) throw answer.problem;
    parts.set(window, part);
  }
  return { ...write, countables, parts };
}
