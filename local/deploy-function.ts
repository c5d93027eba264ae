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
import type { QueueTrigger, ScheduleTrigger, StreamTrigger } from './function-definitions.ts';
import { lambdaRuntime } from './lambda-runtime.ts';
import type { LocalClients } from './local-clients.ts';
import type { LocalDeployment } from './local-deployment.ts';
import { type FunctionContext, type LocalFunction, localEnvironment, localFunctions } from './local-functions.ts';
import type { LocalResources } from './local-resources.ts';
import { localSettings } from './local-settings.ts';
import { dropUnsuppliedConditions } from './policy/drop-unsupplied-conditions.ts';
import { readRolePolicy } from './policy/read-role-policy.ts';
import type { PolicyValues } from './policy/render-policy.ts';
import { createFunctionRole } from './resources/create-function-role.ts';
import type { LocalQueue } from './resources/create-queues.ts';
import { unlessThere } from './resources/unless-there.ts';

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
  context: FunctionContext,
  definition: LocalFunction,
  { functionsFolder, environment }: FunctionSources,
): Promise<void> {
  const { resources, deployment } = context;
  const name = `${deployment.namePrefix}${definition.name}`;
  const [zip, policy] = await Promise.all([
    readFile(join(functionsFolder, `${definition.name}.zip`)),
    readRolePolicy(definition.name, policyValues(definition.name, resources, deployment), {
      suppressionList: environment?.['SUPPRESSION_LIST'] === 'on',
    }),
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
      MemorySize: definition.memory_megabytes,
      Timeout: definition.timeout_seconds,
      Environment: {
        Variables: {
          ...lambdaRuntime(definition.memory_megabytes),
          ...localEnvironment(definition, context),
          ...environment,
        },
      },
      Code: { ZipFile: zip },
    }),
  );
  const { stream, queue, schedule } = definition;
  if (schedule) await rememberFailures(clients.lambda, name, schedule, resources);
  if (!stream && !queue) return;
  await warmUp(clients.lambda, name);
  if (stream) await connect(clients.lambda, name, stream.batch_size, streamSource(stream, resources));
  if (queue) await connect(clients.lambda, name, queue.batch_size, queueSource(queue, resources));
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
    scheduled_function_arns: localFunctions
      .filter(({ schedule }) => schedule !== undefined)
      .map(({ name }) => `arn:${partition}:lambda:${region}:${accountId}:function:${namePrefix}${name}`),
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

/** Failed batches are handled as on AWS. */
function streamSource(stream: StreamTrigger, resources: LocalResources) {
  return {
    EventSourceArn: resources.streamArn,
    StartingPosition: 'TRIM_HORIZON' as const,
    BisectBatchOnFunctionError: stream.bisect_batch_on_function_error,
    MaximumRetryAttempts: stream.maximum_retry_attempts,
    MaximumRecordAgeInSeconds: stream.maximum_record_age_seconds,
    ParallelizationFactor: stream.parallelization_factor,
    DestinationConfig: { OnFailure: { Destination: queueNamed(stream.failure_queue, resources).arn } },
    FilterCriteria: { Filters: stream.filters.map((filter) => ({ Pattern: JSON.stringify(filter) })) },
  };
}

/** The emulator delivers at most ten messages, doesn't wait for more, and has no maximum concurrency. */
function queueSource(queue: QueueTrigger, resources: LocalResources) {
  return {
    EventSourceArn: queueNamed(queue.name, resources).arn,
    MaximumBatchingWindowInSeconds: queue.batching_window_seconds,
  };
}

/**
 * Connects a function to what it reads. A mapping of the run before stays: it knows where it stands in the stream. The emulator lets it
 * read from here on.
 */
async function connect(
  lambda: LambdaClient,
  name: string,
  batchSize: number,
  source: ReturnType<typeof streamSource> | ReturnType<typeof queueSource>,
): Promise<void> {
  const { StartingPosition, EventSourceArn, ...settings } = {
    FunctionName: name,
    BatchSize: batchSize,
    FunctionResponseTypes: ['ReportBatchItemFailures' as const],
    StartingPosition: undefined,
    ...source,
  };
  const { EventSourceMappings = [] } = await lambda.send(new ListEventSourceMappingsCommand({ FunctionName: name }));
  const kept = EventSourceMappings.find((mapping) => mapping.EventSourceArn === EventSourceArn);
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
      EventSourceArn,
      ...(StartingPosition === undefined ? {} : { StartingPosition }),
    }),
  );
}

/** A scheduled call that failed for good is told to a queue. */
async function rememberFailures(
  lambda: LambdaClient,
  name: string,
  schedule: ScheduleTrigger,
  resources: LocalResources,
): Promise<void> {
  await lambda.send(
    new PutFunctionEventInvokeConfigCommand({
      FunctionName: name,
      MaximumRetryAttempts: schedule.maximum_retry_attempts,
      MaximumEventAgeInSeconds: schedule.maximum_event_age_seconds,
      DestinationConfig: { OnFailure: { Destination: queueNamed(schedule.failure_queue, resources).arn } },
    }),
  );
}

/** Finds a queue by its name in `terraform/functions.json`. */
function queueNamed(name: string, resources: LocalResources): LocalQueue {
  const queues: Readonly<Record<string, LocalQueue>> = {
    'dead-letters': resources.deadLetterQueue,
    parking: resources.parkingQueue,
    verifications: resources.verificationQueue,
    'sending-events': resources.sendingEventsQueue,
    feedback: resources.feedbackQueue,
  };
  const queue = queues[name];
  if (queue === undefined) throw new Error(`terraform/functions.json names an unknown queue, "${name}".`);
  return queue;
}
