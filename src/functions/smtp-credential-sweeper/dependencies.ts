import { setTimeout as sleep } from 'node:timers/promises';
import { createCallPace } from '../../aws/call-pace.ts';
import { createDynamoDbClient } from '../../aws/dynamodb.ts';
import { createIamClient } from '../../aws/iam.ts';
import { createIamInventory } from '../../aws/iam-inventory.ts';
import { lazyClient } from '../../aws/lazy-client.ts';
import { createSendingIdentities } from '../../aws/sending-identities.ts';
import { createSesClient } from '../../aws/sesv2.ts';
import { createSweepPositions } from '../../aws/sweep-position.ts';
import { ownershipOf } from '../../credential/ownership.ts';
import { createLazyDeadLetterQueue, createReconcilingDeps } from '../reconcile-dependencies.ts';
import type { SweeperEnv } from './env.ts';
import type { SweeperDeps } from './sweep.ts';

/** What SES takes of most calls: https://docs.aws.amazon.com/ses/latest/APIReference/Welcome.html */
const SES_READS_PER_SECOND = 1;

/** Wires the sweeper to AWS. */
export function createDependencies(env: SweeperEnv): SweeperDeps {
  const deps = createReconcilingDeps('smtp-credential-sweeper', env);
  const { watch } = deps.tracing;
  const { settings } = deps.reconcileDeps;
  const { partition, accountId } = settings.scope;
  return {
    ...deps,
    deadLetters: createLazyDeadLetterQueue(env.DEAD_LETTER_QUEUE_URL, deps.tracing),
    inventory: createIamInventory({
      client: lazyClient(createIamClient, watch),
      partition,
      accountId,
      ownership: ownershipOf(settings),
      pace: createCallPace(env.IAM_READS_PER_SECOND, Date.now, sleep),
    }),
    positions: createSweepPositions(lazyClient(createDynamoDbClient, watch), env.TABLE_NAME, Date.now),
    identities: createSendingIdentities(
      lazyClient(createSesClient, watch),
      createCallPace(SES_READS_PER_SECOND, Date.now, sleep),
    ),
    permissionsBoundaryArn: env.PERMISSIONS_BOUNDARY_ARN,
    settleSeconds: env.SETTLE_SECONDS,
  };
}
