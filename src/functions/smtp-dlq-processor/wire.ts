import { lazyClient } from '../../aws/lazy-client.ts';
import { createMessageDelay, createParkingQueue, createSqsClient } from '../../aws/sqs.ts';
import { createReconcilingDeps } from '../runtime/wire-reconciling.ts';
import type { DlqProcessorDeps } from './deps.ts';
import type { DlqProcessorEnv } from './env.ts';

/** Wires the processor to AWS. */
export function createDependencies(env: DlqProcessorEnv): DlqProcessorDeps {
  const deps = createReconcilingDeps('smtp-dlq-processor', env);
  const sqs = lazyClient(createSqsClient, deps.tracing.watch);
  return {
    ...deps,
    parking: createParkingQueue(sqs, env.PARKING_QUEUE_URL),
    delay: createMessageDelay(sqs, env.DEAD_LETTER_QUEUE_URL),
    own: { table: env.TABLE_NAME, functionNames: env.FUNCTION_NAMES },
    redrive: {
      maxAttempts: env.MAX_TRIES,
      backoffBaseSeconds: env.BACKOFF_BASE_SECONDS,
      backoffLimitSeconds: env.BACKOFF_LIMIT_SECONDS,
    },
    random: Math.random,
  };
}
