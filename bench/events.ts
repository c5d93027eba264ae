import { readdirSync, readFileSync } from 'node:fs';
import { BatchWriteItemCommand } from '@aws-sdk/client-dynamodb';
import {
  InvokeCommand,
  LambdaClient,
  ListEventSourceMappingsCommand,
  UpdateEventSourceMappingCommand,
} from '@aws-sdk/client-lambda';
import { marshall } from '@aws-sdk/util-dynamodb';
import { freePorts } from '../local/local-ports.ts';
import { createCounterReader } from '../src/aws/dynamodb/sending-counters.ts';
import { sumWindows } from '../src/mail-events/windows.ts';
import { type OwnLocalStack, startLocalStack } from '../test/support/start-local-stack.ts';
import { startCountingProxy } from './support/counting-proxy.ts';
import { time } from './support/figures.ts';
import { readBenchNumbers } from './support/read-bench-numbers.ts';
import { seededRandom } from './support/seeded-random.ts';
import { type EventLoad, iamUserNameFor, makeEventLoad } from './support/sending-events.ts';

/** The budget of both functions, with events of 50 credentials. Writes are items, so a transaction counts as all of its items. */
const budget = { eventsPerSecond: 300, readsPerEvent: 0.05, writesPerEvent: 1.1, memoryMegabytes: 150 };
/** One credential that sends at the rate of a large account, which is the hardest case for exact counters. */
const flood = { recipientsPerMinute: 20_000, recipientsPerMail: 10, writesPerEvent: 0.15, memoryMegabytes: 150 };
/** The largest batch that SQS gives to a function. */
const batchSize = 1_000;

const { events, growth } = await readBenchNumbers('bench:events', 'Measures how SES events are judged and counted.', {
  events: { about: 'events in each run', default: 10_000, from: 1 },
  growth: { about: 'further numbers of credentials', default: [10, 200, 1000], from: 1 },
});

const hourMs = 3_600_000;

/** Calls and items of the table since the last reset. */
const table = { calls: 0, reads: 0, writes: 0 };
let isOk = true;

console.log(
  'function                 credentials  events  events/s  calls/event  reads/event  writes/event  peak MB  counters',
);
for (const credentials of [50, ...growth]) {
  const judged = credentials === 50;
  const usual = { credentials, events, recipients: 1, spanMs: hourMs };
  await measure('smtp-feedback-processor', usual, judged ? budget : undefined);
  if (judged) await measure('smtp-email-validator', usual, budget);
}
const mails = flood.recipientsPerMinute / flood.recipientsPerMail;
await measure(
  'smtp-feedback-processor',
  {
    credentials: 1,
    // Each mail has an event for its sending, and one for each recipient; 5 % come twice.
    events: Math.round((mails * (1 + flood.recipientsPerMail)) / 0.95),
    recipients: flood.recipientsPerMail,
    spanMs: 60_000,
  },
  { ...budget, ...flood },
);
console.log(
  `\nBudget at 50 credentials: at least ${budget.eventsPerSecond} events/s, at most ${budget.readsPerEvent} reads and ` +
    `${budget.writesPerEvent} writes per event, less than ${budget.memoryMegabytes} MB, exact counters. With 1 credential that sends to ` +
    `${flood.recipientsPerMinute} recipients a minute: ${flood.writesPerEvent} writes, less than ${flood.memoryMegabytes} MB, exact counters.`,
);
console.log(isOk ? 'All kept.' : 'Not kept.');
process.exit(isOk ? 0 : 1);

/** 5 % of the events come twice, 10 % out of order. Each run has a fresh stack, so that nothing is warm or counted already. */
async function measure(
  functionName: string,
  { credentials, ...mails }: { credentials: number; events: number; recipients: number; spanMs: number },
  limits: typeof budget | undefined,
): Promise<void> {
  const ports = await freePorts();
  const proxy = await startCountingProxy(`http://127.0.0.1:${ports.emulator}`, { onCall: countItems });
  const stack = await startLocalStack({ iamLag: undefined, ports, functionsEndpoint: proxy.url });
  try {
    await silence(stack);
    const usernames = Array.from({ length: credentials }, (_, index) => `user.${index}`);
    await insertRecords(stack, usernames);
    const load = makeEventLoad({
      ...mails,
      usernames,
      duplicated: 0.05,
      outOfOrder: 0.1,
      fromMs: Date.now() - mails.spanMs,
      random: seededRandom(7),
    });
    Object.assign(table, { calls: 0, reads: 0, writes: 0 });
    const ms = await time(() => invokeAll(stack, functionName, load));
    const perSecond = load.bodies.length / (ms / 1000);
    const perEvent = (count: number) => count / load.bodies.length;
    const peak = peakMemoryMegabytes(functionName);
    const exact = functionName === 'smtp-email-validator' || (await isExact(stack, load));
    console.log(
      [
        functionName.padEnd(24),
        String(credentials).padStart(11),
        String(load.bodies.length).padStart(7),
        perSecond.toFixed(0).padStart(9),
        perEvent(table.calls).toFixed(3).padStart(12),
        perEvent(table.reads).toFixed(3).padStart(12),
        perEvent(table.writes).toFixed(3).padStart(13),
        peak.toFixed(0).padStart(8),
        functionName === 'smtp-email-validator' ? 'none' : exact ? 'exact' : 'WRONG',
      ].join(' '),
    );
    if (!exact) isOk = false;
    if (limits === undefined) return;
    isOk &&=
      perSecond >= limits.eventsPerSecond &&
      perEvent(table.reads) <= limits.readsPerEvent &&
      perEvent(table.writes) <= limits.writesPerEvent &&
      peak > 0 &&
      peak < limits.memoryMegabytes;
  } finally {
    await stack.stop();
    proxy.stop();
  }
}

