import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { KMSClient } from '@aws-sdk/client-kms';
import { createCredentialTable } from '../aws/dynamodb/credential-table.ts';
import { createCounterReader } from '../aws/dynamodb/sending-counters.ts';
import { createPasswordDecryption } from '../aws/kms.ts';
import { withPreviousTableNames } from '../credential/iam/with-previous-table-names.ts';
import type { Deployment } from '../deployment/deployment.ts';
import type { ReadPasswordDeps } from './read-password.ts';
import type { ReadStatisticsDeps } from './read-statistics.ts';

/** The clients that the use cases call AWS with, each made when it is first needed. */
export interface AdminClients {
  readonly dynamodb: () => DynamoDBClient;
  readonly kms: () => KMSClient;
}

/** All that the use cases of administration need. */
export type AdminDeps = ReadPasswordDeps & ReadStatisticsDeps;

/** Connects the use cases to a deployment. */
export function createAdminDeps(deployment: Deployment, clients: AdminClients): AdminDeps {
  const { table, kmsKeyArn, previousTableNames } = deployment;
  return {
    table,
    credentials: createCredentialTable(clients.dynamodb, table),
    counters: createCounterReader(clients.dynamodb, table),
    decryption: withPreviousTableNames(createPasswordDecryption(clients.kms, kmsKeyArn), previousTableNames),
    now: Date.now,
  };
}
