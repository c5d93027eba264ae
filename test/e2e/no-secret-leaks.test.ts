import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { CloudWatchLogsClient, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { ScanCommand } from '@aws-sdk/client-dynamodb';
import { UpdateFunctionConfigurationCommand } from '@aws-sdk/client-lambda';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { adminApiRoutes } from '../../local/admin-api-routes.ts';
import { freePorts } from '../../local/local-ports.ts';
import { sendTestMail } from '../../local/send-test-mail.ts';
import { createSignedFetch } from '../../src/aws/sign-request.ts';
import { deriveSmtpPassword } from '../../src/credential/iam/smtp-password.ts';
import { callEveryRoute, type RouteAnswers } from '../support/call-every-route.ts';
import { createCredentialAdministration } from '../support/credential-administration.ts';
import { iamPropagated } from '../support/iam-lag.ts';
import { type ListeningProxy, startListeningProxy } from '../support/listening-proxy.ts';
import { readSmtpPassword } from '../support/read-smtp-password.ts';
import { runEveryFlow } from '../support/run-every-flow.ts';
import { type OwnLocalStack, startLocalStack } from '../support/start-local-stack.ts';
import { startTraceListener, type TraceListener } from '../support/trace-listener.ts';
import { waitUntil } from '../support/wait-until.ts';

const run = promisify(execFile);
const manager = 'smtp-credential-manager';
const apiFunctions = ['smtp-admin-api', 'smtp-password-reveal'];
const revealKey = 'POST /v1/credentials/{username}/reveal';
const home = mkdtempSync(join(tmpdir(), 'sesame-leaks-'));

let stack: OwnLocalStack;
let proxy: ListeningProxy;
let traces: TraceListener;
/** Everything that was written, by place. */
const output = new Map<string, string>();
/** What the API answered, by route. */
let answers: RouteAnswers[];
/** Every secret of the run, in every encoding in which it could appear. */
let secrets: string[];
let passwords: string[];

const isAbout = (body: string, username: string) => body.includes(username);

/** Replaces AWS's responses by failures. The first is real: KMS quotes its input. */
function makeFaults(): void {
  proxy.answer = ({ action, body }) => {
    if (action === 'kms:Encrypt' && isAbout(body, 'leak.kms')) {
      const { Plaintext } = JSON.parse(body) as { Plaintext: string };
      const message = `1 validation error detected: Value '${Plaintext}' at 'plaintext' failed to satisfy constraint`;
      return json(400, { __type: 'ValidationException', message });
    }
    if (action === 'iam:PutUserPolicy' && isAbout(body, 'leak.policy')) return denied(action);
    if (action === 'iam:CreateAccessKey' && isAbout(body, 'leak.key')) return { ...denied(action), afterwards: true };
    if (action === 'sqs:SendMessage' && isAbout(body, 'leak.queue')) {
      return json(400, { __type: 'AccessDeniedException', message: 'no' });
    }
    if (action === 'kms:Encrypt' && isAbout(body, 'leak.queue')) return json(400, { __type: 'NotFoundException' });
    if (action === 'kms:Encrypt' && isAbout(body, 'leak.garbled')) return { status: 400, body: '<html>' };
    return undefined;
  };
}

const json = (status: number, value: object) => ({
  status,
  headers: { 'content-type': 'application/x-amz-json-1.1' },
  body: JSON.stringify(value),
});

const denied = (action: string) => ({
  status: 403,
  headers: { 'content-type': 'text/xml' },
  body: `<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>${action}</Message></Error></ErrorResponse>`,
});

/** Collects the output of `ps` while the work goes on. */
async function watchProcesses(until: Promise<unknown>): Promise<string> {
  let seen = '';
  let ended = false;
  const end = () => {
    ended = true;
  };
  until.then(end, end);
  while (!ended) {
    seen += (await run('ps', ['-eo', 'args'], { maxBuffer: 10_000_000 })).stdout;
    await sleep(100);
  }
  return seen;
}

async function readCloudWatchLogs(logGroupName: string): Promise<string> {
  const { endpoint, region, credentials } = stack.description;
  const logs = new CloudWatchLogsClient({ endpoint, region, credentials: { ...credentials } });
  let text = '';
  let nextToken: string | undefined;
  do {
    const page = await logs.send(new FilterLogEventsCommand({ logGroupName, nextToken }));
    for (const { message } of page.events ?? []) text += `${message}\n`;
    nextToken = page.nextToken;
  } while (nextToken !== undefined);
  logs.destroy();
  return text;
}

async function drive(): Promise<void> {
  const { description, clients } = stack;
  const admin = createCredentialAdministration(description, clients);
  await runEveryFlow(description, clients);
  makeFaults();
  const failing = ['leak.kms', 'leak.policy', 'leak.key', 'leak.queue', 'leak.garbled'];
  await Promise.all(failing.map((username) => admin.insert(username, [`${username}@example.com`])));
  await Promise.all(failing.map((username) => admin.waitForStatus(username, 'failed')));
  const record = await admin.create('leak.mail');
  const account = {
    user: String(record['access_key_id']),
    password: await readSmtpPassword({ clients, description }, record),
  };
  await iamPropagated();
  const mail = { to: 'jane@example.org', security: 'TLS', subject: 'no leak' } as const;
  expect(await sendTestMail(description, account, { from: 'leak.mail@example.com', ...mail })).toMatch(/^250/);
  expect(await sendTestMail(description, account, { from: 'other@example.com', ...mail })).toMatch(/^554/);
  await admin.create('leak.api');
  const { region, credentials, api } = description;
  answers = await callEveryRoute(createSignedFetch({ region, credentials }), {
    apiUrl: api.url,
    username: 'leak.api',
    secret: account.password,
  });
}

beforeAll(async () => {
  traces = await startTraceListener();
  const ports = await freePorts();
  const { emulator: proxyPort } = await freePorts();
  proxy = await startListeningProxy(() => `http://127.0.0.1:${ports.emulator}`, proxyPort);
  stack = await startLocalStack({
    ports,
    home,
    functionsEndpoint: proxy.url,
    functionEnvironment: {
      [manager]: {
        // Lambda sets it, and tracing reads it.
        AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
        TRACING: 'on',
        // The SQS client sends to the host of the queue's URL.
        DEAD_LETTER_QUEUE_URL: `${proxy.url}/000000000000/smtp-dead-letters`,
        AWS_XRAY_DAEMON_ADDRESS: traces.address,
        LOG_LEVEL: 'DEBUG',
        RECEIVING_RULES: 'warn',
      },
      ...Object.fromEntries(
        apiFunctions.map((name) => [
          name,
          {
            AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
            TRACING: 'on',
            AWS_XRAY_DAEMON_ADDRESS: traces.address,
            LOG_LEVEL: 'DEBUG',
          },
        ]),
      ),
    },
  });
  const { description, clients } = stack;
  // X-Ray samples every invocation from now on.
  for (const FunctionName of [manager, ...apiFunctions]) {
    await clients.lambda.send(
      new UpdateFunctionConfigurationCommand({ FunctionName, TracingConfig: { Mode: 'Active' } }),
    );
  }
  const driving = drive();
  output.set('process arguments', await watchProcesses(driving));
  await driving;
  await sleep(300); // Wait for the last log lines, metrics and traces.
  output.set('traces', traces.datagrams.join('\n'));
  output.set('functions’ log', readFileSync(description.logs.functions, 'utf8'));
  output.set('emulator’s log', readFileSync(description.logs.emulator, 'utf8'));
  output.set('mail log', readFileSync(description.logs.mail, 'utf8'));
  output.set('CloudWatch Logs', await readCloudWatchLogs(`/aws/lambda/${manager}`));
  const apiLogs = await Promise.all(apiFunctions.map((name) => readCloudWatchLogs(`/aws/lambda/${name}`)));
  output.set('logs of the API', apiLogs.join('\n'));
  output.set('history', await readCloudWatchLogs(description.historyLogGroup));
  output.set(
    'answers of the API',
    answers
      .filter(({ key }) => key !== revealKey)
      .map(({ text }) => text)
      .join('\n'),
  );
  // Their own function removes them from the queue, so they are read on their way to it.
  const deadLetters = proxy.calls.filter(({ action }) => action === 'sqs:SendMessage');
  output.set('dead letters', deadLetters.map(({ body }) => `${body} ${JSON.parse(body).MessageBody}`).join(' '));
  const { Items } = await clients.dynamodb.send(new ScanCommand({ TableName: description.table }));
  output.set('table', JSON.stringify(Items));
  const sent = proxy.calls.filter(({ action }) => action !== 'kms:Encrypt');
  output.set('calls to AWS but Encrypt', sent.map(({ body }) => `${body}\n${decodeURIComponent(body)}`).join('\n'));

  const keys = [...proxy.secretAccessKeys];
  passwords = keys.map((key) => deriveSmtpPassword(key, description.region));
  secrets = [...keys, ...passwords, description.credentials.secretAccessKey].flatMap((secret) => [
    secret,
    encodeURIComponent(secret),
    Buffer.from(secret).toString('base64'),
    Buffer.from(secret).toString('hex'),
  ]);
});

afterAll(async () => {
  await stack?.stop();
  await proxy?.close();
  traces?.close();
  rmSync(home, { recursive: true, force: true });
});

describe('no secret', () => {
  it.each([
    ['process arguments', /node/],
    ['traces', /smtp-credential-manager/],
    ['functions’ log', /CREDENTIAL_CONVERGED/],
    ['emulator’s log', /Lambda smtp-credential-manager output/],
    ['mail log', /"login"/],
    ['CloudWatch Logs', /CREDENTIAL_FAILED/],
    ['logs of the API', /API_CHANGE/],
    ['history', /activated/],
    ['answers of the API', /leak\.api/],
    ['dead letters', /originalEvent/],
    ['table', /encrypted_password/],
    ['calls to AWS but Encrypt', /CreateAccessKey/],
  ])('is in the %s', (place, sign) => {
    const text = output.get(place) ?? '';
    expect(text).toMatch(sign);
    expect(secrets.filter((secret) => text.includes(secret))).toEqual([]);
  });

  it('is in an answer of the API, but of the one route that reveals a password, which nobody may store', () => {
    expect(answers).toHaveLength(adminApiRoutes.length);
    for (const { key, statuses } of answers) {
      expect(statuses[0], key).toBeLessThan(/{(id|address)}/.test(key) ? 405 : 300);
      expect(Math.max(...statuses), key).toBeLessThan(500);
    }
    const revealed = answers.find(({ key }) => key === revealKey)?.text ?? '';
    expect(passwords.filter((password) => revealed.includes(JSON.stringify(password)))).toHaveLength(1);
    expect(revealed).toContain('["cache-control","no-store"]');
    expect(traces.segments(0).some(({ name }) => name === 'smtp-password-reveal' || name === 'KMS')).toBe(true);
  });

  it('was missed: the passwords are known from calls of Encrypt', () => {
    expect(proxy.secretAccessKeys.size).toBeGreaterThan(12);
    const encrypted = proxy.calls.filter(({ action }) => action === 'kms:Encrypt').map(({ body }) => body);
    const found = passwords.filter((password) => {
      const text = Buffer.from(password).toString('base64');
      return encrypted.some((body) => body.includes(text));
    });
    // Keys whose policy was refused in parallel, and keys whose response was lost, were never encrypted.
    expect(found.length).toBeGreaterThan(12);
  });

  it('is in a dead letter or a log as ciphertext', () => {
    const ciphertexts = [...(output.get('table') ?? '').matchAll(/"encrypted_password":\{"S":"([^"]+)"/g)].map(
      ([, text = '']) => text,
    );
    expect(ciphertexts.length).toBeGreaterThan(3);
    for (const place of [
      'dead letters',
      'functions’ log',
      'traces',
      'CloudWatch Logs',
      'logs of the API',
      'answers of the API',
    ]) {
      expect(ciphertexts.filter((text) => output.get(place)?.includes(text))).toEqual([]);
    }
  });

  it('is left in IAM after a failure', () => {
    const text = output.get('table') ?? '';
    for (const username of ['leak.kms', 'leak.policy', 'leak.key', 'leak.queue', 'leak.garbled']) {
      expect(text).toContain(`USER#${username}`);
    }
    expect(proxy.calls.filter(({ action }) => action === 'iam:DeleteAccessKey').length).toBeGreaterThanOrEqual(5);
  });
});

describe('a sampled invocation', () => {
  it('sends a subsegment for each AWS call of a new credential, except calls that come too early for IAM', async () => {
    const { description, clients } = stack;
    proxy.answer = () => undefined;
    const before = traces.datagrams.length;
    await createCredentialAdministration(description, clients).create('leak.trace');
    const operations = () => {
      const sent = traces.segments(before).filter(({ namespace, error }) => namespace === 'aws' && error !== true);
      const trace = sent.find(({ aws }) => aws?.operation === 'CreateUser')?.trace_id;
      return sent.filter(({ trace_id }) => trace_id === trace).map(({ name, aws }) => `${name} ${aws?.operation}`);
    };
    await waitUntil(() => Promise.resolve(operations().length >= 8));
    // The six calls of a new credential, the batch's events, and the read of receiving rules, which this stack enables.
    expect(operations().sort()).toEqual([
      'DynamoDB BatchGetItem',
      'DynamoDB UpdateItem',
      'DynamoDB UpdateItem',
      'EventBridge PutEvents',
      'IAM CreateAccessKey',
      'IAM CreateUser',
      'IAM PutUserPolicy',
      'KMS Encrypt',
    ]);
  });
});
