import { randomBytes } from 'node:crypto';
import { readTraceHeader, type TraceHeader } from './trace-header.ts';
import { openXRayDaemon, type SendSubsegment, type Subsegment } from './xray-daemon.ts';

export interface Tracing {
  /** Creates a subsegment for each call of this client while X-Ray samples. */
  watch(client: AwsClient): void;
  /** Runs an invocation's work in its own subsegment, if X-Ray samples the invocation. */
  run<T>(work: () => Promise<T>): Promise<T>;
}

export interface TracingSettings {
  /** Of the function. */
  readonly name: string;
  readonly enabled: boolean;
  /** The trace header of the current invocation. */
  readonly currentHeader: () => string | undefined;
  /** Called at the first invocation that X-Ray samples. */
  readonly openDaemon: () => Promise<SendSubsegment>;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** The part of an SDK client that tracing uses. */
interface AwsClient {
  readonly config: { readonly serviceId?: string; readonly region: () => Promise<string> };
  readonly middlewareStack: { add(middleware: never, place: { step: 'build'; name: string }): void };
}

type Call = { readonly input: unknown; readonly request?: unknown };
type Answer = { readonly output: { readonly $metadata?: CallMetadata } };
type Next = (call: Call) => Promise<Answer>;

/** The SDK's metadata of a finished call, successful or not. */
interface CallMetadata {
  readonly httpStatusCode?: number;
  readonly requestId?: string;
  readonly attempts?: number;
}

/** The current invocation. A Lambda process runs one at a time. */
interface Invocation {
  readonly header: TraceHeader;
  readonly segmentId: string;
  /** Finished calls that are sent with the invocation's own subsegment. */
  readonly calls: Subsegment[];
  readonly send: SendSubsegment;
}

/** Beyond this many finished calls they are sent early, because one datagram must hold all that wait. */
const MAX_WAITING_CALLS = 50;

/** Tracing that is configured by Lambda's environment. */
export function createLambdaTracing(name: string, enabled: boolean): Tracing {
  return createTracing({
    name,
    enabled,
    currentHeader: () => process.env['_X_AMZN_TRACE_ID'],
    openDaemon: () => openXRayDaemon(process.env['AWS_XRAY_DAEMON_ADDRESS']),
    now: Date.now,
  });
}

/**
 * Sends X-Ray a subsegment for the function's work, with one below it for each AWS call. Inputs, responses and error
 * messages are left out, because a response of IAM holds a secret. docs/decisions/0006 explains why this is not a
 * library.
 */
export function createTracing({ name, enabled, currentHeader, openDaemon, now }: TracingSettings): Tracing {
  let daemon: Promise<SendSubsegment> | undefined;
  let invocation: Invocation | undefined;

  function recordCall(client: AwsClient, id: string, startMs: number, details: Partial<Subsegment>): void {
    if (invocation === undefined) return;
    const { calls, send } = invocation;
    calls.push({
      type: 'subsegment',
      id,
      trace_id: invocation.header.traceId,
      parent_id: invocation.segmentId,
      name: client.config.serviceId ?? 'AWS',
      start_time: startMs / 1000,
      end_time: now() / 1000,
      namespace: 'aws',
      ...details,
    });
    if (calls.length > MAX_WAITING_CALLS) for (const call of calls.splice(0)) send(call);
  }

  async function traceCall(client: AwsClient, operation: string, call: Call, next: Next): Promise<Answer> {
    if (invocation === undefined) return next(call);
    const id = newId();
    const startMs = now();
    const { headers } = call.request as { headers: Record<string, string> };
    // The called service continues the trace below this subsegment.
    headers['X-Amzn-Trace-Id'] = invocation.header.under(id);
    const region = await client.config.region();
    const about = { operation, region, ...namedResource(call.input) };
    try {
      const answer = await next(call);
      recordCall(client, id, startMs, describeCall(about, answer.output.$metadata));
      return answer;
    } catch (error) {
      const metadata = (error as { $metadata?: CallMetadata }).$metadata;
      recordCall(client, id, startMs, { ...describeCall(about, metadata), ...describeFailure(error, metadata) });
      throw error;
    }
  }

  return {
    watch(client) {
      if (!enabled) return;
      const middleware =
        (next: Next, context: { readonly commandName?: string }): Next =>
        (call) =>
          traceCall(client, (context.commandName ?? '').replace(/Command$/, ''), call, next);
      // Added outside the SDK's retries: one subsegment per call, however often it is sent.
      client.middlewareStack.add(middleware as never, { step: 'build', name: 'sesameTracing' });
    },
    async run(work) {
      const header = enabled ? readTraceHeader(currentHeader()) : undefined;
      if (!header?.isSampled) return work();
      daemon ??= openDaemon();
      const send = await daemon;
      const segmentId = newId();
      const startMs = now();
      const calls: Subsegment[] = [];
      invocation = { header, segmentId, calls, send };
      let failure: Partial<Subsegment> = {};
      try {
        return await work();
      } catch (error) {
        failure = describeFailure(error, undefined);
        throw error;
      } finally {
        invocation = undefined;
        send({
          type: 'subsegment',
          id: segmentId,
          trace_id: header.traceId,
          parent_id: header.parentId,
          name,
          start_time: startMs / 1000,
          end_time: now() / 1000,
          ...failure,
          ...(calls.length === 0 ? {} : { subsegments: calls }),
        });
      }
    },
  };
}

function describeCall(about: Readonly<Record<string, unknown>>, metadata: CallMetadata = {}): Partial<Subsegment> {
  const { httpStatusCode, requestId, attempts } = metadata;
  return {
    aws: { ...about, request_id: requestId, retries: attempts === undefined ? undefined : attempts - 1 },
    ...(httpStatusCode === undefined ? {} : { http: { response: { status: httpStatusCode } } }),
  };
}

const THROTTLING = /^(Throttl|ProvisionedThroughputExceeded|RequestLimitExceeded|TooManyRequests)/;

/** The kind and name of an error, never its message. */
function describeFailure(error: unknown, metadata: CallMetadata | undefined): Partial<Subsegment> {
  const status = metadata?.httpStatusCode ?? 500;
  const type = error instanceof Error ? error.name : typeof error;
  return {
    ...(status >= 400 && status < 500 ? { error: true } : { fault: true }),
    ...(status === 429 || THROTTLING.test(type) ? { throttle: true } : {}),
    cause: { exceptions: [{ id: newId(), type }] },
  };
}

/** X-Ray draws a node for each table and queue that these name. */
function namedResource(input: unknown): Readonly<Record<string, string>> {
  const { TableName, QueueUrl } = (input ?? {}) as { TableName?: unknown; QueueUrl?: unknown };
  return {
    ...(typeof TableName === 'string' ? { table_name: TableName } : {}),
    ...(typeof QueueUrl === 'string' ? { queue_url: QueueUrl } : {}),
  };
}

function newId(): string {
  return randomBytes(8).toString('hex');
}
