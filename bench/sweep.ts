import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BatchWriteItemCommand } from '@aws-sdk/client-dynamodb';
import { CreateAccessKeyCommand, CreateUserCommand, PutUserPolicyCommand } from '@aws-sdk/client-iam';
import { DeleteEventSourceMappingCommand, InvokeCommand, ListEventSourceMappingsCommand } from '@aws-sdk/client-lambda';
import { marshall } from '@aws-sdk/util-dynamodb';
import { createLocalClients } from '../local/local-clients.ts';
import type { LocalDescription } from '../local/local-description.ts';
import { freePorts } from '../local/local-ports.ts';
import { localSettings } from '../local/local-settings.ts';
import { startStack } from '../local/start-stack.ts';
import { keyOfUsername } from '../src/credential/credential-key.ts';
import { buildIamUserName, buildIamUserTags } from '../src/credential/iam/iam-user-name.ts';
import { buildIamPath } from '../src/credential/iam/ownership.ts';
import { readDesiredState } from '../src/credential/record/desired-state.ts';
import { readRecord } from '../src/credential/record/record.ts';
import { forEachBounded } from '../src/functions/runtime/for-each-bounded.ts';
import { startCountingProxy } from './support/counting-proxy.ts';
import { readBenchNumbers } from './support/read-bench-numbers.ts';

const sweeper = 'smtp-credential-sweeper';
const concurrency = 20;
/** The budget of a sweep: Lambda's time limit, three reads of IAM per user, and 200 MB. */
const budget = { seconds: 900, readsPerUser: 3, megabytes: 200 };

/** Reads of a single IAM user. ListUsers and GetAccountSummary don't depend on the number of users. */
const readOfUser = /^(?:Get|List)(?!Item|Users$|AccountSummary$)/;

const { users } = await readBenchNumbers('bench:sweep', 'Measures a sweep over many users.', {
  users: { about: 'IAM users', default: 5000, from: 1 },
});

const home = await mkdtemp(join(tmpdir(), 'sweep-'));
const ports = await freePorts();
const proxy = await startCountingProxy(`http://127.0.0.1:${ports.emulator}`);
try {
  const stack = await startStack({
    ports,
    home,
    functionsEndpoint: proxy.url,
    functionEnvironment: { [sweeper]: { IAM_READS_PER_SECOND: '100000', SETTLE_SECONDS: '1' } },
  });
  try {
    process.exitCode = (await measure(stack.description)) ? 0 : 1;
  } finally {
    await stack.stop();
  }
} finally {
  proxy.stop();
  await rm(home, { recursive: true, force: true });
}
process.exit();

async function measure(description: LocalDescription): Promise<boolean> {
  const clients = createLocalClients(description);
  // The manager would process every record that is put here.
  const { EventSourceMappings = [] } = await clients.lambda.send(new ListEventSourceMappingsCommand({}));
  for (const { UUID } of EventSourceMappings) await clients.lambda.send(new DeleteEventSourceMappingCommand({ UUID }));

  const began = performance.now();
  await makeUsers(description, clients);
  console.log(`${users} users with key, policy and record made in ${seconds(began)} s`);

  let fits = true;
  for (const what of ['first sweep', 'second sweep']) {
    proxy.count.operations.length = 0;
    const start = performance.now();
    const answer = await clients.lambda.send(new InvokeCommand({ FunctionName: sweeper, Payload: `{"id":"${what}"}` }));
    if (answer.FunctionError) throw new Error(answer.Payload?.transformToString());
    const done = await readSummary(description.logs.functions, what);
    const reads = Object.groupBy(proxy.count.operations, (operation) => operation);
    const perUser = proxy.count.operations.filter((operation) => readOfUser.test(operation)).length / users;
    const megabytes = Number(done['peak_memory_megabytes']);
    console.log(
      `\n${what}: ${seconds(start)} s, checked ${done['looked']}, findings ${JSON.stringify(done['findings'])}`,
    );
    const calls = Object.entries(reads).map(([operation, made]) => `${operation} ${made?.length}`);
    console.log(`  IAM reads per user ${perUser.toFixed(2)}; all calls: ${calls.join(', ')}`);
    console.log(`  peak memory of the function's process ${megabytes} MB`);
    fits &&=
      done['complete'] === true &&
      done['looked'] === users &&
      Number(seconds(start)) < budget.seconds &&
      perUser <= budget.readsPerUser &&
      megabytes < budget.megabytes;
  }
  clients.destroy();
  console.log(fits ? '\nWithin the budget.' : `\nOver the budget: ${JSON.stringify(budget)}`);
  return fits;
}

function seconds(since: number): string {
  return ((performance.now() - since) / 1000).toFixed(1);
}

/** Makes what the manager would have made, with bare calls. */
async function makeUsers(description: LocalDescription, clients: ReturnType<typeof createLocalClients>): Promise<void> {
  const { region, accountId, table, configurationSet } = description;
  const scope = { partition: localSettings.partition, region, accountId, configurationSet };
  const at = new Date().toISOString();
  const groups = Array.from({ length: Math.ceil(users / 25) }, (_, group) =>
    Array.from({ length: Math.min(25, users - group * 25) }, (_none, index) => `user${group * 25 + index}`),
  );
  await forEachBounded(groups, concurrency, async (usernames) => {
    const items = await Promise.all(
      usernames.map(async (username) => {
        const spec = { allowed_from_addresses: [`${username}@example.com`], entity_type: 'smtp_credential' };
        const desired = readDesiredState(readRecord(username, { ...spec, status: 'active' }), scope);
        const UserName = buildIamUserName(username, Date.now());
        const { User } = await clients.iam.send(
          new CreateUserCommand({
            UserName,
            Path: buildIamPath({ region, table }),
            Tags: buildIamUserTags({ username, region, table }),
          }),
        );
        const { AccessKey } = await clients.iam.send(new CreateAccessKeyCommand({ UserName }));
        await clients.iam.send(
          new PutUserPolicyCommand({
            UserName,
            PolicyName: 'sesame-sending',
            PolicyDocument: desired.policy.document,
          }),
        );
        return {
          ...keyOfUsername(username),
          ...spec,
          status: 'active',
          description: `Mail of ${username}`,
          iam_user_arn: User?.Arn,
          access_key_id: AccessKey?.AccessKeyId,
          // As long as the ciphertext of a password.
          encrypted_password: 'A'.repeat(260),
          created_at: at,
          key_created_at: at,
          verified_at: at,
          updated_at: at,
          policy_digest: desired.policyDigest,
        };
      }),
    );
    const requests = items.map((item) => ({ PutRequest: { Item: marshall(item) } }));
    await clients.dynamodb.send(new BatchWriteItemCommand({ RequestItems: { [table]: requests } }));
  });
}

/** Reads the last line of a sweep's log. */
async function readSummary(file: string, correlationId: string): Promise<Record<string, unknown>> {
  const line = (await readFile(file, 'utf8'))
    .split('\n')
    .findLast((text) => text.includes('SWEEP_RUN_DONE') && text.includes(`"${correlationId}"`));
  if (line === undefined) throw new Error(`${file} has no summary of ${correlationId}`);
  return JSON.parse(line.slice(line.indexOf('{'))) as Record<string, unknown>;
}
