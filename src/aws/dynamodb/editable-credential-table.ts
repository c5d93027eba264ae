import {
  type AttributeValue,
  ConditionalCheckFailedException,
  DeleteItemCommand,
  type DynamoDBClient,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { keyOfUsername } from '../../credential/credential-key.ts';
import type { CredentialTable, Item, WriteResult } from '../../credential/credential-table.ts';
import { SesameError } from '../../credential/errors.ts';
import { editOnRevision, removeOnRevision } from '../../credential/record/edit-on-revision.ts';
import type { GuardedValue } from '../../credential/record/revision.ts';
import { canonicalText } from '../../values/canonical-text.ts';
import { toAwsProblem } from '../aws-problem.ts';
import { createCredentialTable } from './credential-table.ts';
import { readItem } from './read-item.ts';
import { updateAndReadRecord, type WriteCondition } from './update-record.ts';

/** The credentials in the table, with what administrators' programs write. */
export function createEditableCredentialTable(client: () => DynamoDBClient, table: string): CredentialTable {
  const credentials = createCredentialTable(client, table);
  return {
    ...credentials,

    async insert(username, attributes) {
      const Item = toAttributes({ ...attributes, ...keyOfUsername(username) });
      try {
        await client().send(
          new PutItemCommand({
            TableName: table,
            Item,
            ConditionExpression: 'attribute_not_exists(PK)',
            ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
          }),
        );
        return { written: true, item: readItem(Item) };
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException)) throw toAwsProblem('dynamodb:PutItem', error);
        const there = error.Item === undefined ? undefined : readItem(error.Item);
        // The SDK repeats a call that got no answer. If it didn't repeat the call, the item is somebody else's, even if it is equal.
        const isOwn = (error.$metadata.attempts ?? 1) > 1 && there !== undefined && holdsAll(there, readItem(Item));
        return isOwn ? { written: true, item: there } : { written: false, item: there };
      }
    },

    async edit(username, change, expectedRevision) {
      toAttributes(change.set);
      return await editOnRevision(change, expectedRevision, {
        read: () => credentials.read(username),
        write: (guard) => updateAndReadRecord(client(), table, username, change, toCondition(guard)),
      });
    },

    async remove(username, expectedRevision) {
      return await removeOnRevision(expectedRevision, {
        read: () => credentials.read(username),
        write: (guard) => remove(client(), table, username, toCondition(guard)),
      });
    },
  };
}

async function remove(
  client: DynamoDBClient,
  table: string,
  username: string,
  { expression, names, values }: WriteCondition,
): Promise<WriteResult> {
  try {
    const answer = await client.send(
      new DeleteItemCommand({
        TableName: table,
        Key: marshall(keyOfUsername(username)),
        ConditionExpression: expression,
        ExpressionAttributeNames: names,
        ...(Object.keys(values).length === 0 ? {} : { ExpressionAttributeValues: marshall(values) }),
        ReturnValues: 'ALL_OLD',
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      }),
    );
    return { written: true, item: readItem(answer.Attributes ?? {}) };
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw toAwsProblem('dynamodb:DeleteItem', error);
    return { written: false, item: error.Item === undefined ? undefined : readItem(error.Item) };
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
    return marshall(item, { removeUndefinedValues: true });
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
