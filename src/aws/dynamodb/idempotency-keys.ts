import { createHash } from 'node:crypto';
import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import type { Item } from '../../credential/credential-table.ts';
import { type IdempotencyKeys, KEY_LEASE_MS, KEY_LIFETIME_MS } from '../../credential/idempotency-keys.ts';
import { toAwsProblem } from '../aws-problem.ts';
import { readItem } from './read-item.ts';
import { idempotencyKey } from './table-design.ts';

export interface IdempotencyOptions {
  readonly table: string;
  /** The table's TTL attribute, which cleans up. Undefined if it has none. */
  readonly expiryAttribute?: string | undefined;
  readonly now: () => number;
}

/** Keys are stored as digests: what a client chose may be long, and is nobody else's business. */
export function createIdempotencyKeys(
  client: () => DynamoDBClient,
  { table, expiryAttribute, now }: IdempotencyOptions,
): IdempotencyKeys {
  const keyOf = (key: string) => marshall(idempotencyKey(createHash('sha256').update(key).digest('hex')));

  /** Writes if these attributes of the item still have these values; undefined: if there is no item. */
  async function write(key: string, set: Item, before: Item | undefined, remove: readonly string[] = []) {
    const guards = Object.entries(before ?? {});
    const entries = Object.entries(set);
    const names = {
      ...Object.fromEntries(entries.map(([name], index) => [`#s${index}`, name])),
      ...Object.fromEntries(remove.map((name, index) => [`#r${index}`, name])),
      ...(before === undefined ? { '#pk': 'PK' } : {}),
      ...Object.fromEntries(guards.map(([name], index) => [`#g${index}`, name])),
    };
    const values = {
      ...Object.fromEntries(entries.map(([, value], index) => [`:s${index}`, value])),
      ...Object.fromEntries(guards.map(([, value], index) => [`:g${index}`, value])),
    };
    const assignments = entries.map((_, index) => `#s${index} = :s${index}`).join(', ');
    const removal = remove.length === 0 ? '' : ` REMOVE ${remove.map((_, index) => `#r${index}`).join(', ')}`;
    try {
      await client().send(
        new UpdateItemCommand({
          TableName: table,
          Key: keyOf(key),
          UpdateExpression: `SET ${assignments}${removal}`,
          ConditionExpression:
            before === undefined
              ? 'attribute_not_exists(#pk)'
              : guards.map((_, index) => `#g${index} = :g${index}`).join(' AND '),
          ExpressionAttributeNames: names,
          ExpressionAttributeValues: marshall(values),
        }),
      );
      return true;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return false;
      throw toAwsProblem('dynamodb:UpdateItem', error);
    }
  }

  async function read(key: string): Promise<Item | undefined> {
    const command = new GetItemCommand({ TableName: table, Key: keyOf(key), ConsistentRead: true });
    const { Item } = await client()
      .send(command)
      .catch((error: unknown) => {
        throw toAwsProblem('dynamodb:GetItem', error);
      });
    return Item === undefined ? undefined : readItem(Item);
  }

  const expiryOf = (startedAtMs: number): Item =>
    expiryAttribute === undefined ? {} : { [expiryAttribute]: Math.ceil((startedAtMs + KEY_LIFETIME_MS) / 1000) };

  return {
    async begin(key, requestDigest) {
      const nowMs = now();
      const fresh = {
        request_digest: requestDigest,
        started_at: nowMs,
        leased_until: nowMs + KEY_LEASE_MS,
        ...expiryOf(nowMs),
      };
      if (await write(key, fresh, undefined)) return { state: 'mine', startedAtMs: nowMs, isRepeat: false };
      const item = await read(key);
      const startedAtMs = Number(item?.['started_at'] ?? 0);
      if (item === undefined || startedAtMs + KEY_LIFETIME_MS <= nowMs) {
        const isMine = await write(key, fresh, item && leaseOf(item), ['answer_status', 'answer_body']);
        return isMine ? { state: 'mine', startedAtMs: nowMs, isRepeat: false } : { state: 'running' };
      }
      if (item['request_digest'] !== requestDigest) return { state: 'other-request' };
      const { answer_status: status, answer_body: body } = item;
      if (typeof status === 'number' && typeof body === 'string') return { state: 'done', answer: { status, body } };
      if (Number(item['leased_until'] ?? 0) > nowMs) return { state: 'running' };
      const isMine = await write(key, { leased_until: nowMs + KEY_LEASE_MS }, leaseOf(item));
      return isMine ? { state: 'mine', startedAtMs, isRepeat: true } : { state: 'running' };
    },

    async finish(key, startedAtMs, { status, body }) {
      await write(key, { answer_status: status, answer_body: body }, { started_at: startedAtMs });
    },

    async release(key, startedAtMs) {
      await write(key, { leased_until: 0 }, { started_at: startedAtMs });
    },
  };
}

/** What changes when an attempt begins. */
function leaseOf({ started_at, leased_until }: Item): Item {
  return { started_at, leased_until };
}
