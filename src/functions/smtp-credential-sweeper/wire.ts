import { setTimeout as sleep } from 'node:timers/promises';
import { createDynamoDbClient } from '../../aws/dynamodb/client.ts';
import { createFindingStore } from '../../aws/dynamodb/kept-findings.ts';
import { createSweepPositions } from '../../aws/dynamodb/sweep-position.ts';
import { createCallPace } from '../../aws/iam/call-pace.ts';
import { createIamClient } from '../../aws/iam/client.ts';
import { createIamInventory } from '../../aws/iam/iam-inventory.ts';
import { lazyClient } from '../../aws/lazy-client.ts';
import { createSendingIdentities } from '../../aws/sending-identities.ts';
import { createSesClient } from '../../aws/sesv2.ts';
import { ownershipOf } from '../../credential/iam/ownership.ts';
import { createLazyDeadLetterQueue, createReconcilingDeps } from '../runtime/wire-reconciling.ts';
import type { SweeperDeps } from './deps.ts';
import type { SweeperEnv } from './env.ts';

/** The rate limit of SES for most calls: https://docs.aws.amazon.com/ses/latest/APIReference/Welcome.html */
const SES_READS_PER_SECOND = 1;

/** Wires the sweeper to AWS. */
export function createDependencies(env: SweeperEnv): SweeperDeps {
  const deps = createReconcilingDeps('smtp-credential-sweeper', env);
  const { watch } = deps.tracing;
  const { settings } = deps.reconcileDeps;
  const dynamodb = lazyClient(createDynamoDbClient, watch);
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
    positions: createSweepPositions(dynamodb, env.TABLE_NAME, Date.now),
    findings: createFindingStore(dynamodb, { table: env.TABLE_NAME, expiryAttribute: env.EXPIRY_ATTRIBUTE }),
    identities: createSendingIdentities(
      lazyClient(createSesClient, watch),
      createCallPace(SES_READS_PER_SECOND, Date.now, sleep),
    ),
    permissionsBoundaryArn: env.PERMISSIONS_BOUNDARY_ARN,
    confirmAfterSeconds: env.SETTLE_SECONDS,
  };
}
