import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { CREDENTIAL_PK, CREDENTIAL_SK_PREFIX, keyOfUsername, usernameOfKey } from '../../credential/credential-key.ts';
import type { CredentialTable, RecordChange, WriteResult } from '../../credential/credential-table.ts';
import { toAwsProblem } from '../aws-problem.ts';
import { queryItems } from './query-items.ts';
import { readItem } from './read-item.ts';

const reservedNames = { '#pk': 'PK', '#claim': 'claim', '#status': 'status', '#by': 'by' };

/** The credentials in the table, over DynamoDB. */
export function createCredentialTable(client: () => DynamoDBClient, tableName: string): CredentialTable {
  async function update(
    username: string,
    change: RecordChange,
    condition: string,
    conditionValues: Readonly<Record<string, unknown>>,
    conditionNames: Readonly<Record<string, string>> = {},
  ): Promise<WriteResult> {
    const names: Record<string, string> = { ...reservedNames, ...conditionNames };
    const values: Record<string, unknown> = { ...conditionValues };
    const sets = Object.entries(change.set).map(([name, value], index) => {
      names[`#s${index}`] = name;
      values[`:s${index}`] = value;
      return `#s${index} = :s${index}`;
    });
    const removes = change.remove.map((name, index) => {
      names[`#r${index}`] = name;
      return `#r${index}`;
    });
    const expression = [
      ...(sets.length === 0 ? [] : [`SET ${sets.join(', ')}`]),
      ...(removes.length === 0 ? [] : [`REMOVE ${removes.join(', ')}`]),
    ].join(' ');
    try {
      const answer = await client().send(
        new UpdateItemCommand({
          TableName: tableName,
          Key: marshall(keyOfUsername(username)),
          UpdateExpression: expression,
          ConditionExpression: condition,
          ExpressionAttributeNames: onlyUsed(names, `${expression} ${condition}`),
          ...(Object.keys(values).length === 0
            ? {}
            : { ExpressionAttributeValues: marshall(values, { removeUndefinedValues: true }) }),
          ReturnValues: 'ALL_NEW',
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        }),
      );
      return { written: true, item: readItem(answer.Attributes ?? {}) };
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw toAwsProblem('dynamodb:UpdateItem', error);
      return { written: false, item: error.Item === undefined ? undefined : readItem(error.Item) };
    }
  }

  return {
    async read(username) {
      const answer = await client()
        .send(
          new GetItemCommand({ TableName: tableName, Key: marshall(keyOfUsername(username)), ConsistentRead: true }),
        )
        .catch((error: unknown) => {
          throw toAwsProblem('dynamodb:GetItem', error);
        });
      return answer.Item === undefined ? undefined : readItem(answer.Item);
    },

    async *list() {
      const query = {
        TableName: tableName,
        KeyConditionExpression: 'PK = :pk AND begins_with(SK, :prefix)',
        ExpressionAttributeValues: marshall({ ':pk': CREDENTIAL_PK, ':prefix': CREDENTIAL_SK_PREFIX }),
        ConsistentRead: true,
      };
      for await (const items of queryItems(client(), query)) {
        yield items.map((item) => ({
          username: usernameOfKey({ PK: item['PK'], SK: item['SK'] }) ?? '',
          item,
        }));
      }
    },

    updateUnclaimed(username, change, condition) {
      const entries = Object.entries(condition);
      const expression = entries.map((_, index) => `#c${index} = :c${index}`).join(' AND ');
      return update(
        username,
        change,
        ['attribute_exists(#pk)', expression].filter((part) => part !== '').join(' AND '),
        Object.fromEntries(entries.map(([, value], index) => [`:c${index}`, value])),
        Object.fromEntries(entries.map(([name], index) => [`#c${index}`, name])),
      );
    },

    claim: (username, claim) =>
      update(username, { set: { claim }, remove: [] }, 'attribute_exists(#pk) AND attribute_not_exists(#claim)', {}),
    takeClaim: (username, claim, previous) =>
      update(username, { set: { claim }, remove: [] }, '#claim = :previous', { ':previous': previous }),
    write: (username, change, held) =>
      held.status === undefined
        ? update(username, change, '#claim.#by = :by AND attribute_not_exists(#status)', { ':by': held.by })
        : update(username, change, '#claim.#by = :by AND #status = :status', {
            ':by': held.by,
            ':status': held.status,
          }),
  };
}

function onlyUsed(names: Record<string, string>, expressions: string): Record<string, string> {
  const used = new Set(expressions.match(/#\w+/g) ?? []);
  return Object.fromEntries(Object.entries(names).filter(([name]) => used.has(name)));
}
