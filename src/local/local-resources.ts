import type { LocalClients } from './local-clients.ts';
import { localSettings } from './local-settings.ts';
import { readPolicyTemplate } from './policy/read-policy-template.ts';
import { renderPolicy } from './policy/render-policy.ts';
import { createBoundary } from './resources/create-boundary.ts';
import { createKey } from './resources/create-key.ts';
import { createQueue } from './resources/create-queue.ts';
import { createSendingIdentity } from './resources/create-sending-identity.ts';
import { createTable } from './resources/create-table.ts';
import { createTopics } from './resources/create-topics.ts';

/** What functions work with, made before them. */
export interface LocalResources {
  tableArn: string;
  streamArn: string;
  kmsKeyArn: string;
  deadLetterQueue: { url: string; arn: string };
  topics: Record<keyof typeof localSettings.topics, string>;
  permissionsBoundaryArn: string;
}

/** Makes what is missing and leaves what is there. */
export async function createLocalResources(clients: LocalClients): Promise<LocalResources> {
  const { partition, accountId, permissionsBoundary } = localSettings;
  const boundaryPolicy = renderPolicy(await readPolicyTemplate('smtp-user-boundary'), {});
  const [table, kmsKeyArn, deadLetterQueue, topics] = await Promise.all([
    createTable(clients.dynamodb, localSettings.table),
    createKey(clients.kms, localSettings.keyAlias),
    createQueue(clients.sqs, localSettings.deadLetterQueue),
    createTopics(clients.sns, localSettings.topics),
    createSendingIdentity(clients.ses, localSettings.identity, localSettings.configurationSet),
    createBoundary(clients.iam, permissionsBoundary, boundaryPolicy),
  ]);
  return {
    ...table,
    kmsKeyArn,
    deadLetterQueue,
    topics,
    permissionsBoundaryArn: `arn:${partition}:iam::${accountId}:policy/${permissionsBoundary}`,
  };
}
