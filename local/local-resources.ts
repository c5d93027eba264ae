import type { LocalClients } from './local-clients.ts';
import type { LocalDeployment } from './local-deployment.ts';
import type { LocalTimings } from './local-timings.ts';
import { readPolicyTemplate } from './policy/read-policy-template.ts';
import { renderPolicy } from './policy/render-policy.ts';
import { createBoundary } from './resources/create-boundary.ts';
import { createEventLogs } from './resources/create-event-logs.ts';
import { createKey } from './resources/create-key.ts';
import { createQueues, type LocalQueue } from './resources/create-queues.ts';
import { createSendingIdentity } from './resources/create-sending-identity.ts';
import { createTable } from './resources/create-table.ts';
import { createTopics } from './resources/create-topics.ts';
import { createVerificationRule } from './resources/create-verification-rule.ts';
import { subscribeQueue } from './resources/subscribe-queue.ts';

/** The resources that the functions use. They are created first. */
export interface LocalResources {
  tableArn: string;
  streamArn: string;
  kmsKeyArn: string;
  deadLetterQueue: LocalQueue;
  parkingQueue: LocalQueue;
  verificationQueue: LocalQueue;
  sendingEventsQueue: LocalQueue;
  feedbackQueue: LocalQueue;
  topics: Record<keyof LocalDeployment['topics'], string>;
  permissionsBoundaryArn: string;
}

/** Creates what is missing and leaves the rest as it is. */
export async function createLocalResources(
  clients: LocalClients,
  deployment: LocalDeployment,
  timings: LocalTimings,
): Promise<LocalResources> {
  const { partition, accountId, permissionsBoundary } = deployment;
  const boundaryPolicy = renderPolicy(await readPolicyTemplate('smtp-user-boundary'), {});
  const [table, kmsKeyArn, queues, topics] = await Promise.all([
    createTable(clients.dynamodb, deployment.table, deployment.expiryAttribute),
    createKey(clients.kms, deployment.keyAlias),
    createQueues(clients.sqs, deployment, timings),
    createTopics(clients.sns, deployment.topics),
    createSendingIdentity(clients.ses, deployment.identity, deployment.configurationSet),
    createBoundary(clients.iam, permissionsBoundary, boundaryPolicy),
  ]);
  const { sends, deliveries, bounces, complaints } = topics;
  await Promise.all([
    createEventLogs(clients, deployment),
    createVerificationRule(clients.events, deployment, queues.verificationQueue.arn),
    subscribeQueue(clients.sns, queues.sendingEventsQueue.arn, [sends]),
    subscribeQueue(clients.sns, queues.feedbackQueue.arn, [sends, deliveries, bounces, complaints]),
  ]);
  return {
    ...table,
    ...queues,
    kmsKeyArn,
    topics,
    permissionsBoundaryArn: `arn:${partition}:iam::${accountId}:policy/${permissionsBoundary}`,
  };
}
