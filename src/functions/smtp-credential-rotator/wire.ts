import { createAlertNotifier } from '../../admin/alert-notifier.ts';
import { createAlertWindows } from '../../aws/dynamodb/alert-windows.ts';
import { createDynamoDbClient } from '../../aws/dynamodb/client.ts';
import { lazyClient } from '../../aws/lazy-client.ts';
import { createAlertPublisher, createSnsClient } from '../../aws/sns.ts';
import { createLazyDeadLetterQueue, createReconcilingDeps } from '../runtime/wire-reconciling.ts';
import type { RotatorDeps } from './deps.ts';
import type { RotatorEnv } from './env.ts';

/** Wires the rotator to AWS. */
export function createDependencies(env: RotatorEnv): RotatorDeps {
  const deps = createReconcilingDeps('smtp-credential-rotator', env);
  const { now, tracing, observability } = deps;
  const { TABLE_NAME: table, EXPIRY_ATTRIBUTE: expiryAttribute } = env;
  return {
    ...deps,
    deadLetters: createLazyDeadLetterQueue(env.DEAD_LETTER_QUEUE_URL, tracing),
    alerts: createAlertNotifier({
      windows: createAlertWindows(lazyClient(createDynamoDbClient, tracing.watch), { table, expiryAttribute, now }),
      publisher: createAlertPublisher(lazyClient(createSnsClient, tracing.watch), env.ALERTS_TOPIC_ARN),
      observability,
      table,
      windowSeconds: env.ALERT_WINDOW_SECONDS,
      now,
    }),
  };
}
