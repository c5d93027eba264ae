import { BatchGetItemCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import type { Item } from '../../credential/credential-table.ts';
import { SesameError } from '../../credential/errors.ts';
import { toAwsProblem } from '../aws-problem.ts';
import { readItem } from './read-item.ts';
import type { ItemKey } from './table-design.ts';

/** All that one BatchGetItem takes. */
const maxKeys = 100;

/** How often in a row DynamoDB may answer without one item. The pauses between them are 3 s together on average. */
const maxEmptyAnswers = 6;
const firstPauseMs = 50;

/** How a reader waits for its turn. */
export interface BatchGetPauses {
  readonly sleep: (ms: number) => Promise<void>;
  /** Between 0 and 1. */
  readonly random: () => number;
}

/**
 * Reads many items by their keys, which must be distinct. What isn't there is left out. DynamoDB may leave keys unprocessed, when it
 * throttles or when an answer would grow beyond 16 MB: they are asked for again, after a pause that doubles while nothing comes.
 * https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html
 *
 * @throws SesameError retryable `BatchGetUnprocessed` when nothing comes for too long
 */
export async function batchGet(
  client: DynamoDBClient,
  request: { readonly table: string; readonly keys: readonly ItemKey[]; readonly isConsistent?: boolean },
  { sleep, random }: BatchGetPauses,
): Promise<Item[]> {
  const { table, keys, isConsistent = false } = request;
  const items: Item[] = [];
  let wanted = keys.map((key) => marshall(key));
  let emptyAnswers = 0;
  while (wanted.length > 0) {
    const ofTable = { Keys: wanted.slice(0, maxKeys), ...(isConsistent ? { ConsistentRead: true } : {}) };
    const answer = await client
      .send(new BatchGetItemCommand({ RequestItems: { [table]: ofTable } }))
      .catch((error: unknown) => {
        throw toAwsProblem('dynamodb:BatchGetItem', error);
      });
    items.push(...(answer.Responses?.[table] ?? []).map(readItem));
    const unprocessed = answer.UnprocessedKeys?.[table]?.Keys ?? [];
    wanted = [...unprocessed, ...wanted.slice(maxKeys)];
    if (unprocessed.length === 0) continue;
    emptyAnswers = unprocessed.length < ofTable.Keys.length ? 0 : emptyAnswers + 1;
    if (emptyAnswers > maxEmptyAnswers) throw unprocessedKeys(unprocessed.length);
    await sleep(firstPauseMs * 2 ** emptyAnswers * (0.5 + random()));
  }
  return items;
}

function unprocessedKeys(count: number): SesameError {
  const message =
    `dynamodb:BatchGetItem left ${count} keys unprocessed, again and again. If that lasts, raise the capacity of the table, ` +
    'or make it on-demand. Sesame tries it again automatically.';
  return new SesameError('BatchGetUnprocessed', 'retryable', message);
}
