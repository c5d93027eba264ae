import {
  type DynamoDBClient,
  TransactionCanceledException,
  TransactWriteItemsCommand,
  type Update,
} from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import type { SesameError } from '../../credential/errors.ts';
import { counterExpiresAt, dedupExpiresAt } from '../../mail-events/counter-items.ts';
import { type CountableItem, sumCountables } from '../../mail-events/feedback-counter.ts';
import { toAwsProblem } from '../aws-problem.ts';
import { readItem } from './read-item.ts';
import { counterKey, dedupKey } from './table-design.ts';

/** https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html */
export const MAX_UPDATES = 100;

/** How many ids close a dedup item. They take about 300 of an item's 400 KB, and the last write adds some more. */
const MAX_IDS_PER_ITEM = 25_000;

export interface TransactionOptions {
  readonly table: string;
  /** The table's TTL attribute. */
  readonly expiryAttribute: string;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Default: as many as fit. */
  readonly maxIdsPerItem?: number;
}

/** The countables of one transaction, and the part of each dedup window that takes their ids: 0, unless it is named. */
export interface CountingWrite {
  readonly username: string;
  readonly countables: readonly CountableItem[];
  readonly parts: ReadonlyMap<string, number>;
}

/** One update of a transaction. */
export interface CountingUpdate {
  readonly update: Update;
  /** Undefined for the update of a counter. */
  readonly dedupWindow?: string;
  /** How many ids close the item. Undefined: it is closed, so ids are only looked for. */
  readonly closedAt?: number;
}

export function windowsOf({ countables }: Pick<CountingWrite, 'countables'>): string[] {
  return [...new Set(countables.map(({ dedupWindow }) => dedupWindow))];
}

export function buildUpdates(write: CountingWrite, options: TransactionOptions): CountingUpdate[] {
  const { maxIdsPerItem = MAX_IDS_PER_ITEM } = options;
  const dedup = [...Map.groupBy(write.countables, ({ dedupWindow }) => dedupWindow)].flatMap(([dedupWindow, items]) => {
    const last = write.parts.get(dedupWindow) ?? 0;
    const ids = items.map(({ id }) => id);
    return Array.from({ length: last + 1 }, (_, part): CountingUpdate => {
      const Key = marshall(dedupKey(write.username, dedupWindow, part));
      if (part < last) return { dedupWindow, update: { Key, ...findIds(ids, options) } };
      return { dedupWindow, closedAt: maxIdsPerItem, update: { Key, ...addIds(ids, maxIdsPerItem, options) } };
    });
  });
  const counters = [...sumCountables(write.countables)].map(([bucket, sum]): CountingUpdate => {
    const names = Object.keys(sum);
    return {
      update: {
        TableName: options.table,
        Key: marshall(counterKey(write.username, bucket)),
        UpdateExpression: `ADD ${names.map((name) => `${name} :${name}`).join(', ')} SET #expiry = :expires`,
        ExpressionAttributeNames: { '#expiry': options.expiryAttribute },
        ExpressionAttributeValues: marshall({
          ...Object.fromEntries(Object.entries(sum).map(([name, count]) => [`:${name}`, count])),
          ':expires': counterExpiresAt(bucket),
        }),
      },
    };
  });
  return [...dedup, ...counters];
}

/** Refused if a closed item holds one of the ids. It gets a new expiry, so that it lives as long as the parts after it. */
function findIds(ids: readonly string[], { table, expiryAttribute, now }: TransactionOptions): Omit<Update, 'Key'> {
  return {
    TableName: table,
    UpdateExpression: 'SET #expiry = :expires',
    ConditionExpression: ids.map((_, index) => `NOT contains(seen, :u${index})`).join(' AND '),
    ExpressionAttributeNames: { '#expiry': expiryAttribute },
    ExpressionAttributeValues: marshall({
      ':expires': dedupExpiresAt(now()),
      ...Object.fromEntries(ids.map((id, index) => [`:u${index}`, id])),
    }),
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
  };
}

/** Refused if the item holds one of the ids, or is closed. */
function addIds(ids: readonly string[], closedAt: number, options: TransactionOptions): Omit<Update, 'Key'> {
  const find = findIds(ids, options);
  return {
    ...find,
    UpdateExpression: `ADD seen :ids ${find.UpdateExpression}`,
    ConditionExpression: `(attribute_not_exists(seen) OR size(seen) < :closed) AND ${find.ConditionExpression}`,
    ExpressionAttributeValues: {
      ...find.ExpressionAttributeValues,
      ...marshall({ ':ids': new Set(ids), ':closed': closedAt }),
    },
  };
}

export type Refusal =
  /** The ids that dedup items hold already, and the windows whose last part is closed, according to DynamoDB's answer. */
  | {
      readonly result: 'refused';
      readonly seen: ReadonlyMap<string, ReadonlySet<string>>;
      readonly closed: readonly string[];
      readonly problem: SesameError;
    }
  /** A dedup item, or all items together, would be larger than DynamoDB allows. */
  | { readonly result: 'too large'; readonly problem: SesameError };

export type Answer = { readonly result: 'written' } | { readonly result: 'conflict' } | Refusal;

export async function transact(client: DynamoDBClient, updates: readonly CountingUpdate[]): Promise<Answer> {
  try {
    await client.send(
      new TransactWriteItemsCommand({ TransactItems: updates.map(({ update: Update }) => ({ Update })) }),
    );
    return { result: 'written' };
  } catch (error) {
    return readRefusal(error, updates);
  }
}

/** There is one reason for each update, in order. */
function readRefusal(error: unknown, updates: readonly CountingUpdate[]): Answer {
  if (error instanceof Error && error.name === 'TransactionInProgressException') return { result: 'conflict' };
  const problem = toAwsProblem('dynamodb:TransactWriteItems', error);
  if (!(error instanceof TransactionCanceledException)) throw problem;
  const reasons = updates.map((update, index) => ({ ...update, reason: error.CancellationReasons?.[index] }));
  const seen = new Map<string, Set<string>>();
  const closed: string[] = [];
  for (const { dedupWindow, closedAt, reason } of reasons) {
    if (dedupWindow === undefined || reason?.Code !== 'ConditionalCheckFailed') continue;
    const ids = reason.Item === undefined ? undefined : readItem(reason.Item)['seen'];
    const known: Set<string> = ids instanceof Set ? ids : new Set();
    seen.set(dedupWindow, new Set([...known, ...(seen.get(dedupWindow) ?? [])]));
    if (closedAt !== undefined && known.size >= closedAt) closed.push(dedupWindow);
  }
  if (seen.size > 0) return { result: 'refused', seen, closed, problem };
  const passing = ['TransactionConflict', 'ThrottlingError', 'ProvisionedThroughputExceeded'];
  if (reasons.some(({ reason }) => passing.includes(reason?.Code ?? ''))) return { result: 'conflict' };
  // The expressions themselves are always the same, so only the size can be refused.
  const isTooLarge = reasons.some(
    ({ dedupWindow, reason }) => dedupWindow !== undefined && reason?.Code === 'ValidationError',
  );
  if (isTooLarge) return { result: 'too large', problem };
  throw problem;
}
