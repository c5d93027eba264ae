import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { CREDENTIAL_PK, CREDENTIAL_SK_PREFIX, usernameOfKey } from '../../credential/credential-key.ts';
import type { CredentialLookup } from '../../mail-events/stores.ts';
import { queryItems } from './query-items.ts';

/** Finds the usernames with a beginning. It asks for keys only. */
export function createUsernameSearch(client: () => DynamoDBClient, table: string): CredentialLookup['findUsernames'] {
  return async (beginning) => {
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
    for await (const items of queryItems(client(), query)) {
      usernames.push(
        ...items.map(({ PK, SK }) => usernameOfKey({ PK, SK })).filter((username) => username !== undefined),
      );
    }
    return usernames;
  };
}
