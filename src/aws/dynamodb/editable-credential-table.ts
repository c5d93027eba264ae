import {
  type AttributeValue,
  ConditionalCheckFailedException,
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
} from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import {
  CREDENTIAL_PK,
  CREDENTIAL_SK_PREFIX,
  fitsKey,
  keyOfUsername,
  usernameOfKey,
} from '../../credential/credential-key.ts';
import type { CredentialTable, Item, RecordChange, WriteResult } from '../../credential/credential-table.ts';
import { SesameError } from '../../credential/errors.ts';
import { editOnRevision, removeOnRevision } from '../../credential/record/edit-on-revision.ts';
import { readableAttributeNames } from '../../credential/record/readable-attributes.ts';
import type { GuardedValue } from '../../credential/record/revision.ts';
import { canonicalText } from '../../values/canonical-text.ts';
import { toAwsProblem } from '../aws-problem.ts';
import { readItem } from './read-item.ts';
import { marshallOptions, updateRecord, type WriteCondition } from './update-record.ts';

/** The credentials, as people and their programs may read and write them. */
export type EditableCredentialTable = Pick<CredentialTable, 'read' | 'list' | 'insert' | 'edit' | 'remove'>;

/**
 * The credentials in the table, for administrators' programs. Their roles may read only attributes without a password, and only if the
 * call names them; and no write may return the record. So nothing here asks for more.
 */
export function createEditableCredentialTable(client: () => DynamoDBClient, table: string): EditableCredentialTable {
  const key = (username: string) => marshall(keyOfUsername(username));
  /** Whether the caller may read `previous_key`: only the role of the API's function and administrators of the account may. */
  let seesPreviousKey = true;

  /** Names the attributes. If the role may not read `previous_key`, all later calls leave it out. */
  async function projected<Answer>(
    action: string,
    send: (projection: ReturnType<typeof projectionOf>) => Promise<Answer>,
  ): Promise<Answer> {
    const isTrial = seesPreviousKey;
    try {
      return await send(projectionOf(isTrial ? withPreviousKey : readableAttributeNames));
    } catch (error) {
      const problem = toAwsProblem(action, error);
      if (!isTrial || !/AccessDenied/.test(problem.code)) throw problem;
      const answer = await send(projectionOf(readableAttributeNames)).catch((again: unknown) => {
        throw toAwsProblem(action, again);
      });
      seesPreviousKey = false;
      return answer;
    }
  }

  async function read(username: string): Promise<Item | undefined> {
    if (!fitsKey(username)) return undefined;
    const { Item } = await projected('dynamodb:GetItem', (projection) =>
      client().send(new GetItemCommand({ TableName: table, Key: key(username), ConsistentRead: true, ...projection })),
    );
    return Item === undefined ? undefined : readItem(Item);
  }

  return {
    read,

    async *list({ after } = {}) {
      let from = after === undefined ? undefined : key(after);
      do {
        const { Items = [], LastEvaluatedKey } = await projected('dynamodb:Query', (projection) =>
          client().send(
            new QueryCommand({
              TableName: table,
              KeyConditionExpression: 'PK = :pk AND begins_with(SK, :prefix)',
              ExpressionAttributeValues: marshall({ ':pk': CREDENTIAL_PK, ':prefix': CREDENTIAL_SK_PREFIX }),
              ConsistentRead: true,
              Select: 'SPECIFIC_ATTRIBUTES',
              ExclusiveStartKey: from,
              ...projection,
            }),
          ),
        );
        yield Items.map((attributes) => {
          const item = readItem(attributes);
          return { username: usernameOfKey({ PK: item['PK'], SK: item['SK'] }) ?? '', item };
        });
        from = LastEvaluatedKey;
      } while (from !== undefined);
    },

    async insert(username, attributes) {
      const Item = toAttributes({ ...attributes, ...keyOfUsername(username) });
      try {
        await client().send(
          new PutItemCommand({
            TableName: table,
            Item,
            ConditionExpression: 'attribute_not_exists(PK)',
          }),
        );
        return { written: true, item: readItem(Item) };
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException)) throw toAwsProblem('dynamodb:PutItem', error);
        const there = await read(username);
        // The SDK repeats a call that got no answer. If it didn't repeat the call, the item is somebody else's, even if it is equal.
        const isOwn = (error.$metadata.attempts ?? 1) > 1 && there !== undefined && holdsAll(there, readItem(Item));
        return isOwn ? { written: true, item: there } : { written: false, item: there };
      }
    },

    async edit(username, change, expectedRevision) {
      toAttributes(change.set);
      return await editOnRevision(change, expectedRevision, {
        read: () => read(username),
        async write(guard, item) {
          const condition = toCondition(guard);
          const result = await updateRecord(client(), table, username, change, condition, 'NONE');
          return result.written ? { written: true, item: withChange(item, change) } : refused(await read(username));
        },
      });
    },

    async remove(username, expectedRevision) {
      return await removeOnRevision(expectedRevision, {
        read: () => read(username),
        async write(guard, item) {
          const isRemoved = await remove(client(), table, username, toCondition(guard));
          return isRemoved ? { written: true, item } : refused(await read(username));
        },
      });
    },
  };
}

