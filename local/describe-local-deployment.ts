import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Deployment } from '../src/deployment/deployment.ts';
import type { LocalDeployment } from './local-deployment.ts';
import { localFunctions } from './local-functions.ts';
import type { LocalResources } from './local-resources.ts';
import { projectFolder } from './project-folder.ts';

/** Describes a local stack as a deployment, as Terraform does for one on AWS (terraform/deployment.tf). */
export function describeLocalDeployment(
  deployment: LocalDeployment,
  resources: LocalResources,
  where: {
    endpoint: string;
    smtp: { host: string; startTlsPort: number; tlsPort: number; caFile: string };
    api: { url: string };
  },
) {
  const { namePrefix, partition, region, accountId, table, previousTableNames, eventBus, configurationSet } =
    deployment;
  const { eventLogGroup, historyLogGroup } = deployment;
  const names = localFunctions.map(({ name }) => name);
  return {
    version: readVersion(),
    partition,
    region,
    accountId,
    namePrefix,
    table,
    previousTableNames: [...previousTableNames],
    kmsKeyArn: resources.kmsKeyArn,
    deadLetterQueueUrl: resources.deadLetterQueue.url,
    parkingQueueUrl: resources.parkingQueue.url,
    verificationQueueUrl: resources.verificationQueue.url,
    sendingEventsQueueUrl: resources.sendingEventsQueue.url,
    feedbackQueueUrl: resources.feedbackQueue.url,
    eventBus,
    configurationSet,
    permissionsBoundaryArn: resources.permissionsBoundaryArn,
    topics: resources.topics,
    smtp: where.smtp,
    api: where.api,
    functions: names.map((name) => `${namePrefix}${name}`),
    eventLogGroup,
    historyLogGroup,
    logGroups: Object.fromEntries(names.map((name) => [name, `/aws/lambda/${namePrefix}${name}`])),
    endpoint: where.endpoint,
  } satisfies Deployment;
}

function readVersion(): string {
  const { version } = JSON.parse(readFileSync(join(projectFolder, 'package.json'), 'utf8')) as { version: string };
  return version;
}
