import { type DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import {
  CREDENTIAL_PK,
  CREDENTIAL_SK_PREFIX,
  fitsKey,
  keyOfUsername,
  usernameOfKey,
} from '../../credential/credential-key.ts';
import type { RecordChange, SystemCredentialTable } from '../../credential/credential-table.ts';
import { toAwsProblem } from '../aws-problem.ts';
import { queryItems } from './query-items.ts';
import { readItem } from './read-item.ts';
import { updateAndReadRecord, updateRecord, type WriteCondition } from './update-record.ts';

const reservedNames = { '#pk': 'PK', '#claim': 'claim', '#status': 'status', '#by': 'by' };

/** The credentials in the table, over DynamoDB: what the functions use of them. */
export function createCredentialTable(client: () => DynamoDBClient, tableName: string): SystemCredentialTable {
  const update = (
    username: string,
    change: RecordChange,
    expression: string,
    values: Readonly<Record<string, unknown>>,
  ) => updateAndReadRecord(client(), tableName, username, change, { expression, values, names: reservedNames });

  return {
    async read(username) {
      if (!fitsKey(username)) return undefined;
      const answer = await client()
        .send(
          new GetItemCommand({ TableName: tableName, Key: marshall(keyOfUsername(username)), ConsistentRead: true }),
        )
        .catch((error: unknown) => {
          throw toAwsProblem('dynamodb:GetItem', error);
        });
      return answer.Item === undefined ? undefined : readItem(answer.Item);
    },

    async *list({ after } = {}) {
      const query = {
        TableName: tableName,
        KeyConditionExpression: 'PK = :pk AND begins_with(SK, :prefix)',
        ExpressionAttributeValues: marshall({ ':pk': CREDENTIAL_PK, ':prefix': CREDENTIAL_SK_PREFIX }),
        ConsistentRead: true,
        ...(after === undefined ? {} : { ExclusiveStartKey: marshall(keyOfUsername(after)) }),
      };
      for await (const items of queryItems(client(), query)) {
        yield items.map((item) => ({
          username: usernameOfKey({ PK: item['PK'], SK: item['SK'] }) ?? '',
          item,
        }));
      }
    },

    update: (username, change, condition) => updateRecord(client(), tableName, username, change, holdsStill(condition)),
    updateUnclaimed: (username, change, condition) =>
      updateAndReadRecord(client(), tableName, username, change, holdsStill(condition)),
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

/** The record exists, and these attributes have these values. */
function holdsStill(condition: Readonly<Record<string, unknown>>): WriteCondition {
  const entries = Object.entries(condition);
  return {
    expression: ['attribute_exists(#pk)', ...entries.map((_, index) => `#c${index} = :c${index}`)].join(' AND '),
    names: { '#pk': 'PK', ...Object.fromEntries(entries.map(([name], index) => [`#c${index}`, name])) },
    values: Object.fromEntries(entries.map(([, value], index) => [`:c${index}`, value])),
  };
}
