import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { beforeAll } from 'vitest';
import { createTable } from '../../local/resources/create-table.ts';
import { createEditableCredentialTable } from '../../src/aws/dynamodb/editable-credential-table.ts';
import { keyOfUsername } from '../../src/credential/credential-key.ts';
import { describeCredentialTable } from '../support/contracts/credential-table.ts';
import { localStack } from '../support/local-stack.ts';

/** A table of this file's own: no function reads its stream. */
const tableName = 'port-contracts';
const { clients } = localStack();
beforeAll(() => createTable(clients.dynamodb, tableName));

type Send = (command: { readonly constructor: { readonly name: string } }) => Promise<unknown>;

/** A client that does something with the next write on its way. */
function watchedClient() {
  let onWrite: ((send: () => Promise<unknown>) => Promise<unknown>) | undefined;
  const send: Send = (command) => {
    const go = () => (clients.dynamodb.send as unknown as Send)(command);
    const act = onWrite;
    if (act === undefined || !/^(Update|Put|Delete)Item|^TransactWrite/.test(command.constructor.name)) return go();
    onWrite = undefined;
    return act(go);
  };
  return {
    client: () => ({ send }) as unknown as DynamoDBClient,
    loseNextAnswer(client: 'repeats' | 'gives up') {
      onWrite = async (go) => {
        await go();
        if (client === 'gives up') throw Object.assign(new Error('no answer'), { name: 'TimeoutError' });
        return go().catch((error: { $metadata?: object }) => {
          // As the SDK says of what it repeats itself.
          throw Object.assign(error, { $metadata: { ...error.$metadata, attempts: 2 } });
        });
      };
    },
    beforeNextWrite(work: () => Promise<unknown>) {
      onWrite = async (go) => {
        await work();
        return go();
      };
    },
  };
}

describeCredentialTable('the table of credentials in DynamoDB', () => {
  const { client, loseNextAnswer, beforeNextWrite } = watchedClient();
  return {
    table: createEditableCredentialTable(client, tableName),
    put: async (username, item) => {
      const Item = marshall({ ...item, ...keyOfUsername(username) });
      await clients.dynamodb.send(new PutItemCommand({ TableName: tableName, Item }));
    },
    loseNextAnswer,
    beforeNextWrite,
  };
});
