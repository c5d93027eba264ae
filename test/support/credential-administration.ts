import { DeleteItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import type { LocalClients } from '../../local/local-clients.ts';
import type { LocalDescription } from '../../local/local-description.ts';
import { createCredentialRecords } from './credential-records.ts';

type Item = Record<string, unknown>;

/** Changes records as an administrator does, with a plain DynamoDB client. */
export function createCredentialAdministration(description: LocalDescription, clients: LocalClients) {
  const { table } = description;
  const { dynamodb } = clients;
  const records = createCredentialRecords(dynamodb, table);

  return {
    ...records,

    /** Inserts a record and waits for `active`. */
    async create(username: string, patterns = [`${username}@example.com`], more: Item = {}): Promise<Item> {
      await records.insert(username, patterns, more);
      return records.waitForStatus(username, 'active');
    },

    /** Changes attributes in one write; undefined removes one. */
    async edit(username: string, changes: Item): Promise<void> {
      const entries = Object.entries(changes);
      const names = Object.fromEntries(entries.map(([name], index) => [`#n${index}`, name]));
      const sets = entries.flatMap(([, value], index) => (value === undefined ? [] : [`#n${index} = :v${index}`]));
      const removes = entries.flatMap(([, value], index) => (value === undefined ? [`#n${index}`] : []));
      const values = Object.fromEntries(
        entries.flatMap(([, value], index) => (value === undefined ? [] : [[`:v${index}`, value]])),
      );
      await dynamodb.send(
        new UpdateItemCommand({
          TableName: table,
          Key: keyOf(username),
          UpdateExpression: [
            sets.length > 0 ? `SET ${sets.join(', ')}` : '',
            removes.length > 0 ? `REMOVE ${removes.join(', ')}` : '',
          ].join(' '),
          ExpressionAttributeNames: names,
          ...(sets.length > 0 ? { ExpressionAttributeValues: marshall(values) } : {}),
        }),
      );
    },

    async remove(username: string): Promise<void> {
      await dynamodb.send(new DeleteItemCommand({ TableName: table, Key: keyOf(username) }));
    },
  };
}

function keyOf(username: string) {
  return marshall({ PK: 'SMTP_USER', SK: `USER#${username}` });
}
