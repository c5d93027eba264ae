import { randomUUID } from 'node:crypto';
import { createPasswordDeps } from '../../admin/wire-passwords.ts';
import { createDynamoDbClient } from '../../aws/dynamodb/client.ts';
import { createRevealCounter } from '../../aws/dynamodb/reveal-counter.ts';
import { createEventBridgeClient, createEventPublisher } from '../../aws/eventbridge.ts';
import { createKmsClient } from '../../aws/kms.ts';
import { lazyClient } from '../../aws/lazy-client.ts';
import { eventPublishing } from '../../credential/credential-event.ts';
import { createObservability } from '../../observability/powertools.ts';
import { createLambdaTracing } from '../../observability/tracing.ts';
import type { HttpFunctionDeps } from '../runtime/http-function.ts';
import { reportApi } from '../runtime/report-api.ts';
import type { PasswordRevealEnv } from './env.ts';

const functionName = 'smtp-password-reveal';

/** Wires the revealing function to AWS. */
export function createDependencies(env: PasswordRevealEnv): HttpFunctionDeps {
  const tracing = createLambdaTracing(functionName, env.TRACING === 'on');
  const observability = createObservability(functionName, env.LOG_LEVEL);
  const dynamodb = lazyClient(createDynamoDbClient, tracing.watch);
  const kms = lazyClient(createKmsClient, tracing.watch);
  const { TABLE_NAME: table, KMS_KEY_ARN: kmsKeyArn, PREVIOUS_TABLE_NAMES: previousTableNames = [] } = env;
  return {
    api: {
      reveal: {
        ...createPasswordDeps({ table, kmsKeyArn, previousTableNames }, { dynamodb, kms }),
        reveals: createRevealCounter(dynamodb, table),
        events: createEventPublisher(lazyClient(createEventBridgeClient, tracing.watch), {
          busName: env.EVENT_BUS_NAME,
          ...eventPublishing,
        }),
        smtp: {
          host: env.SMTP_HOST ?? `email-smtp.${env.SES_REGION}.amazonaws.com`,
          startTlsPort: env.SMTP_STARTTLS_PORT,
          tlsPort: env.SMTP_TLS_PORT,
        },
        newId: randomUUID,
        now: Date.now,
      },
      ...reportApi(observability),
    },
    observability,
    tracing,
  };
}
