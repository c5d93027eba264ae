import { createSocket } from 'node:dgram';
import { GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import {
  InvokeCommand,
  ListEventSourceMappingsCommand,
  UpdateEventSourceMappingCommand,
  UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda';
import { freePorts } from '../local/local-ports.ts';
import { type OwnLocalStack, startLocalStack } from '../test/support/start-local-stack.ts';
import { startCountingProxy } from './support/counting-proxy.ts';
import { deployBareFunction } from './support/deploy-bare-function.ts';
import { median, time } from './support/figures.ts';
import { insertEvent, pendingRecord } from './support/pending-record.ts';
import { readBenchNumbers } from './support/read-bench-numbers.ts';

/** The manager's time relative to that of its six AWS calls alone. */
const budget = 1.15;
const name = 'smtp-credential-manager';

const { runs } = await readBenchNumbers(
  'bench:provision',
  'Compares one new credential with its six AWS calls alone, and counts the calls.',
  { runs: { about: 'credentials that each makes', default: 100, from: 1 } },
);

// Stands in for X-Ray's daemon: traces are sent and dropped.
const daemon = createSocket('udp4');
let segments = 0;
daemon.on('message', (datagram) => {
  segments += datagram.toString().split('"start_time"').length - 1;
});
await new Promise<void>((resolve) => daemon.bind(0, '127.0.0.1', resolve));
const tracing = {
  TRACING: 'on',
  AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
  AWS_XRAY_DAEMON_ADDRESS: `127.0.0.1:${daemon.address().port}`,
};

const isFast = await compare();
const isSparing = await count();
process.exitCode = isFast && isSparing ? 0 : 1;
daemon.close();

/** Runs both functions in turn, so that other load on the machine affects both. */
async function compare(): Promise<boolean> {
  const stack = await startLocalStack({ iamLag: undefined, functionEnvironment: { [name]: tracing } });
  try {
    await silenceStream(stack);
    await stack.clients.lambda.send(
      new UpdateFunctionConfigurationCommand({ FunctionName: name, TracingConfig: { Mode: 'Active' } }),
    );
    await deployBareFunction(stack, 'SMTP_USER');
    const times: { manager: number[]; bare: number[] } = { manager: [], bare: [] };
    for (let run = -5; run < runs; run += 1) {
      const manager = await provision(stack, name, `manager-${run + 5}`);
      const bare = await provision(stack, 'bare', `bare-${run + 5}`);
      if (run < 0) continue; // Warm-up.
      times.manager.push(manager);
      times.bare.push(bare);
    }
    const ratio = median(times.manager) / median(times.bare);
    console.log(`manager  median ${median(times.manager).toFixed(1)} ms of ${runs} runs, ${segments} trace segments`);
    console.log(`bare     median ${median(times.bare).toFixed(1)} ms of ${runs} runs`);
    console.log(`manager / bare: ${ratio.toFixed(2)} (budget ${budget})`);
    if (segments === 0) throw new Error('No trace arrived, so the measurement does not include tracing.');
    return ratio <= budget;
  } finally {
    await stack.stop();
  }
}

async function provision(stack: OwnLocalStack, functionName: string, username: string): Promise<number> {
  const { clients, description } = stack;
  await clients.dynamodb.send(new PutItemCommand({ TableName: description.table, Item: pendingRecord(username) }));
  const duration = await time(async () => {
    const answer = await clients.lambda.send(
      new InvokeCommand({ FunctionName: functionName, Payload: JSON.stringify(insertEvent(username)) }),
    );
    const text = answer.Payload?.transformToString();
    if (text !== '{"batchItemFailures":[]}' && text !== '{"batchItemFailures": []}') throw new Error(text);
  });
  const { Item } = await clients.dynamodb.send(
    new GetItemCommand({
      TableName: description.table,
      Key: { PK: { S: 'SMTP_USER' }, SK: { S: `USER#${username}` } },
    }),
  );
  if (Item?.['status']?.S !== 'active') throw new Error(`${functionName} left ${username} ${JSON.stringify(Item)}`);
  return duration;
}

/** Counts the calls for a new credential, with the stream on, so that the system's own write comes back as well. */
async function count(): Promise<boolean> {
  const ports = await freePorts();
  const proxy = await startCountingProxy(`http://127.0.0.1:${ports.emulator}`, { holdMs: 20 });
  const stack = await startLocalStack({ iamLag: undefined, ports, functionsEndpoint: proxy.url });
  try {
    const { clients, description } = stack;
    await clients.dynamodb.send(new PutItemCommand({ TableName: description.table, Item: pendingRecord('counted') }));
    await new Promise((resolve) => setTimeout(resolve, 3000)); // Long enough for our own writes to come back.
    const { operations, rounds } = proxy.count;
    const own = operations.filter((operation) => operation !== 'PutEvents');
    console.log(`AWS calls of a new credential: ${own.length}: ${own.join(', ')}`);
    console.log(`and one PutEvents for the batch: ${operations.length - own.length}; rounds, with it: ${rounds}`);
    return own.length === 6 && rounds <= 6;
  } finally {
    await stack.stop();
    proxy.stop();
  }
}

/** Disables the stream's mapping, which would provision the records itself. */
async function silenceStream({ clients }: OwnLocalStack): Promise<void> {
  const { EventSourceMappings = [] } = await clients.lambda.send(
    new ListEventSourceMappingsCommand({ FunctionName: name }),
  );
  for (const { UUID } of EventSourceMappings) {
    await clients.lambda.send(new UpdateEventSourceMappingCommand({ UUID, Enabled: false }));
  }
}
