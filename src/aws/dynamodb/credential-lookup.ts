import { BatchGetItemCommand, type DynamoDBClient, paginateQuery } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { CREDENTIAL_PK, CREDENTIAL_SK_PREFIX, keyOfUsername, usernameOfKey } from '../../credential/credential-key.ts';
import type { Item } from '../../credential/credential-table.ts';
import type { CredentialLookup } from '../../mail-events/stores.ts';
import { toAwsProblem } from '../aws-problem.ts';
import { readItem } from './credential-table.ts';

/** All that one BatchGetItem takes. */
const maxKeys = 100;

/** The records behind IAM users' names. Not consistent: what matters is read again by the credential table. */
export function createCredentialLookup(client: () => DynamoDBClient, table: string): CredentialLookup {
  return {
    async readMany(usernames) {
      const found = new Map<string, Item>();
      let wanted = [...new Set(usernames)].map((username) => marshall(keyOfUsername(username)));
      while (wanted.length > 0) {
        const answer = await client()
          .send(new BatchGetItemCommand({ RequestItems: { [table]: { Keys: wanted.slice(0, maxKeys) } } }))
          .catch((error: unknown) => {
            throw toAwsProblem('dynamodb:BatchGetItem', error);
          });
        for (const raw of answer.Responses?.[table] ?? []) {
          const item = readItem(raw);
          const username = usernameOfKey({ PK: item['PK'], SK: item['SK'] });
          if (username !== undefined) found.set(username, item);
        }
        wanted = [...(answer.UnprocessedKeys?.[table]?.Keys ?? []), ...wanted.slice(maxKeys)];
      }
      return found;
    },

    async findUsernames(beginning) {
      const query = {
        TableName: table,
        KeyConditionExpression: 'PK = :pk AND begins_with(SK, :beginning)',
        ExpressionAttributeValues: marshall({
          ':pk': CREDENTIAL_PK,
          ':beginning': `${CREDENTIAL_SK_PREFIX}${beginning}`,
        }),
        ProjectionExpression: 'PK, SK',
      };
      const usernames: string[] = [];
      try {
        for await (const page of paginateQuery({ client: client() }, query)) {
          for (const raw of page.Items ?? []) {
            const { PK, SK } = readItem(raw);
            const username = usernameOfKey({ PK, SK });
            if (username !== undefined) usernames.push(username);
          }
        }
      } catch (error) {
        throw toAwsProblem('dynamodb:Query', error);
      }
      return usernames;
    },
  };
}
