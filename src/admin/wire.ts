import { randomUUID } from 'node:crypto';
import type { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { IAMClient } from '@aws-sdk/client-iam';
import type { LambdaClient } from '@aws-sdk/client-lambda';
import type { SESv2Client } from '@aws-sdk/client-sesv2';
import type { SQSClient } from '@aws-sdk/client-sqs';
import {
  createEditableCredentialTable,
  type EditableCredentialTable,
} from '../aws/dynamodb/editable-credential-table.ts';
import { createKeptFindings } from '../aws/dynamodb/kept-findings.ts';
import { createOpenAlerts } from '../aws/dynamodb/open-alerts.ts';
import { createCounterReader } from '../aws/dynamodb/sending-counters.ts';
import { createSweepPositions } from '../aws/dynamodb/sweep-position.ts';
import { createUsernameSearch } from '../aws/dynamodb/username-search.ts';
import { lazyPort } from '../aws/lazy-port.ts';
import type { OwnershipSettings } from '../credential/iam/ownership.ts';
import type { OwnMessages } from '../dead-letter/describe-message.ts';
import type { MessageBox } from '../dead-letter/message-box.ts';
import { type Deployment, functionNameOf } from '../deployment/deployment.ts';
import type { LogSearch } from '../mail-events/log-search.ts';
import type { CheckSendingDeps } from './check-sending.ts';
import type { ContainDeps } from './contain-credential.ts';
import type { FindMessagesDeps } from './find-messages.ts';
import type { ReadFindingsDeps } from './read-findings.ts';
import type { HealthDeps } from './read-health.ts';
import type { ReadHistoryDeps } from './read-history.ts';
import type { ReadPolicyDeps } from './read-policy.ts';
import type { ReadStatisticsDeps } from './read-statistics.ts';
import type { ReadViolationsDeps } from './read-violations.ts';
import type { RedriveMessageDeps } from './redrive-message.ts';
import { createSendingCheckDeps } from './sending-check-deps.ts';
import type { StartSweepDeps } from './start-sweep.ts';
import type { SuppressionsDeps } from './suppressions.ts';
import type { VerifyCredentialDeps } from './verify-credential.ts';
import type { WriteDeps } from './write-credential.ts';

/** The AWS clients of the use cases, each made at its first use. All but the table's may be loaded then. */
export interface AdminClients {
  readonly dynamodb: () => DynamoDBClient;
  readonly iam: () => IAMClient | Promise<IAMClient>;
  readonly lambda: () => LambdaClient | Promise<LambdaClient>;
  readonly logs: () => CloudWatchLogsClient | Promise<CloudWatchLogsClient>;
  readonly ses: () => SESv2Client | Promise<SESv2Client>;
  readonly sqs: () => SQSClient | Promise<SQSClient>;
}

/** The parts of a deployment's description that the use cases need. */
export type AdminDeployment = Pick<
  Deployment,
  | 'partition'
  | 'region'
  | 'accountId'
  | 'namePrefix'
  | 'table'
  | 'configurationSet'
  | 'deadLetterQueueUrl'
  | 'parkingQueueUrl'
  | 'verificationQueueUrl'
  | 'sendingEventsQueueUrl'
  | 'feedbackQueueUrl'
  | 'functions'
  | 'eventLogGroup'
  | 'historyLogGroup'
  | 'permissionsBoundaryArn'
  | 'previousTableNames'
> &
  Pick<OwnershipSettings, 'managesUsersOf01'>;

/** The dependencies of all administrative use cases. */
export type AdminDeps = CheckSendingDeps &
  FindMessagesDeps &
  HealthDeps &
  ReadFindingsDeps &
  ReadHistoryDeps &
  ReadPolicyDeps &
  ReadStatisticsDeps &
  ReadViolationsDeps &
  RedriveMessageDeps &
  StartSweepDeps &
  SuppressionsDeps &
  ContainDeps &
  VerifyCredentialDeps &
  WriteDeps & { readonly credentials: EditableCredentialTable } & EventLogs;

/** The log groups of a deployment; undefined for those that it doesn't have. */
export interface EventLogs {
  /** What SES tells of mails. */
  readonly eventLog: LogSearch | undefined;
  /** What happened to credentials. */
  readonly historyLog: LogSearch | undefined;
}

/** Connects the use cases to a deployment. Reading passwords is apart: wire-passwords.ts. */
export function createAdminDeps(deployment: AdminDeployment, clients: AdminClients): AdminDeps {
  const { table, partition, region, accountId, configurationSet, deadLetterQueueUrl, parkingQueueUrl } = deployment;
  const { previousTableNames, managesUsersOf01 = true, permissionsBoundaryArn } = deployment;
  const boxOf = (queueUrl: string): MessageBox =>
    lazyPort(async () => {
      const [{ createMessageBox }, client] = await Promise.all([import('../aws/message-box.ts'), clients.sqs()]);
      return createMessageBox(() => client, queueUrl);
    }, ['take', 'release', 'delete', 'send']);
  const depthOf = (queueUrl: string) => async () => {
    const [{ countMessages }, client] = await Promise.all([import('../aws/queue-depth.ts'), clients.sqs()]);
    return await countMessages(client, queueUrl);
  };
  const searchOf = (logGroup: string | undefined): LogSearch | undefined =>
    logGroup === undefined
      ? undefined
      : lazyPort(async () => {
          const [{ createLogSearch }, client] = await Promise.all([import('../aws/log-search.ts'), clients.logs()]);
          return createLogSearch(() => client, logGroup);
        }, ['readPage']);
  const deadLetters = boxOf(deadLetterQueueUrl);
  const credentials = createEditableCredentialTable(clients.dynamodb, table);
  return {
    ...createSendingCheckDeps(deployment, clients),
    table,
    scope: { partition, region, accountId, configurationSet },
    ownership: { region, table, previousTableNames, managesUsersOf01 },
    permissionsBoundaryArn,
    userPolicies: lazyPort(async () => {
      const [{ createUserPolicies }, client] = await Promise.all([
        import('../aws/iam/user-policies.ts'),
        clients.iam(),
      ]);
      return createUserPolicies(() => client);
    }, ['findUser', 'listInline', 'readInline', 'listAttached', 'readManaged']),
    alerts: createOpenAlerts(clients.dynamodb, table),
    credentials,
    containment: lazyPort(async () => {
      const [{ createContainment }, client] = await Promise.all([import('../aws/iam/containment.ts'), clients.iam()]);
      return createContainment(() => client);
    }, ['deny', 'deactivateKeys', 'lift']),
    counters: createCounterReader(clients.dynamodb, table),
    eventLog: searchOf(deployment.eventLogGroup),
    historyLog: searchOf(deployment.historyLogGroup),
    findUsernames: createUsernameSearch(clients.dynamodb, table),
    suppressed: lazyPort(async () => {
      const [{ createSuppressedAddresses }, client] = await Promise.all([
        import('../aws/suppressed-addresses.ts'),
        clients.ses(),
      ]);
      return createSuppressedAddresses(() => client);
    }, ['find', 'remove']),
    boxes: { 'dead-letters': deadLetters, 'parked-messages': boxOf(parkingQueueUrl) },
    targets: {
      deadLetters,
      verifications: boxOf(deployment.verificationQueueUrl),
      sendingEvents: boxOf(deployment.sendingEventsQueueUrl),
      feedback: boxOf(deployment.feedbackQueueUrl),
    },
    own: ownMessagesOf(deployment),
    sweeps: lazyPort(async () => {
      const [{ createSweepStarter }, client] = await Promise.all([import('../aws/lambda-sweep.ts'), clients.lambda()]);
      return createSweepStarter(() => client, functionNameOf(deployment, 'smtp-credential-sweeper'));
    }, ['start']),
    sweepPositions: createSweepPositions(clients.dynamodb, table, Date.now),
    findings: createKeptFindings(clients.dynamodb, table),
    health: {
      readTable: () => credentials.read('-'),
      countMessages: { 'dead-letters': depthOf(deadLetterQueueUrl), 'parked-messages': depthOf(parkingQueueUrl) },
    },
    newId: randomUUID,
    now: Date.now,
  };
}

function ownMessagesOf(deployment: AdminDeployment): OwnMessages {
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
