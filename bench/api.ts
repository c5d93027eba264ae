import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  GetFunctionConfigurationCommand,
  ListEventSourceMappingsCommand,
  UpdateEventSourceMappingCommand,
} from '@aws-sdk/client-lambda';
import { bundleFunction } from '../scripts/build/bundle-function.ts';
import { buildFunctions } from '../scripts/build.ts';
import { readableAttributeNames } from '../src/credential/record/readable-attributes.ts';
import { startLocalStack } from '../test/support/start-local-stack.ts';
import { median, time } from './support/figures.ts';
import { readBenchNumbers } from './support/read-bench-numbers.ts';

type Handler = (event: object) => Promise<{ readonly statusCode: number; readonly body: string }>;

const root = join(import.meta.dirname, '..');
const functionName = 'smtp-admin-api';

/** The admin API's time for a request, relative to that of a bare Hono function with the same calls. */
const budget = 1.3;

const { runs } = await readBenchNumbers(
  'bench:api',
  'Compares requests to the admin API with a bare Hono function that makes the same calls to DynamoDB.',
  { runs: { about: 'requests of each kind', default: 400, from: 20 } },
);

const folder = await mkdtemp(join(tmpdir(), 'api-'));
const stack = await startLocalStack({ iamLag: undefined });
try {
  await pauseFunctions();
  const handlers = await loadHandlers();
  const ratios: number[] = [];
  for (const method of ['GET', 'POST'] as const) ratios.push(await compare(method, handlers));
  process.exitCode = Math.max(...ratios) <= budget ? 0 : 1;
} finally {
  await stack.stop();
  await rm(folder, { recursive: true });
}

/** Nothing else uses the emulator: the credentials that are made stay pending. */
async function pauseFunctions(): Promise<void> {
  const { lambda } = stack.clients;
  const { EventSourceMappings = [] } = await lambda.send(new ListEventSourceMappingsCommand({}));
  for (const { UUID } of EventSourceMappings) {
    await lambda.send(new UpdateEventSourceMappingCommand({ UUID, Enabled: false }));
  }
}

/** Both in this process, with the function's environment. */
async function loadHandlers(): Promise<Readonly<Record<'api' | 'bare', Handler>>> {
  const command = new GetFunctionConfigurationCommand({ FunctionName: functionName });
  const { Environment } = await stack.clients.lambda.send(command);
  const { accessKeyId, secretAccessKey } = stack.description.credentials;
  Object.assign(process.env, Environment?.Variables, {
    AWS_REGION: stack.description.region,
    AWS_ENDPOINT_URL: stack.description.endpoint,
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    LOG_LEVEL: 'ERROR',
    POWERTOOLS_TRACE_ENABLED: 'false',
    READ_ATTRIBUTES: [...readableAttributeNames, 'previous_key'].join(','),
  });
  const built = (await buildFunctions({ outDirectory: folder })).find(({ name }) => name === functionName);
  const { code } = await bundleFunction(root, 'bench/support/bare-api.ts');
  const bare = join(folder, 'bare');
  await mkdir(bare);
  for (const { name, bytes } of code) await writeFile(join(bare, name), bytes);
  const load = async (directory: string) => (await import(join(directory, 'index.mjs'))).handler as Handler;
  return { api: await load(built?.codeDirectory ?? ''), bare: await load(bare) };
}

/** In turn, so that other load on the machine affects both. Returns the ratio of medians. */
async function compare(method: 'GET' | 'POST', handlers: Readonly<Record<'api' | 'bare', Handler>>): Promise<number> {
  const names = ['api', 'bare'] as const;
  const times: Record<(typeof names)[number], number[]> = { api: [], bare: [] };
  const send = async (name: (typeof names)[number], run: number) => {
    const username = method === 'GET' ? 'bench.read' : `bench.${name}.${run}`;
    const answer = await handlers[name](requestOf(method, username));
    if (answer.statusCode >= 300) throw new Error(`${method} by ${name}: ${answer.statusCode} ${answer.body}`);
  };
  const restore = muteOutput();
  if (method === 'GET') await handlers.api(requestOf('POST', 'bench.read'));
  for (let run = -20; run < runs; run++) {
    for (const name of run % 2 === 0 ? names : [...names].reverse()) {
      const ms = await time(() => send(name, run));
      if (run >= 0) times[name].push(ms);
    }
  }
  restore();
  for (const name of names) {
    console.log(
      `${method.padEnd(4)} ${name.padEnd(4)} median ${median(times[name]).toFixed(2)} ms, of ${runs} requests`,
    );
  }
  const ratio = median(times.api) / median(times.bare);
  console.log(`${method} admin API / bare Hono function: ${ratio.toFixed(2)} (budget ${budget})`);
  return ratio;
}

/** The function's log and metrics would fill the screen. @returns ends it */
function muteOutput(): () => void {
  const { write } = process.stdout;
  process.stdout.write = () => true;
  return () => {
    process.stdout.write = write;
  };
}

/** An event of an API Gateway HTTP API: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html */
function requestOf(method: 'GET' | 'POST', username: string): object {
  const path = method === 'GET' ? `/v1/credentials/${username}` : '/v1/credentials';
  const body = { username, allowed_from_addresses: [`${username}@example.com`], owner: 'IT', labels: { env: 'bench' } };
  return {
    version: '2.0',
    routeKey: `${method} ${path}`,
    rawPath: path,
    rawQueryString: '',
    headers: { 'content-type': 'application/json', host: 'api.example.com' },
    requestContext: {
      accountId: stack.description.accountId,
      domainName: 'api.example.com',
      http: { method, path, protocol: 'HTTP/1.1', sourceIp: '192.0.2.1', userAgent: 'bench' },
      requestId: 'bench',
      authorizer: { iam: { userArn: `arn:aws:iam::${stack.description.accountId}:user/jo` } },
    },
    isBase64Encoded: false,
    ...(method === 'GET' ? {} : { body: JSON.stringify(body) }),
  };
}
