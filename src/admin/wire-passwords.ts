import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { KMSClient } from '@aws-sdk/client-kms';
import { createCredentialTable } from '../aws/dynamodb/credential-table.ts';
import { createPasswordDecryption } from '../aws/kms.ts';
import { withPreviousTableNames } from '../credential/iam/with-previous-table-names.ts';
import type { Deployment } from '../deployment/deployment.ts';
import type { ReadPasswordDeps } from './read-password.ts';

/** The parts of a deployment's description that reading a password needs. */
export type PasswordDeployment = Pick<Deployment, 'table' | 'kmsKeyArn' | 'previousTableNames'>;

/** Connects reading passwords to a deployment. Few roles may. */
export function createPasswordDeps(
  { table, kmsKeyArn, previousTableNames }: PasswordDeployment,
  clients: { readonly dynamodb: () => DynamoDBClient; readonly kms: () => KMSClient },
): ReadPasswordDeps {
  return {
    table,
    credentials: createCredentialTable(clients.dynamodb, table),
    decryption: withPreviousTableNames(createPasswordDecryption(clients.kms, kmsKeyArn), previousTableNames),
  };
}