const withPreviousKey = [...readableAttributeNames, 'previous_key'];

/** `#a0` and so on, because some names are reserved words. */
function projectionOf(names: readonly string[]) {
  return {
    ProjectionExpression: names.map((_, index) => `#a${index}`).join(', '),
    ExpressionAttributeNames: Object.fromEntries(names.map((name, index) => [`#a${index}`, name])),
  };
}

/** The record after a change, without reading it again. The system may have written to other attributes. */
function withChange(item: Item, { set, remove: removed }: RecordChange): Item {
  const kept = Object.entries(item).filter(([name]) => !removed.includes(name));
  return { ...Object.fromEntries(kept), ...readItem(toAttributes(set)) };
}

function refused(item: Item | undefined): WriteResult {
  return { written: false, item };
}

async function remove(
  client: DynamoDBClient,
  table: string,
  username: string,
  { expression, names, values }: WriteCondition,
): Promise<boolean> {
  try {
    await client.send(
      new DeleteItemCommand({
        TableName: table,
        Key: marshall(keyOfUsername(username)),
        ConditionExpression: expression,
        ExpressionAttributeNames: names,
        ...(Object.keys(values).length === 0 ? {} : { ExpressionAttributeValues: toAttributes(values) }),
      }),
    );
    return true;
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw toAwsProblem('dynamodb:DeleteItem', error);
    return false;
  }
}

/** The exact values that were read, or none where there were none. An item that is gone meets no such condition. */
function toCondition(guard: readonly GuardedValue[]): WriteCondition {
  const names: Record<string, string> = { '#pk': 'PK' };
  const values: Record<string, unknown> = {};
  const parts = guard.map(({ path, value }, index) => {
    const place = path.map((name, depth) => {
      names[`#g${index}d${depth}`] = name;
      return `#g${index}d${depth}`;
    });
    if (value === undefined) return `attribute_not_exists(${place.join('.')})`;
    values[`:g${index}`] = value;
    return `${place.join('.')} = :g${index}`;
  });
  return { expression: ['attribute_exists(#pk)', ...parts].join(' AND '), names, values };
}

/** @throws SesameError permanent for what the table has no type for, an empty set for one */
function toAttributes(item: Item): Record<string, AttributeValue> {
  try {
    return marshall(item, marshallOptions);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new SesameError('ValueNotStorable', 'permanent', `DynamoDB does not take a value of the record: ${reason}`);
  }
}

function holdsAll(there: Item, wanted: Item): boolean {
  return Object.entries(wanted).every(
    ([name, value]) => name === 'status' || canonicalText(there[name]) === canonicalText(value),
  );
}
