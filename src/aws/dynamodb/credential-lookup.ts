import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { keyOfUsername, usernameOfKey } from '../../credential/credential-key.ts';
import type { Item } from '../../credential/credential-table.ts';
import type { CredentialLookup } from '../../mail-events/stores.ts';
import { type BatchGetPauses, batchGet } from './batch-get.ts';
import { createUsernameSearch } from './username-search.ts';

/** The records behind IAM users' names. Not consistent: what matters is read again by the credential table. */
export function createCredentialLookup(
  client: () => DynamoDBClient,
  table: string,
  pauses: BatchGetPauses,
): CredentialLookup {
  const usernameOf = ({ PK, SK }: Item) => usernameOfKey({ PK, SK });
  return {
    async readMany(usernames) {
      const keys = [...new Set(usernames)].map(keyOfUsername);
      const found = new Map<string, Item>();
      for (const item of await batchGet(client(), { table, keys }, pauses)) {
        const username = usernameOf(item);
        if (username !== undefined) found.set(username, item);
      }
      return found;
    },

    findUsernames: createUsernameSearch(client, table),
  };
}
