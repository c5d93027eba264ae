import { setTimeout as sleep } from 'node:timers/promises';
import { createDynamoDbClient } from '../../aws/dynamodb/client.ts';
import { createCredentialTable } from '../../aws/dynamodb/credential-table.ts';
import { createEventBridgeClient, createEventPublisher } from '../../aws/eventbridge.ts';
import { createKmsClient, createPasswordDecryption } from '../../aws/kms.ts';
import { lazyClient } from '../../aws/lazy-client.ts';
import { createSmtpLogin } from '../../aws/smtp-login.ts';
import { eventPublishing } from '../../credential/credential-event.ts';
import { withPreviousTableNames } from '../../credential/iam/with-previous-table-names.ts';
import type { MessageDelay } from '../../dead-letter/redrive.ts';
import { createObservability } from '../../observability/powertools.ts';
import { createLambdaTracing, type Tracing } from '../../observability/tracing.ts';
import type { VerifierDeps } from './deps.ts';
import type { VerifierEnv } from './env.ts';

/** Loaded lazily, because only keys that do not work at once need it. */
function createLazyMessageDelay(queueUrl: string, tracing: Tracing): MessageDelay {
  let delay: Promise<MessageDelay> | undefined;
  return {
    async delay(receiptHandle, seconds) {
      delay ??= import('../../aws/sqs.ts').then((aws) =>
        aws.createMessageDelay(lazyClient(aws.createSqsClient, tracing.watch), queueUrl),
      );
      await (await delay).delay(receiptHandle, seconds);
    },
  };
}

const functionName = 'smtp-credential-verifier';

/** Wires the verifier to AWS and to the SMTP endpoint. */
export function createDependencies(env: VerifierEnv): VerifierDeps {
  const tracing = createLambdaTracing(functionName, env.TRACING === 'on');
  return {
    verifyDeps: {
      credentials: createCredentialTable(lazyClient(createDynamoDbClient, tracing.watch), env.TABLE_NAME),
      decryption: withPreviousTableNames(
        createPasswordDecryption(lazyClient(createKmsClient, tracing.watch), env.KMS_KEY_ARN),
        env.PREVIOUS_TABLE_NAMES ?? [],
      ),
      smtp: createSmtpLogin({
        host: env.SMTP_HOST ?? `email-smtp.${env.SES_REGION}.amazonaws.com`,
        port: env.SMTP_PORT,
        ...(env.SMTP_CA_PEM === undefined ? {} : { caPem: env.SMTP_CA_PEM }),
      }),
      table: env.TABLE_NAME,
      settings: {
        successes: env.LOGIN_SUCCESSES,
        pauseMs: env.LOGIN_PAUSE_MILLISECONDS,
        limitMs: env.VERIFICATION_SECONDS * 1000,
      },
      now: Date.now,
      sleep,
    },
    delay: createLazyMessageDelay(env.VERIFICATION_QUEUE_URL, tracing),
    secondAttemptSeconds: env.SECOND_TRY_SECONDS,
    events: createEventPublisher(lazyClient(createEventBridgeClient, tracing.watch), {
      busName: env.EVENT_BUS_NAME,
      ...eventPublishing,
    }),
    observability: createObservability(functionName, env.LOG_LEVEL),
    tracing,
  };
}
