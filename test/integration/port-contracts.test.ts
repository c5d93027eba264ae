import { setTimeout as sleep } from 'node:timers/promises';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { beforeAll } from 'vitest';
import { createTable } from '../../local/resources/create-table.ts';
import { createAlertWindows } from '../../src/aws/dynamodb/alert-windows.ts';
import { createCredentialTable } from '../../src/aws/dynamodb/credential-table.ts';
import { createEditableCredentialTable } from '../../src/aws/dynamodb/editable-credential-table.ts';
import { createFeedbackCounter } from '../../src/aws/dynamodb/feedback-counter.ts';
import { createMissingRecords } from '../../src/aws/dynamodb/missing-records.ts';
import { createCounterReader } from '../../src/aws/dynamodb/sending-counters.ts';
import { createSuspensionExpiries } from '../../src/aws/dynamodb/suspension-expiries.ts';
import { marshallOptions } from '../../src/aws/dynamodb/update-record.ts';
import { keyOfUsername } from '../../src/credential/credential-key.ts';
import { describeCredentialTable } from '../support/contracts/credential-table.ts';
import { describeMailStores } from '../support/contracts/mail-stores.ts';
import { localStack } from '../support/local-stack.ts';

/** A separate table, so that no function reads its stream. */
const tableName = 'port-contracts';
const { clients } = localStack();
beforeAll(() => createTable(clients.dynamodb, tableName));

type Send = (command: { readonly constructor: { readonly name: string } }) => Promise<unknown>;

/** A client that can intercept the next write. */
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
          // The SDK's own marker of a retryable error.
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
    // Administrators read some attributes only; the contract writes others too.
    table: { ...createEditableCredentialTable(client, tableName), ...createCredentialTable(client, tableName) },
    put: async (username, item) => {
      const whole: Record<string, unknown> = { ...item, ...keyOfUsername(username) };
      const Item = marshall(whole, marshallOptions);
      await clients.dynamodb.send(new PutItemCommand({ TableName: tableName, Item }));
    },
    loseNextAnswer,
    beforeNextWrite,
  };
});

describeMailStores('the stores of sent mail in DynamoDB', (nowMs) => {
  const clock = { nowMs };
  const client = () => clients.dynamodb;
  const options = { table: tableName, expiryAttribute: 'expires_at', now: () => clock.nowMs };
  return {
    clock,
    // Few ids, so that one second needs many items.
    counter: createFeedbackCounter(client, { ...options, sleep, random: Math.random, maxIdsPerItem: 4 }),
    reader: createCounterReader(client, tableName),
    windows: createAlertWindows(client, options),
    expiries: createSuspensionExpiries(client, tableName),
    missing: createMissingRecords(client, options),
  };
});
