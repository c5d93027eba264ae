import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CreateTableCommand } from '@aws-sdk/client-dynamodb';
import { beforeAll, describe, expect, it } from 'vitest';
import { createLocalAdminDeps, createLocalPasswordDeps } from '../../local/local-admin-deps.ts';
import { createIdempotencyKeys } from '../../src/aws/dynamodb/idempotency-keys.ts';
import { createRevealCounter } from '../../src/aws/dynamodb/reveal-counter.ts';
import type { MessageBox } from '../../src/dead-letter/message-box.ts';
import { type Api, createApp } from '../../src/http/create-app.ts';
import { adminRoutes } from '../../src/http/routes/admin-routes.ts';
import { revealRoutes } from '../../src/http/routes/reveal.ts';
import { caller } from '../support/api-client.ts';
import { localStack } from '../support/local-stack.ts';
import { serveApp } from '../support/serve-app.ts';

const root = join(import.meta.dirname, '../..');
const program = join(root, '.sesame/schemathesis/bin/schemathesis');
const requirements = 'test/schemathesis/requirements.txt';
const isThere = existsSync(program);
if (!isThere) {
  const message = `The fuzzing of the API is left out: schemathesis is not installed. To include it: python3 -m venv .sesame/schemathesis && .sesame/schemathesis/bin/pip install --require-hashes -r ${requirements}`;
  if (process.env['CI'] === 'true') throw new Error(message);
  console.warn(message);
}

const { description, clients } = localStack();
// A table of its own, without a stream: nothing is provisioned here.
const table = 'fuzzed-api';
const errors: unknown[] = [];
let app: Api;
// A sweep would run for every request, and every look into an empty queue waits for a second.
const empty: MessageBox = {
  take: async () => [],
  release: async () => {},
  delete: async () => {},
  send: async () => {},
};
const unused = {
  sweeps: { start: async () => {} },
  boxes: { 'dead-letters': empty, 'parked-messages': empty },
  targets: { deadLetters: empty, verifications: empty, sendingEvents: empty, feedback: empty },
};

beforeAll(async () => {
  const keys = ['PK', 'SK'] as const;
  await clients.dynamodb.send(
    new CreateTableCommand({
      TableName: table,
      KeySchema: keys.map((AttributeName, index) => ({ AttributeName, KeyType: index === 0 ? 'HASH' : 'RANGE' })),
      AttributeDefinitions: keys.map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
      BillingMode: 'PAY_PER_REQUEST',
    }),
  );
  const fuzzed = { ...description, table };
  const dynamodb = () => clients.dynamodb;
  const password = createLocalPasswordDeps(fuzzed, clients);
  app = createApp([...adminRoutes, ...revealRoutes], {
    admin: { ...createLocalAdminDeps(fuzzed, clients), ...unused },
    reveal: {
      ...password,
      reveals: createRevealCounter(dynamodb, table),
      events: { publish: async () => {} },
      smtp: description.smtp,
      newId: () => 'fuzzed',
      now: Date.now,
    },
    idempotencyKeys: createIdempotencyKeys(dynamodb, { table, expiryAttribute: 'expires_at', now: Date.now }),
    deployment: () => Promise.resolve(description),
    audit: () => {},
    reportError: (error) => void errors.push(error),
  });
});

describe('schemathesis', () => {
  it('is pinned with digests', () => {
    const pinned = readFileSync(join(root, requirements), 'utf8');
    expect(pinned.match(/^[\w.-]+==/gm)?.length).toBeGreaterThan(10);
    for (const block of pinned.split(/^(?=\w)/m).slice(1))
      expect(block, block.slice(0, 40)).toContain('--hash=sha256:');
  });

  it.runIf(isThere)(
    'finds no server error, and no answer that the document does not describe',
    async () => {
      const { url, close } = await serveApp(app, caller);
      const checks = [
        'not_a_server_error',
        'status_code_conformance',
        'content_type_conformance',
        'response_headers_conformance',
        'response_schema_conformance',
        'negative_data_rejection',
        'unsupported_method',
      ];
      const { status, output } = await run([
        'run',
        'src/http/openapi.json',
        `--url=${url}`,
        `--checks=${checks.join(',')}`,
        '--max-examples=25',
        '--seed=4711',
        '--generation-database=:memory:',
        '--phases=coverage,fuzzing',
        // Nothing checks signatures here: admin-api-roles.test.ts does.
        '--generation-with-security-parameters=false',
        '--no-color',
      ]).finally(close);
      expect(status, output.slice(-6_000)).toBe(0);
      expect(errors).toEqual([]);
      const cases = Number(/([\d,]+) generated/.exec(output)?.[1]?.replaceAll(',', '') ?? 0);
      console.info(`schemathesis: ${cases} cases`);
      expect(cases).toBeGreaterThan(1_000);
    },
    300_000,
  );
});

function run(args: readonly string[]): Promise<{ readonly status: number | null; readonly output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        output += text;
      });
    }
    child.on('error', reject).on('close', (status) => resolve({ status, output }));
  });
}
