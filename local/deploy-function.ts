import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  CreateEventSourceMappingCommand,
  CreateFunctionCommand,
  DeleteEventSourceMappingCommand,
  DeleteFunctionCommand,
  InvokeCommand,
  type LambdaClient,
  ListEventSourceMappingsCommand,
  PutFunctionEventInvokeConfigCommand,
  UpdateEventSourceMappingCommand,
} from '@aws-sdk/client-lambda';
import { buildIamUserTags } from '../src/credential/iam/iam-user-name.ts';
import {
  buildIamPath,
  buildTableMark,
  formerPaths,
  IAM_PATH,
  managedMarks,
  type Ownership,
} from '../src/credential/iam/ownership.ts';
import { deploymentParameterName } from '../src/deployment/deployment-name.ts';
import { lambdaRuntime } from './lambda-runtime.ts';
import type { LocalClients } from './local-clients.ts';
import type { LocalDeployment } from './local-deployment.ts';
import type { LocalFunction, Surroundings } from './local-functions.ts';
import type { LocalResources } from './local-resources.ts';
import { localSettings } from './local-settings.ts';
import { dropUnsuppliedConditions } from './policy/drop-unsupplied-conditions.ts';
import { readRolePolicy } from './policy/read-role-policy.ts';
import type { PolicyValues } from './policy/render-policy.ts';
import { createFunctionRole } from './resources/create-function-role.ts';
import { unlessThere } from './resources/unless-there.ts';
import { streamErrorHandling } from './stream-error-handling.ts';

/** Where the zips are, and what a function's environment gets on top of its own. */
export interface FunctionSources {
  functionsFolder: string;
  environment?: Record<string, string> | undefined;
}

/**
 * Deploys one function from its zip, starts its process and connects its trigger.
 *
 * @throws Error with the function's own words when it doesn't start.
 */
export async function deployFunction(
  clients: LocalClients,
  surroundings: Surroundings,
  definition: LocalFunction,
  { functionsFolder, environment }: FunctionSources,
): Promise<void> {
  const { resources, deployment } = surroundings;
  const name = `${deployment.namePrefix}${definition.name}`;
  const [zip, policy] = await Promise.all([
    readFile(join(functionsFolder, `${definition.name}.zip`)),
    readRolePolicy(definition.name, policyValues(definition.name, resources, deployment)),
  ]);
  await Promise.all([
    removeFunction(clients.lambda, name),
    createFunctionRole(clients.iam, name, dropUnsuppliedConditions(policy)),
  ]);
  await clients.lambda.send(
    new CreateFunctionCommand({
      FunctionName: name,
      Runtime: 'nodejs24.x',
      Handler: 'index.handler',
      Role: `arn:${deployment.partition}:iam::${deployment.accountId}:role/${name}`,
      MemorySize: definition.memoryMegabytes,
      Timeout: definition.timeoutSeconds,
      Environment: {
        Variables: {
          ...lambdaRuntime(definition.memoryMegabytes),
          ...definition.environment(surroundings),
          ...environment,
        },
      },
      Code: { ZipFile: zip },
    }),
  );
  if (definition.trigger.kind === 'schedule') {
    // Its next run is the retry.
    await rememberFailures(clients.lambda, name, resources.deadLetterQueue.arn, 0);
    return;
  }
  // What ends suspensions stands for no record, so that a person has to look at it.
  if (definition.alsoEvery !== undefined) await rememberFailures(clients.lambda, name, resources.parkingQueue.arn, 2);
  await warmUp(clients.lambda, name);
  await connect(clients.lambda, name, definition.trigger, resources);
}

/** The values that the templates of `terraform/policies/` may name. */
export function policyValues(
  functionName: string,
  resources: Pick<LocalResources, 'tableArn' | 'kmsKeyArn' | 'deadLetterQueue' | 'permissionsBoundaryArn'>,
  deployment: LocalDeployment = localSettings,
): PolicyValues {
  const { partition, region, accountId, table, previousTableNames, eventBus, queues, topics, namePrefix } = deployment;
  const queueArn = (name: string) => `arn:${partition}:sqs:${region}:${accountId}:${name}`;
  return {
    partition,
    region,
    account_id: accountId,
    table_name: table,
    name_prefix: namePrefix,
    table_arn: resources.tableArn,
    ...ownershipValues({ partition, accountId, region, table, previousTableNames }, resources.permissionsBoundaryArn),
    kms_key_arn: resources.kmsKeyArn,
    dead_letter_queue_arn: resources.deadLetterQueue.arn,
    parking_queue_arn: queueArn(queues.parking),
    verification_queue_arn: queueArn(queues.verifications),
    sending_events_queue_arn: queueArn(queues.sendingEvents),
    feedback_queue_arn: queueArn(queues.feedback),
    alerts_topic_arn: `arn:${partition}:sns:${region}:${accountId}:${topics.alerts}`,
    permissions_boundary_arn: resources.permissionsBoundaryArn,
    deployment_parameter_arn: `arn:${partition}:ssm:${region}:${accountId}:parameter${deploymentParameterName(namePrefix)}`,
    event_bus_name: eventBus,
    event_bus_arn: `arn:${partition}:events:${region}:${accountId}:event-bus/${eventBus}`,
    log_group_arn: `arn:${partition}:logs:${region}:${accountId}:log-group:/aws/lambda/${namePrefix}${functionName}`,
  };
}

