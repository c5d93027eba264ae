import { randomUUID } from 'node:crypto';
import { createCredentialTable } from '../../aws/dynamodb/credential-table.ts';
import { createRevealCounter } from '../../aws/dynamodb/reveal-counter.ts';
import { createEventPublisher } from '../../aws/eventbridge.ts';
import { createPasswordDecryption } from '../../aws/kms.ts';
import type { OperatorClients } from '../../aws/operator-clients.ts';
import { eventPublishing } from '../../credential/credential-event.ts';
import { withPreviousTableNames } from '../../credential/iam/with-previous-table-names.ts';
import type { Deployment } from '../../deployment/deployment.ts';
import type { ApiDeps } from '../../http/api-deps.ts';
import { type Api, createApp } from '../../http/create-app.ts';
import { revealRoutes } from '../../http/routes/reveal.ts';

/** The route that reveals passwords. A file of its own: no other command loads KMS. */
export async function createRevealApp(deployment: Deployment, clients: OperatorClients, host: ApiDeps): Promise<Api> {
  const { table, kmsKeyArn, previousTableNames, eventBus, smtp } = deployment;
  const [kms, events] = await Promise.all([clients.kms(), clients.events()]);
  return createApp(revealRoutes, {
    ...host,
    reveal: {
      table,
      credentials: createCredentialTable(clients.dynamodb, table),
      decryption: withPreviousTableNames(
        createPasswordDecryption(() => kms, kmsKeyArn),
        previousTableNames,
      ),
      reveals: createRevealCounter(clients.dynamodb, table),
      events: createEventPublisher(() => events, { busName: eventBus, ...eventPublishing }),
      smtp,
      newId: randomUUID,
      now: Date.now,
    },
  });
}
