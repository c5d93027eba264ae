import { createAdminDeps } from '../../admin/wire.ts';
import { createDynamoDbClient } from '../../aws/dynamodb/client.ts';
import { createIdempotencyKeys } from '../../aws/dynamodb/idempotency-keys.ts';
import { lazyClient } from '../../aws/lazy-client.ts';
import type { Deployment } from '../../deployment/deployment.ts';
import { parseDeployment } from '../../deployment/deployment.ts';
import { createObservability } from '../../observability/powertools.ts';
import { createLambdaTracing, type Tracing } from '../../observability/tracing.ts';
import type { HttpFunctionDeps } from '../runtime/http-function.ts';
import { reportApi } from '../runtime/report-api.ts';
import type { AdminApiEnv } from './env.ts';

const functionName = 'smtp-admin-api';

/** Wires the admin API to AWS. All clients but the table's are loaded when a request needs them. */
export function createDependencies(env: AdminApiEnv): HttpFunctionDeps {
  const [, partition = '', , , accountId = ''] = env.PERMISSIONS_BOUNDARY_ARN.split(':');
  const tracing = createLambdaTracing(functionName, env.TRACING === 'on');
  const observability = createObservability(functionName, env.LOG_LEVEL);
  const dynamodb = lazyClient(createDynamoDbClient, tracing.watch);
  return {
    api: {
      admin: createAdminDeps(
        {
          partition,
          accountId,
          region: env.SES_REGION,
          namePrefix: env.NAME_PREFIX ?? '',
          table: env.TABLE_NAME,
          configurationSet: env.CONFIGURATION_SET,
          permissionsBoundaryArn: env.PERMISSIONS_BOUNDARY_ARN,
          previousTableNames: env.PREVIOUS_TABLE_NAMES ?? [],
          managesUsersOf01: env.MANAGE_USERS_OF_0_1 === 'on',
          deadLetterQueueUrl: env.DEAD_LETTER_QUEUE_URL,
          parkingQueueUrl: env.PARKING_QUEUE_URL,
          verificationQueueUrl: env.VERIFICATION_QUEUE_URL,
          sendingEventsQueueUrl: env.SENDING_EVENTS_QUEUE_URL,
          feedbackQueueUrl: env.FEEDBACK_QUEUE_URL,
          functions: env.FUNCTION_NAMES,
          eventLogGroup: env.EVENT_LOG_GROUP,
          historyLogGroup: env.HISTORY_LOG_GROUP,
        },
        { dynamodb, ...loadedClients(tracing) },
      ),
      idempotencyKeys: createIdempotencyKeys(dynamodb, {
        table: env.TABLE_NAME,
        expiryAttribute: env.EXPIRY_ATTRIBUTE,
        now: Date.now,
      }),
      deployment: () => readDeployment(env.DEPLOYMENT_PARAMETER, tracing),
      ...reportApi(observability),
    },
    observability,
    tracing,
  };
}

/** Clients that are made once, when the first request needs them. */
function loadedClients({ watch }: Tracing) {
  return {
    iam: once(async () => lazyClient((await import('../../aws/iam/client.ts')).createIamClient, watch)()),
    lambda: once(async () => lazyClient((await import('../../aws/lambda-client.ts')).createLambdaClient, watch)()),
    logs: once(async () => lazyClient((await import('../../aws/logs-client.ts')).createLogsClient, watch)()),
    ses: once(async () => lazyClient((await import('../../aws/sesv2.ts')).createSesClient, watch)()),
    sqs: once(async () => lazyClient((await import('../../aws/sqs.ts')).createSqsClient, watch)()),
  };
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

async function readDeployment(parameter: string, { watch }: Tracing): Promise<Deployment> {
  const { createDeploymentParameters, createSsmClient } = await import('../../aws/ssm.ts');
  const json = await createDeploymentParameters(lazyClient(createSsmClient, watch)).readParameter(parameter);
  return parseDeployment(json ?? '', `The SSM parameter ${parameter}`);
}
