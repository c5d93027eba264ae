import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { ListAccessKeysCommand } from '@aws-sdk/client-iam';
import { afterAll, expect, it, vi } from 'vitest';
import { describeEnvironment } from '../../local/describe-environment.ts';
import { createLocalAdminDeps } from '../../local/local-admin-deps.ts';
import { readStatistics } from '../../src/admin/read-statistics.ts';
import { iamPropagated } from '../support/iam-lag.ts';
import { localStack } from '../support/local-stack.ts';
import { codeBlocks } from '../support/readme-commands.ts';

const run = promisify(execFile);
const root = join(import.meta.dirname, '../..');
const { description, clients } = localStack();
const { smtp, table } = description;

/**
 * Blocks that run elsewhere: this run is `npm test`, it uses the stack of `npm start`, and test/integration/rotation.test.ts runs
 * a stack with `--fast`.
 */
const runByOthers = ['npm start\n', 'npm test\n', 'npm start -- --fast\n'];

const folder = mkdtempSync(join(tmpdir(), 'sesame-readme-'));
const environmentFile = join(folder, 'env');
writeFileSync(environmentFile, describeEnvironment(description), { mode: 0o600 });
afterAll(() => rmSync(folder, { recursive: true }));

/** This run's stack has other ports and folders than the reader's. */
const places: [reader: string, here: string][] = [
  ['http://127.0.0.1:4500', description.endpoint],
  ['http://127.0.0.1:4580/messages', description.mailbox],
  ['smtp://127.0.0.1:4587', `smtp://${smtp.host}:${smtp.startTlsPort}`],
  ['.sesame/certificates/ca.pem', smtp.caFile],
  ['. .sesame/env', `. ${environmentFile}`],
];

function adapt(block: string): string {
  return places.reduce((text, [reader, here]) => text.replaceAll(reader, here), block);
}

/** Runs a block as its reader would; `before` holds the earlier commands of the same terminal. */
async function runBlock(before: string, block: string): Promise<string> {
  const tools = [join(root, 'test/support/readme'), join(root, '.sesame/venv/bin'), dirname(process.execPath)];
  const { stdout } = await run('bash', ['-euo', 'pipefail', '-c', adapt(`${before}\n${block}`)], {
    cwd: root,
    env: { PATH: [...tools, process.env['PATH']].join(':'), AWS_CONFIG_FILE: '/dev/null' },
  });
  return stdout;
}

async function readRecord() {
  const key = { PK: { S: 'SMTP_USER' }, SK: { S: 'USER#jane.roe' } };
  const { Item } = await clients.dynamodb.send(
    new GetItemCommand({ TableName: table, Key: key, ConsistentRead: true }),
  );
  return { status: Item?.['status']?.S, iamUserName: Item?.['iam_user_arn']?.S?.split('/').at(-1) };
}

async function keyStatuses(): Promise<(string | undefined)[]> {
  const { iamUserName } = await readRecord();
  const { AccessKeyMetadata } = await clients.iam.send(new ListAccessKeysCommand({ UserName: iamUserName }));
  return (AccessKeyMetadata ?? []).map((key) => key.Status);
}

it("runs the README's commands, one after the other, with the promised results", async () => {
  const blocks = codeBlocks(readFileSync(join(root, 'README.md'), 'utf8')).filter(
    ({ language }) => language !== 'mermaid',
  );
  expect(new Set(blocks.map(({ language }) => language))).toEqual(new Set(['bash']));
  const commands = blocks.map(({ text }) => text).filter((text) => !runByOthers.includes(text));
  expect(commands).toHaveLength(blocks.length - runByOthers.length);

  const [insert = '', read = '', send = '', disable = '', stats = '', ...unknown] = commands;
  expect(unknown, 'a block that this test does not know').toEqual([]);
  const settings = insert
    .split('\n')
    .filter((line) => line.startsWith('. '))
    .join('\n');

  await runBlock('', insert);
  await vi.waitFor(async () => expect((await readRecord()).status).toBe('active'), { timeout: 20_000, interval: 100 });
  expect(JSON.parse(await runBlock(settings, read))).toMatchObject({ Item: { status: { S: 'active' } } });

  await iamPropagated();
  const { messages } = JSON.parse(await runBlock(settings, send)) as { messages: unknown[] };
  expect(JSON.stringify(messages.at(-1))).toContain('jane.roe@example.com');

  // The command reads the reader's running stack; this prints the same for the test's stack.
  expect(stats).toBe('npm run --silent stats -- jane.roe\n');
  await vi.waitFor(
    async () => {
      const deps = createLocalAdminDeps(description, clients);
      expect(JSON.stringify(await readStatistics({ username: 'jane.roe' }, deps))).toMatch(/"sends":[1-9]/);
    },
    { timeout: 40_000, interval: 500 },
  );

  await runBlock(settings, disable);
  await vi.waitFor(async () => expect(await keyStatuses()).toEqual(['Inactive']), { timeout: 20_000, interval: 100 });
  await iamPropagated();
  // 67: curl's exit status for a refused login.
  await expect(runBlock(settings, send)).rejects.toMatchObject({ code: 67 });
});
