import { QueryCommand } from '@aws-sdk/client-dynamodb';
import { DeleteEventSourceMappingCommand, ListEventSourceMappingsCommand } from '@aws-sdk/client-lambda';
import { GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { freePorts } from '../../../local/local-ports.ts';
import { forEachBounded } from '../../../src/functions/runtime/for-each-bounded.ts';
import type { AwsCall } from '../../support/aws-refusal.ts';
import { type Fault, type FaultProxy, startFaultProxy } from '../../support/fault-proxy.ts';
import { type OwnLocalStack, startLocalStack } from '../../support/start-local-stack.ts';
import { waitUntil } from '../../support/wait-until.ts';
import type { CrashFlow, TableRecord } from './crash-flows.ts';

/** A username that goes through a flow, and the fault that strikes there. */
export interface Cell {
  readonly username: string;
  readonly flowName: string;
  readonly flow: CrashFlow;
  readonly fault?: { readonly call: string; readonly nth: number; readonly what: Fault };
}

/** How often a fault strikes. The SDK makes four attempts. */
const strikes: Partial<Record<Fault, number>> = { throttled: 5, 'server error': 4 };

/** The names of calls, such as `iam:CreateUser`, in order. */
export type Recording = Map<string, string[]>;

/** A stack behind a fault proxy, where many usernames go through their flows in parallel. */
export interface CrashLab {
  readonly stack: OwnLocalStack;
  readonly proxy: FaultProxy;
  readRecords(): Promise<Map<string, TableRecord>>;
  /** Counts the messages in the dead-letter queue and the parking queue, visible or not. */
  countMessages(): Promise<number>;
  /** Brings cells to the start of their flows. */
  prepare(cells: readonly Cell[]): Promise<void>;
  /** Starts the flows, injects the faults, and waits until the system is idle. */
  run(cells: readonly Cell[], limitSeconds: number): Promise<LabRun>;
  stop(): Promise<void>;
}

/** The result of a run. */
export interface LabRun {
  readonly calls: Recording;
  /** The usernames whose fault struck. */
  readonly struck: ReadonlySet<string>;
  /** The usernames that aren't done. */
  readonly open: readonly string[];
  /** By username: the types of the events that the bus accepted. */
  readonly published: ReadonlyMap<string, ReadonlySet<string>>;
}

/** Faults after which the call has still taken effect. */
const lateFaults: readonly (Fault | undefined)[] = [undefined, 'killed after', 'answer lost'];

const reconcilers = ['smtp-credential-manager', 'smtp-dlq-processor'];

export async function startCrashLab(): Promise<CrashLab> {
  const ports = await freePorts();
  const proxy = await startFaultProxy(`http://127.0.0.1:${ports.emulator}`);
  // Longer than any run here, but short enough for a test. Not adaptive: throttling of one cell must not slow down all others.
  const environment = { CLAIM_LEASE_SECONDS: '12', AWS_RETRY_MODE: 'standard' };
  const stack = await startLocalStack({
    ports,
    functionsEndpoint: proxy.endpoint,
    functionEnvironment: Object.fromEntries(reconcilers.map((name) => [name, environment])),
    timings: { backoffBaseSeconds: 1, backoffLimitSeconds: 2 },
  });
  const { clients, description } = stack;
  await stopVerifier();

  /** Hundreds of logins would take longer than everything else. */
  async function stopVerifier(): Promise<void> {
    const { EventSourceMappings = [] } = await clients.lambda.send(
      new ListEventSourceMappingsCommand({ FunctionName: 'smtp-credential-verifier' }),
    );
    for (const { UUID } of EventSourceMappings)
      await clients.lambda.send(new DeleteEventSourceMappingCommand({ UUID }));
  }

  async function readRecords(): Promise<Map<string, TableRecord>> {
    const found = new Map<string, TableRecord>();
    let ExclusiveStartKey: Record<string, never> | undefined;
    do {
      const page = await clients.dynamodb.send(
        new QueryCommand({
          TableName: description.table,
          KeyConditionExpression: 'PK = :pk',
          ExpressionAttributeValues: { ':pk': { S: 'SMTP_USER' } },
          ConsistentRead: true,
          ExclusiveStartKey,
        }),
      );
      for (const raw of page.Items ?? []) {
        const record = unmarshall(raw);
        found.set(String(record['SK']).slice('USER#'.length), record);
      }
      ExclusiveStartKey = page.LastEvaluatedKey as typeof ExclusiveStartKey;
    } while (ExclusiveStartKey !== undefined);
    return found;
  }

  async function countMessages(): Promise<number> {
    let count = 0;
    for (const QueueUrl of [description.deadLetterQueueUrl, description.parkingQueueUrl]) {
      const { Attributes = {} } = await clients.sqs.send(
        new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }),
      );
      for (const [name, value] of Object.entries(Attributes)) {
        if (name.startsWith('ApproximateNumberOfMessages')) count += Number(value);
      }
    }
    return count;
  }

  async function waitForAll(
    cells: readonly Cell[],
    isDone: (cell: Cell, record?: TableRecord) => boolean,
    limit: number,
  ) {
    let open: string[] = [];
    await waitUntil(async () => {
      const records = await readRecords();
      open = cells.filter((cell) => !isDone(cell, records.get(cell.username))).map(({ username }) => username);
      await new Promise((resolve) => setTimeout(resolve, 300));
      return open.length === 0;
    }, limit).catch(() => {});
    return open;
  }

  async function prepare(cells: readonly Cell[]): Promise<void> {
    const most = Math.max(...cells.map(({ flow }) => flow.before.length));
    for (let index = 0; index < most; index += 1) {
      const some = cells.filter(({ flow }) => flow.before[index] !== undefined);
      await forEachBounded(some, 10, async ({ username, flow }) => flow.before[index]?.do(username));
      const open = await waitForAll(some, ({ flow }, record) => flow.before[index]?.isDone(record) === true, 120);
      if (open.length > 0) throw new Error(`Not prepared: ${open.join(', ')}`);
    }
  }

  async function run(cells: readonly Cell[], limitSeconds: number): Promise<LabRun> {
    const calls: Recording = new Map(cells.map(({ username }) => [username, []]));
    const struck = new Set<string>();
    const published = new Map(cells.map(({ username }) => [username, new Set<string>()]));
    const targets = new Map(cells.map((cell) => [cell.username, new FaultTarget(cell)]));
    const usernameOfKey = new Map<string, string>();
    for (const [username, record] of await readRecords()) {
      const previous = record['previous_key'] as TableRecord | undefined;
      for (const key of [record['access_key_id'], previous?.['access_key_id']])
        usernameOfKey.set(String(key), username);
    }
    proxy.decide = (call) => {
      if (!reconcilers.includes(proxy.functionOf(call.accessKeyId) ?? '')) return undefined;
      const names = [...call.body.matchAll(/crash-\d{4}|AKIA[A-Z0-9]{16}/g)].map(
        ([text]) => usernameOfKey.get(text) ?? text,
      );
      let fault: Fault | undefined;
      for (const username of new Set(names)) {
        calls.get(username)?.push(`${call.service}:${call.operation}`);
        const own = targets.get(username)?.meet(call);
        if (own === undefined) continue;
        struck.add(username);
        fault = own;
      }
      if (call.operation === 'PutEvents' && lateFaults.includes(fault)) {
        for (const { type, username } of readEvents(call)) published.get(username)?.add(type);
      }
      return fault;
    };
    await forEachBounded(cells, 10, ({ username, flow }) => flow.change(username));
    const deadline = Date.now() + limitSeconds * 1000;
    const open = await waitForAll(cells, ({ flow }, record) => flow.isDone(record), limitSeconds);
    if (open.length > 0) return { calls, struck, open, published };
    const isPublished = () =>
      cells.every(({ username, flow }) => flow.publishes.some((type) => published.get(username)?.has(type)));
    await waitUntil(
      async () => {
        const isEmpty = (await countMessages()) === 0;
        await new Promise((resolve) => setTimeout(resolve, 300));
        return isEmpty && isPublished();
      },
      Math.max(1, (deadline - Date.now()) / 1000),
    ).catch(() => {});
    return { calls, struck, open, published };
  }

  async function stop(): Promise<void> {
    proxy.decide = () => undefined;
    await stack.stop();
    await proxy.stop();
  }
  return { stack, proxy, readRecords, countMessages, prepare, run, stop };
}

/** The events in a PutEvents call. */
function readEvents({ body }: AwsCall): { type: string; username: string }[] {
  const { Entries } = JSON.parse(body) as { Entries: { DetailType: string; Detail: string }[] };
  return Entries.map(({ DetailType, Detail }) => ({
    type: DetailType,
    username: (JSON.parse(Detail) as { username: string }).username,
  }));
}

/** Strikes at the n-th call of a kind, and repeats as often as the fault needs. */
class FaultTarget {
  readonly #cell: Cell;
  #met = 0;
  #strikes = 0;
  #alwaysStruck = false;

  constructor(cell: Cell) {
    this.#cell = cell;
  }

  meet({ service, operation }: AwsCall): Fault | undefined {
    const { flow, fault } = this.#cell;
    const name = `${service}:${operation}`;
    if (name === fault?.call) {
      this.#met += 1;
      if (this.#met >= fault.nth && this.#strikes < (strikes[fault.what] ?? 1)) {
        this.#strikes += 1;
        return fault.what;
      }
    }
    if (name !== flow.always || this.#alwaysStruck) return undefined;
    this.#alwaysStruck = true;
    return 'access denied';
  }
}
