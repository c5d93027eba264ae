import {
  type AttributeValue,
  BatchGetItemCommand,
  ConditionalCheckFailedException,
  DynamoDBClient,
  GetItemCommand,
  QueryCommand,
  type QueryCommandOutput,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { marshall, NumberValueImpl as NumberValue, unmarshall } from '@aws-sdk/util-dynamodb';
import { CREDENTIAL_PK, CREDENTIAL_SK_PREFIX, keyOfUsername, usernameOfKey } from '../../credential/credential-key.ts';
import type { CredentialTable, Item, RecordChange, WriteResult } from '../../credential/credential-table.ts';
import type { ReceivingRule, ReceivingRules } from '../../credential/record/receiving-rules.ts';
import { toAwsProblem } from '../aws-problem.ts';
import { clientSettings } from '../client-settings.ts';

const reservedNames = { '#pk': 'PK', '#claim': 'claim', '#status': 'status', '#by': 'by' };

export function createDynamoDbClient(): DynamoDBClient {
  return new DynamoDBClient(clientSettings);
}

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
      let start: QueryCommandOutput['LastEvaluatedKey'];
      do {
        const page: QueryCommandOutput = await client()
          .send(
            new QueryCommand({
              TableName: tableName,
              KeyConditionExpression: 'PK = :pk AND begins_with(SK, :prefix)',
              ExpressionAttributeValues: marshall({ ':pk': CREDENTIAL_PK, ':prefix': CREDENTIAL_SK_PREFIX }),
              ConsistentRead: true,
              ...(start === undefined ? {} : { ExclusiveStartKey: start }),
            }),
          )
          .catch((error: unknown) => {
            throw toAwsProblem('dynamodb:Query', error);
          });
        yield (page.Items ?? []).map(readItem).map((item) => ({
          username: usernameOfKey({ PK: item['PK'], SK: item['SK'] }) ?? '',
          item,
        }));
        start = page.LastEvaluatedKey;
      } while (start !== undefined);
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

/** The rules of the mail-receiving system in the same table. Read only. */
export function createReceivingRules(client: () => DynamoDBClient, tableName: string): ReceivingRules {
  return {
    async findRules(keys) {
      const found = new Map<string, ReceivingRule>();
      let wanted = keys.map((key) => marshall(key));
      while (wanted.length > 0) {
        const batch = wanted.slice(0, 100); // All that one BatchGetItem takes.
        const answer = await client()
          .send(new BatchGetItemCommand({ RequestItems: { [tableName]: { Keys: batch, ConsistentRead: true } } }))
          .catch((error: unknown) => {
            throw toAwsProblem('dynamodb:BatchGetItem', error);
          });
        for (const raw of answer.Responses?.[tableName] ?? []) {
          const rule = unmarshall(raw);
          found.set(String(rule['PK']), {
            enabled: rule['enabled'] !== false, // A rule without the attribute is in force there.
            action: typeof rule['action'] === 'string' ? rule['action'] : undefined,
          });
        }
        wanted = [...(answer.UnprocessedKeys?.[tableName]?.Keys ?? []), ...wanted.slice(100)];
      }
      return found;
    },
  };
}

/**
 * A number that JavaScript can't hold exactly. It goes back into a condition as the number that it is, and is text wherever it is shown.
 */
class LongNumber extends NumberValue {
  toJSON(): string {
    return this.toString();
  }
}

/** An item as plain values, but for numbers that JavaScript can't hold. */
export function readItem(attributes: Record<string, AttributeValue>): Item {
  return unmarshall(attributes, {
    wrapNumbers: (text) => {
      const number = Number(text);
      const isExact = String(number) === text && (Number.isSafeInteger(number) || !Number.isInteger(number));
      return isExact ? number : new LongNumber(text);
    },
  });
}

function onlyUsed(names: Record<string, string>, expressions: string): Record<string, string> {
  const used = new Set(expressions.match(/#\w+/g) ?? []);
  return Object.fromEntries(Object.entries(names).filter(([name]) => used.has(name)));
}