/** A query counts as one read; a batch as all of its keys; a transaction as all of its items. */
function countItems(operation: string, body: string): void {
  const keysOf = () => Object.values(JSON.parse(body).RequestItems as Record<string, { Keys: unknown[] }>);
  const reads: Record<string, () => number> = {
    GetItem: () => 1,
    Query: () => 1,
    BatchGetItem: () => keysOf().reduce((sum, { Keys }) => sum + Keys.length, 0),
  };
  const writes: Record<string, () => number> = {
    PutItem: () => 1,
    UpdateItem: () => 1,
    DeleteItem: () => 1,
    TransactWriteItems: () => (JSON.parse(body).TransactItems as unknown[]).length,
  };
  const read = reads[operation]?.() ?? 0;
  const written = writes[operation]?.() ?? 0;
  if (read + written > 0) table.calls += 1;
  table.reads += read;
  table.writes += written;
}

/** Disconnects the functions from their queues: only this program calls them. */
async function silence({ clients }: OwnLocalStack): Promise<void> {
  const { EventSourceMappings = [] } = await clients.lambda.send(new ListEventSourceMappingsCommand({}));
  for (const { UUID } of EventSourceMappings) {
    await clients.lambda.send(new UpdateEventSourceMappingCommand({ UUID, Enabled: false }));
  }
}

async function insertRecords({ clients, description }: OwnLocalStack, usernames: readonly string[]): Promise<void> {
  const items = usernames.map((username) => ({
    PK: 'SMTP_USER',
    SK: `USER#${username}`,
    entity_type: 'smtp_credential',
    status: 'active',
    allowed_from_addresses: [`${username}@example.com`],
    iam_user_arn: `arn:aws:iam::${description.accountId}:user/ses-smtp/${iamUserNameFor(username)}`,
    access_key_id: 'AKIAIOSFODNN7EXAMPLE',
    encrypted_password: 'x'.repeat(300),
  }));
  for (let start = 0; start < items.length; start += 25) {
    const puts = items.slice(start, start + 25).map((item) => ({ PutRequest: { Item: marshall(item) } }));
    await clients.dynamodb.send(new BatchWriteItemCommand({ RequestItems: { [description.table]: puts } }));
  }
}

/** Invokes the function with one batch after the other, as one poller of a queue does. */
async function invokeAll({ description }: OwnLocalStack, functionName: string, { bodies }: EventLoad): Promise<void> {
  const { endpoint, region, credentials } = description;
  const lambda = new LambdaClient({ endpoint, region, credentials: { ...credentials } });
  for (let start = 0; start < bodies.length; start += batchSize) {
    const Records = bodies.slice(start, start + batchSize).map((body, index) => ({
      messageId: `message-${start + index}`,
      receiptHandle: '',
      body,
      attributes: { ApproximateReceiveCount: '1', SentTimestamp: '0' },
      messageAttributes: {},
      eventSource: 'aws:sqs',
    }));
    const { Payload, FunctionError } = await lambda.send(
      new InvokeCommand({ FunctionName: functionName, Payload: JSON.stringify({ Records }) }),
    );
    const { batchItemFailures } = JSON.parse(Payload?.transformToString() ?? '{}') as { batchItemFailures?: unknown[] };
    if (FunctionError !== undefined || batchItemFailures?.length !== 0) {
      throw new Error(`${functionName} failed: ${Payload?.transformToString().slice(0, 500)}`);
    }
  }
  lambda.destroy();
}

async function isExact({ clients, description }: OwnLocalStack, { expected }: EventLoad): Promise<boolean> {
  const reader = createCounterReader(() => clients.dynamodb, description.table);
  for (const [username, wanted] of expected) {
    const counters: Readonly<Record<string, number>> = sumWindows(
      await reader.read(username, Date.now()),
      Date.now(),
    ).day;
    const wrong = Object.keys(counters).filter((name) => counters[name] !== (wanted[name] ?? 0));
    if (wrong.length > 0) {
      console.log(
        `${username}: ${wrong.map((name) => `${name} ${counters[name]} instead of ${wanted[name] ?? 0}`).join('; ')}`,
      );
      return false;
    }
  }
  return expected.size > 0;
}

/** The peak resident memory of the function's processes, as Linux counts it. */
function peakMemoryMegabytes(functionName: string): number {
  const peaks = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => {
      try {
        const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
        if (!command.includes(`ministack-lambda-${functionName}-`)) return 0;
        return Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;
      } catch {
        return 0; // The process has ended.
      }
    });
  return Math.max(...peaks);
}
