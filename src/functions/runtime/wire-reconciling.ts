import { randomUUID } from 'node:crypto';
import { sleep } from '../../admin/sleep.ts';
import { createDynamoDbClient } from '../../aws/dynamodb/client.ts';
import { countCredentials } from '../../aws/dynamodb/count-credentials.ts';
import { createCredentialTable } from '../../aws/dynamodb/credential-table.ts';
import { createReceivingRules } from '../../aws/dynamodb/receiving-rules.ts';
import { createIamClient, createUnrepeatedIamClient } from '../../aws/iam/client.ts';
import { createIamUsers } from '../../aws/iam/iam-users.ts';
import { createKmsClient, createPasswordEncryption } from '../../aws/kms.ts';
import { lazyClient } from '../../aws/lazy-client.ts';
import { type EventPublisher, eventPublishing } from '../../credential/credential-event.ts';
import type { ReconcileDeps } from '../../credential/reconcile/contract.ts';
import { createCredentialLimit } from '../../credential/reconcile/credential-limit.ts';
import { rotationTimes } from '../../credential/record/rotation.ts';
import type { DeadLetterQueue } from '../../dead-letter/dead-letter.ts';
import type { Observability } from '../../observability/observability.ts';
import { createObservability } from '../../observability/powertools.ts';
import { createLambdaTracing, type Tracing } from '../../observability/tracing.ts';
import type { ReconcileEnv } from './reconcile-env.ts';

/** The dependencies that all reconciling functions share. */
export interface ReconcilingDeps {
  readonly reconcileDeps: ReconcileDeps;
  readonly events: EventPublisher;
  readonly observability: Observability;
  readonly tracing: Tracing;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** Wires a reconciling function to AWS. Modules that only failures and events need are loaded lazily. */
export function createReconcilingDeps(functionName: string, env: ReconcileEnv): ReconcilingDeps {
  const [, partition = '', , , accountId = ''] = env.PERMISSIONS_BOUNDARY_ARN.split(':');
  const tracing = createLambdaTracing(functionName, env.TRACING === 'on');
  const ownership = {
    previousTableNames: env.PREVIOUS_TABLE_NAMES ?? [],
    managesUsersOf01: env.MANAGE_USERS_OF_0_1 === 'on',
    userTags: env.USER_TAGS ?? {},
  };
  const dynamoDb = lazyClient(createDynamoDbClient, tracing.watch);
  return {
    reconcileDeps: {
      credentials: createCredentialTable(dynamoDb, env.TABLE_NAME),
      receivingRules: createReceivingRules(dynamoDb, env.TABLE_NAME, { sleep, random: Math.random }),
      iamUsers: createIamUsers({
        client: lazyClient(createIamClient, tracing.watch),
        unrepeatedClient: lazyClient(createUnrepeatedIamClient, tracing.watch),
        partition,
        accountId,
        permissionsBoundaryArn: env.PERMISSIONS_BOUNDARY_ARN,
        ownership: { ...ownership, region: env.SES_REGION, table: env.TABLE_NAME },
        sleep,
      }),
      encryption: createPasswordEncryption(lazyClient(createKmsClient, tracing.watch), env.KMS_KEY_ARN),
      settings: {
        table: env.TABLE_NAME,
        scope: {
          partition,
          accountId,
          region: env.SES_REGION,
          ...(env.CONFIGURATION_SET === undefined ? {} : { configurationSet: env.CONFIGURATION_SET }),
        },
        receivingRules: env.RECEIVING_RULES,
        receivingRuleKeys: { pk: env.RECEIVING_RULE_PK, sk: env.RECEIVING_RULE_SK },
        rotation: rotationTimes(env.DAY_SECONDS),
        claimLeaseSeconds: env.CLAIM_LEASE_SECONDS,
        iamPropagationSeconds: env.IAM_PROPAGATION_SECONDS,
        ownership,
      },
      ...(env.MAX_CREDENTIALS === undefined
        ? {}
        : {
            limit: createCredentialLimit(env.MAX_CREDENTIALS, {
              count: () => countCredentials(dynamoDb(), env.TABLE_NAME),
              now: Date.now,
            }),
          }),
      now: Date.now,
      newId: randomUUID,
      sleep,
    },
    events: createLazyEventPublisher(env.EVENT_BUS_NAME, tracing),
    observability: createObservability(functionName, env.LOG_LEVEL),
    tracing,
    now: Date.now,
  };
}

/** The event bus. Its client is loaded at the first event. */
function createLazyEventPublisher(busName: string, tracing: Tracing): EventPublisher {
  let publisher: Promise<EventPublisher> | undefined;
  return {
    async publish(events) {
      publisher ??= import('../../aws/eventbridge.ts').then((aws) =>
        aws.createEventPublisher(lazyClient(aws.createEventBridgeClient, tracing.watch), {
          busName,
          ...eventPublishing,
        }),
      );
      await (await publisher).publish(events);
    },
  };
}

/** The dead-letter queue. Its client is loaded at the first failure. */
export function createLazyDeadLetterQueue(queueUrl: string, tracing: Tracing): DeadLetterQueue {
  let queue: Promise<DeadLetterQueue> | undefined;
  return {
    async send(deadLetter, delaySeconds) {
      queue ??= import('../../aws/sqs.ts').then((aws) =>
        aws.createDeadLetterQueue(lazyClient(aws.createSqsClient, tracing.watch), queueUrl),
      );
      await (await queue).send(deadLetter, delaySeconds);
    },
  };
}
