import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { createCredentialTable, createDynamoDbClient, createReceivingRules } from '../../aws/dynamodb.ts';
import { createIamClient, createIamUsers, createUnrepeatedIamClient } from '../../aws/iam.ts';
import { createKmsClient, createPasswordEncryption } from '../../aws/kms.ts';
import { rotationTimes } from '../../credential/rotation.ts';
import type { DeadLetterQueue } from '../../dead-letter/dead-letter.ts';
import { createObservability } from '../../observability/observability.ts';
import { createTracing } from '../../observability/tracing.ts';
import type { ManagerEnv } from './env.ts';
import type { ManagerDeps } from './handler.ts';

const name = 'smtp-credential-manager';

/** Wires the manager to AWS. */
export function createDependencies(env: ManagerEnv): ManagerDeps {
  const [, partition = '', , , accountId = ''] = env.PERMISSIONS_BOUNDARY_ARN.split(':');
  const dynamoDb = createDynamoDbClient();
  const iam = createIamClient();
  const unrepeatedIam = createUnrepeatedIamClient();
  const kms = createKmsClient();
  return {
    reconcileDeps: {
      credentials: createCredentialTable(dynamoDb, env.TABLE_NAME),
      receivingRules: createReceivingRules(dynamoDb, env.TABLE_NAME),
      iamUsers: createIamUsers({
        client: iam,
        unrepeatedClient: unrepeatedIam,
        partition,
        accountId,
        permissionsBoundaryArn: env.PERMISSIONS_BOUNDARY_ARN,
        sleep,
      }),
      encryption: createPasswordEncryption(kms, env.KMS_KEY_ARN),
      settings: {
        table: env.TABLE_NAME,
        scope: {
          partition,
          accountId,
          region: env.SES_REGION,
          ...(env.CONFIGURATION_SET === undefined ? {} : { configurationSet: env.CONFIGURATION_SET }),
        },
        receivingRules: env.RECEIVING_RULES,
        rotation: rotationTimes(),
        receivingRuleKeys: { pk: env.RECEIVING_RULE_PK, sk: env.RECEIVING_RULE_SK },
      },
      now: Date.now,
      newId: randomUUID,
      sleep,
    },
    deadLetters: createLazyDeadLetterQueue(env.DEAD_LETTER_QUEUE_URL),
    observability: createObservability(name, env.LOG_LEVEL),
    tracing: createTracing(
      name,
      env.TRACING === 'on',
      [dynamoDb, iam, unrepeatedIam, kms],
      () => process.env['_X_AMZN_TRACE_ID'],
    ),
    now: Date.now,
  };
}

/** SQS is needed only when something fails: its client is loaded then. */
function createLazyDeadLetterQueue(queueUrl: string): DeadLetterQueue {
  let queue: Promise<DeadLetterQueue> | undefined;
  return {
    async send(letter, delaySeconds) {
      queue ??= import('../../aws/sqs.ts').then((sqs) => sqs.createDeadLetterQueue(queueUrl));
      await (await queue).send(letter, delaySeconds);
    },
  };
}
