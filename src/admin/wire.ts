import { randomUUID } from 'node:crypto';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { IAMClient } from '@aws-sdk/client-iam';
import type { KMSClient } from '@aws-sdk/client-kms';
import type { LambdaClient } from '@aws-sdk/client-lambda';
import type { SESv2Client } from '@aws-sdk/client-sesv2';
import type { SQSClient } from '@aws-sdk/client-sqs';
import { createEditableCredentialTable } from '../aws/dynamodb/editable-credential-table.ts';
import { createOpenAlerts } from '../aws/dynamodb/open-alerts.ts';
import { createCounterReader } from '../aws/dynamodb/sending-counters.ts';
import { createPasswordDecryption } from '../aws/kms.ts';
import { createSweepStarter } from '../aws/lambda-sweep.ts';
import { createMessageBox } from '../aws/message-box.ts';
import type { CredentialTable } from '../credential/credential-table.ts';
import { withPreviousTableNames } from '../credential/iam/with-previous-table-names.ts';
import type { OwnMessages } from '../dead-letter/describe-message.ts';
import { type Deployment, functionNameOf } from '../deployment/deployment.ts';
import type { CheckSendingDeps } from './check-sending.ts';
import type { ReadPasswordDeps } from './read-password.ts';
import type { ReadStatisticsDeps } from './read-statistics.ts';
import type { ReadViolationsDeps } from './read-violations.ts';
import type { RedriveMessageDeps } from './redrive-message.ts';
import { createSendingCheckDeps } from './sending-check-deps.ts';
import type { StartSweepDeps } from './start-sweep.ts';
import type { WriteDeps } from './write-credential.ts';

/** The AWS clients of the use cases, each created at first use. */
export interface AdminClients {
  readonly dynamodb: () => DynamoDBClient;
  readonly iam: () => IAMClient | Promise<IAMClient>;
  readonly kms: () => KMSClient;
  readonly lambda: () => LambdaClient;
  readonly ses: () => SESv2Client | Promise<SESv2Client>;
  readonly sqs: () => SQSClient;
}

/** The dependencies of all administrative use cases. */
export type AdminDeps = CheckSendingDeps &
  ReadPasswordDeps &
  ReadStatisticsDeps &
  ReadViolationsDeps &
  RedriveMessageDeps &
  StartSweepDeps &
  WriteDeps & { readonly credentials: CredentialTable };

/** Connects the use cases to a deployment. */
export function createAdminDeps(deployment: Deployment, clients: AdminClients): AdminDeps {
  const { table, kmsKeyArn, previousTableNames, partition, region, accountId, configurationSet } = deployment;
  const boxOf = (queueUrl: string) => createMessageBox(clients.sqs, queueUrl);
  const deadLetters = boxOf(deployment.deadLetterQueueUrl);
  return {
    ...createSendingCheckDeps(deployment, clients),
    table,
    scope: { partition, region, accountId, configurationSet },
    alerts: createOpenAlerts(clients.dynamodb, table),
    credentials: createEditableCredentialTable(clients.dynamodb, table),
    counters: createCounterReader(clients.dynamodb, table),
    decryption: withPreviousTableNames(createPasswordDecryption(clients.kms, kmsKeyArn), previousTableNames),
    boxes: { 'dead-letters': deadLetters, 'parked-messages': boxOf(deployment.parkingQueueUrl) },
    targets: {
      deadLetters,
      verifications: boxOf(deployment.verificationQueueUrl),
      sendingEvents: boxOf(deployment.sendingEventsQueueUrl),
      feedback: boxOf(deployment.feedbackQueueUrl),
    },
    own: ownMessagesOf(deployment),
    sweeps: createSweepStarter(clients.lambda, functionNameOf(deployment, 'smtp-credential-sweeper')),
    newId: randomUUID,
    now: Date.now,
  };
}

function ownMessagesOf(deployment: Deployment): OwnMessages {
  const { partition, region, accountId } = deployment;
  // https://sqs.REGION.amazonaws.com/ACCOUNT/NAME
  const arnOf = (queueUrl: string) =>
    `arn:${partition}:sqs:${region}:${accountId}:${queueUrl.slice(queueUrl.lastIndexOf('/') + 1)}`;
  return {
    table: deployment.table,
    functionNames: deployment.functions,
    reconcilingFunctionNames: ['smtp-credential-rotator', 'smtp-credential-sweeper'].map((service) =>
      functionNameOf(deployment, service),
    ),
    queueArns: {
      deadLetters: arnOf(deployment.deadLetterQueueUrl),
      verifications: arnOf(deployment.verificationQueueUrl),
      sendingEvents: arnOf(deployment.sendingEventsQueueUrl),
      feedback: arnOf(deployment.feedbackQueueUrl),
    },
  };
}