/** Which IAM users and policies are the deployment's, as terraform/names.tf tells the policies. */
export function ownershipValues(
  { partition, accountId, ...ownership }: Ownership & { readonly partition: string; readonly accountId: string },
  permissionsBoundaryArn: string,
): PolicyValues {
  const paths = [buildIamPath(ownership), ...formerPaths(ownership)];
  const arns = (kind: 'user' | 'policy') =>
    paths.map((path) => `arn:${partition}:iam::${accountId}:${kind}${path}ses-smtp-user-*`);
  return {
    table_mark: buildTableMark(ownership),
    table_names: [ownership.table, ...(ownership.previousTableNames ?? [])],
    managed_table_marks: managedMarks(ownership),
    managed_user_arns: arns('user'),
    tagged_user_arns: paths.map(
      (path) => `arn:${partition}:iam::${accountId}:user${path}${path === IAM_PATH ? 'ses-smtp-user-' : ''}*`,
    ),
    managed_policy_arns: arns('policy'),
    user_boundary_arns: [permissionsBoundaryArn],
    user_tag_keys: buildIamUserTags({ ...ownership, username: '' }).map(({ Key }) => Key),
  };
}

/** A function is made anew on each start: its zip and its environment may have changed. */
async function removeFunction(lambda: LambdaClient, name: string): Promise<void> {
  await unlessThere(lambda.send(new DeleteFunctionCommand({ FunctionName: name })), 'ResourceNotFoundException');
}

/** Starts the function's process by an event without records, so that the first real one finds it warm. */
async function warmUp(lambda: LambdaClient, name: string): Promise<void> {
  const { FunctionError, Payload } = await lambda.send(
    new InvokeCommand({ FunctionName: name, Payload: JSON.stringify({ Records: [] }) }),
  );
  if (FunctionError) throw new Error(`The function ${name} doesn't start: ${Payload?.transformToString()}`);
}

/**
 * Connects a function to what it reads. A mapping of the run before stays: it knows where it stands in the stream. The emulator lets it
 * read from here on.
 */
async function connect(
  lambda: LambdaClient,
  name: string,
  trigger: Exclude<LocalFunction['trigger'], { kind: 'schedule' }>,
  resources: LocalResources,
): Promise<void> {
  const sourceArn = trigger.kind === 'stream' ? resources.streamArn : resources[trigger.queue].arn;
  const settings = {
    FunctionName: name,
    BatchSize: trigger.batchSize,
    FunctionResponseTypes: ['ReportBatchItemFailures' as const],
    ...(trigger.kind === 'stream'
      ? {
          ...streamErrorHandling,
          DestinationConfig: { OnFailure: { Destination: resources.deadLetterQueue.arn } },
          FilterCriteria: { Filters: trigger.filters.map((filter) => ({ Pattern: JSON.stringify(filter) })) },
        }
      : { MaximumBatchingWindowInSeconds: trigger.batchingWindowSeconds ?? 0 }),
  };
  const { EventSourceMappings = [] } = await lambda.send(new ListEventSourceMappingsCommand({ FunctionName: name }));
  const kept = EventSourceMappings.find(({ EventSourceArn }) => EventSourceArn === sourceArn);
  for (const { UUID } of EventSourceMappings) {
    if (UUID !== kept?.UUID) await lambda.send(new DeleteEventSourceMappingCommand({ UUID }));
  }
  if (kept !== undefined) {
    await lambda.send(new UpdateEventSourceMappingCommand({ ...settings, UUID: kept.UUID, Enabled: true }));
    return;
  }
  await lambda.send(
    new CreateEventSourceMappingCommand({
      ...settings,
      EventSourceArn: sourceArn,
      ...(trigger.kind === 'stream' ? { StartingPosition: 'TRIM_HORIZON' as const } : {}),
    }),
  );
}

/** A scheduled call that failed for good is told to a queue. */
async function rememberFailures(lambda: LambdaClient, name: string, queueArn: string, retries: number): Promise<void> {
  await lambda.send(
    new PutFunctionEventInvokeConfigCommand({
      FunctionName: name,
      MaximumRetryAttempts: retries,
      MaximumEventAgeInSeconds: 3_600,
      DestinationConfig: { OnFailure: { Destination: queueArn } },
    }),
  );
}
