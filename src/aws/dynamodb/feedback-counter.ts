import { type DynamoDBClient, TransactionCanceledException, TransactWriteItemsCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { SesameError } from '../../credential/errors.ts';
import { counterExpiresAt, dedupExpiresAt } from '../../mail-events/counter-items.ts';
import { type FeedbackCounter, type FeedbackWrite, sumCountables } from '../../mail-events/feedback-counter.ts';
import { toAwsProblem } from '../aws-problem.ts';
import { readItem } from './read-item.ts';
import { counterKey, dedupKey } from './table-design.ts';

/** How often a write that meets another one is tried again. */
const maxAttempts = 8;

export interface FeedbackCounterOptions {
  readonly table: string;
  /** The table's TTL attribute. */
  readonly expiryAttribute: string;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly sleep: (ms: number) => Promise<void>;
  /** Between 0 and 1. */
  readonly random: () => number;
}

/**
 * Counters in the table. The ids of what was counted and the counters change in one transaction, so a crash neither loses
 * a count nor doubles one. Which ids are old is learnt from the refused conditions, which needs no read.
 *
 * When the dedup item of a window is full, further items are counted without being stored there: if messages of a flood are delivered again, some of them
 * count twice, but a flood is never counted as less than it is.
 */
export function createFeedbackCounter(client: () => DynamoDBClient, options: FeedbackCounterOptions): FeedbackCounter {
  const { now, sleep, random } = options;
  return {
    async write(write) {
      let countables = write.countables;
      let isRemembered = true;
      for (let attempts = 0; countables.length > 0; ) {
        const refusal = await transact(client(), { ...write, countables, isRemembered }, options, now());
        if (refusal.result === 'written') return countables;
        if (refusal.result === 'full' && isRemembered) {
          isRemembered = false;
          continue;
        }
        if (refusal.result === 'seen') {
          const rest = countables.filter(({ dedupWindow, id }) => refusal.ids.get(dedupWindow)?.has(id) !== true);
          // The item may have been changed again in the meantime, but never loses an id.
          if (rest.length < countables.length) {
            countables = rest;
            continue;
          }
        }
        attempts += 1;
        if (attempts > maxAttempts) {
          throw new SesameError(
            'LedgerBusy',
            'retryable',
            `The counters of ${write.username} are being written too often.`,
          );
        }
        await sleep(2 ** (attempts - 1) * 10 * (0.5 + random()));
      }
      return [];
    },
  };
}

type Transaction =
  | { readonly result: 'written' }
  /** The ids that the dedup items hold already, according to DynamoDB's answer. */
  | { readonly result: 'seen'; readonly ids: ReadonlyMap<string, ReadonlySet<string>> }
  /** A dedup item takes no more ids. */
  | { readonly result: 'full' }
  | { readonly result: 'conflict' };

async function transact(
  client: DynamoDBClient,
  { username, countables, isRemembered }: FeedbackWrite & { readonly isRemembered: boolean },
  { table, expiryAttribute }: FeedbackCounterOptions,
  nowMs: number,
): Promise<Transaction> {
  const dedupWindows = isRemembered ? [...Map.groupBy(countables, ({ dedupWindow }) => dedupWindow)] : [];
  const seen = dedupWindows.map(([dedupWindow, ofWindow]) => ({
    TableName: table,
    Key: marshall(dedupKey(username, dedupWindow)),
    UpdateExpression: 'ADD seen :ids SET #expiry = :expires',
    ConditionExpression: ofWindow.map((_, index) => `NOT contains(seen, :u${index})`).join(' AND '),
    ExpressionAttributeValues: marshall({
      ':ids': new Set(ofWindow.map(({ id }) => id)),
      ':expires': dedupExpiresAt(nowMs),
      ...Object.fromEntries(ofWindow.map(({ id }, index) => [`:u${index}`, id])),
    }),
    ExpressionAttributeNames: { '#expiry': expiryAttribute },
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD' as const,
  }));
  const counters = [...sumCountables(countables)].map(([bucket, sum]) => {
    const names = Object.keys(sum);
    return {
      TableName: table,
      Key: marshall(counterKey(username, bucket)),
      UpdateExpression: `ADD ${names.map((name) => `${name} :${name}`).join(', ')} SET #expiry = :expires`,
      ExpressionAttributeNames: { '#expiry': expiryAttribute },
      ExpressionAttributeValues: marshall({
        ...Object.fromEntries(Object.entries(sum).map(([name, count]) => [`:${name}`, count])),
        ':expires': counterExpiresAt(bucket),
      }),
    };
  });
  try {
    await client.send(
      new TransactWriteItemsCommand({ TransactItems: [...seen, ...counters].map((update) => ({ Update: update })) }),
    );
    return { result: 'written' };
  } catch (error) {
    return readRefusal(
      error,
      dedupWindows.map(([dedupWindow]) => dedupWindow),
    );
  }
}

/** https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html: one reason for each action, in order. */
function readRefusal(error: unknown, dedupWindows: readonly string[]): Transaction {
  if (error instanceof Error && error.name === 'TransactionInProgressException') return { result: 'conflict' };
  if (!(error instanceof TransactionCanceledException)) throw toAwsProblem('dynamodb:TransactWriteItems', error);
  const reasons = error.CancellationReasons ?? [];
  const ids = new Map(
    dedupWindows.flatMap((dedupWindow, index) => {
      const reason = reasons[index];
      if (reason?.Code !== 'ConditionalCheckFailed') return [];
      const seen = reason.Item === undefined ? undefined : readItem(reason.Item)['seen'];
      return [[dedupWindow, seen instanceof Set ? (seen as Set<string>) : new Set<string>()] as const];
    }),
  );
  if (ids.size > 0) return { result: 'seen', ids };
  const passing = ['TransactionConflict', 'ThrottlingError', 'ProvisionedThroughputExceeded'];
  if (reasons.some(({ Code = '' }) => passing.includes(Code))) return { result: 'conflict' };
  // The expressions themselves are always the same, so only the item's size can be refused.
  if (dedupWindows.some((_, index) => reasons[index]?.Code === 'ValidationError')) return { result: 'full' };
  throw toAwsProblem('dynamodb:TransactWriteItems', error);
}
