import { type DynamoDBClient, TransactionCanceledException, TransactWriteItemsCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { SesameError } from '../credential/errors.ts';
import { counterExpiresAt, counterKey, seenExpiresAt } from '../sending/counter-items.ts';
import { type FeedbackLedger, type LedgerWrite, sumUnits } from '../sending/feedback-ledger.ts';
import { toAwsProblem } from './aws-problem.ts';
import { readItem } from './dynamodb.ts';

/** How often a write that meets another one is tried again. */
const maxTries = 8;

export interface FeedbackLedgerOptions {
  readonly table: string;
  /** What the table's TTL looks at. */
  readonly expiryAttribute: string;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly sleep: (ms: number) => Promise<void>;
  /** Between 0 and 1. */
  readonly random: () => number;
}

/**
 * Counters in the table. The ids of what was counted and the counters change in one transaction, so a crash neither loses
 * a count nor doubles one. Which ids are old is learnt from the refused condition, which needs no read.
 */
export function createFeedbackLedger(client: () => DynamoDBClient, options: FeedbackLedgerOptions): FeedbackLedger {
  const { now, sleep, random } = options;
  return {
    async write(write) {
      let units = write.units;
      for (let tries = 0; units.length > 0; tries += 1) {
        const refusal = await transact(client(), { ...write, units }, options, now());
        if (refusal.result === 'written') return units;
        if (refusal.result === 'seen') {
          const rest = units.filter(({ id }) => !refusal.ids.has(id));
          // The item may have been changed again in the meantime, but never loses an id.
          if (rest.length < units.length) {
            units = rest;
            continue;
          }
        }
        if (tries >= maxTries) {
          throw new SesameError(
            'LedgerBusy',
            'retryable',
            `The counters of ${write.username} are being written too often.`,
          );
        }
        await sleep(2 ** tries * 10 * (0.5 + random()));
      }
      return [];
    },
  };
}

type Transaction =
  | { readonly result: 'written' }
  | { readonly result: 'seen'; readonly ids: ReadonlySet<string> }
  | { readonly result: 'conflict' };

async function transact(
  client: DynamoDBClient,
  { username, slot, units }: LedgerWrite,
  { table, expiryAttribute }: FeedbackLedgerOptions,
  nowMs: number,
): Promise<Transaction> {
  const seen = {
    TableName: table,
    Key: marshall({ PK: `SESAME#SEEN#${username}`, SK: slot }),
    UpdateExpression: 'ADD seen :ids SET #expiry = :expires',
    ConditionExpression: units.map((_, index) => `NOT contains(seen, :u${index})`).join(' AND '),
    ExpressionAttributeValues: marshall({
      ':ids': new Set(units.map(({ id }) => id)),
      ':expires': seenExpiresAt(nowMs),
      ...Object.fromEntries(units.map(({ id }, index) => [`:u${index}`, id])),
    }),
    ExpressionAttributeNames: { '#expiry': expiryAttribute },
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD' as const,
  };
  const counters = [...sumUnits(units)].map(([bucket, sum]) => {
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
      new TransactWriteItemsCommand({ TransactItems: [seen, ...counters].map((update) => ({ Update: update })) }),
    );
    return { result: 'written' };
  } catch (error) {
    return readRefusal(error);
  }
}

/** https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html */
function readRefusal(error: unknown): Transaction {
  if (error instanceof Error && error.name === 'TransactionInProgressException') return { result: 'conflict' };
  if (!(error instanceof TransactionCanceledException)) throw toAwsProblem('dynamodb:TransactWriteItems', error);
  const [first] = error.CancellationReasons ?? [];
  if (first?.Code === 'ConditionalCheckFailed') {
    const ids = first.Item === undefined ? undefined : readItem(first.Item)['seen'];
    return { result: 'seen', ids: ids instanceof Set ? (ids as Set<string>) : new Set() };
  }
  const passing = ['TransactionConflict', 'ThrottlingError', 'ProvisionedThroughputExceeded'];
  if (error.CancellationReasons?.some(({ Code = '' }) => passing.includes(Code))) return { result: 'conflict' };
  throw toAwsProblem('dynamodb:TransactWriteItems', error);
}
