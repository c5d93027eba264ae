import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { GetUserCommand, ListAccessKeysCommand } from '@aws-sdk/client-iam';
import { afterAll, expect, it, vi } from 'vitest';
import { describeEnvironment } from '../../local/describe-environment.ts';
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
// The command line finds the stack here, as it does in .sesame.
writeFileSync(join(folder, 'local.json'), JSON.stringify({ ...description, pid: process.pid }), { mode: 0o600 });
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
    env: { PATH: [...tools, process.env['PATH']].join(':'), AWS_CONFIG_FILE: '/dev/null', SESAME_HOME: folder },
  });
  return stdout;
}

/** The shell blocks of a page that are to be run here. */
function commandsOf(page: string): string[] {
  const blocks = codeBlocks(readFileSync(join(root, page), 'utf8')).filter(({ language }) => language !== 'mermaid');
  expect(new Set(blocks.map(({ language }) => language))).toEqual(new Set(['bash']));
  return blocks.map(({ text }) => text).filter((text) => !runByOthers.includes(text));
}

async function readRecord(username: string) {
  const key = { PK: { S: 'SMTP_USER' }, SK: { S: `USER#${username}` } };
  const { Item } = await clients.dynamodb.send(
    new GetItemCommand({ TableName: table, Key: key, ConsistentRead: true }),
  );
  return { status: Item?.['status']?.S, iamUserName: Item?.['iam_user_arn']?.S?.split('/').at(-1) };
}

async function keyStatuses(username: string): Promise<(string | undefined)[]> {
  const { iamUserName } = await readRecord(username);
  const { AccessKeyMetadata } = await clients.iam.send(new ListAccessKeysCommand({ UserName: iamUserName }));
  return (AccessKeyMetadata ?? []).map((key) => key.Status);
}

const waiting = { timeout: 20_000, interval: 100 };

it("runs the README's commands, one after the other, with the promised results", async () => {
  const name = 'jane.roe';
  const [create = '', send = '', reveal = '', can = '', stats = '', ...unknown] = commandsOf('README.md');
  expect(unknown, 'a block that this test does not know').toEqual([]);

  expect(JSON.parse(await runBlock('', create))).toMatchObject({ username: name, state: 'active' });
  await iamPropagated();
  const { messages } = JSON.parse(await runBlock('', send)) as { messages: unknown[] };
  expect(JSON.stringify(messages.at(-1))).toContain('jane.roe@example.com');
  expect(await runBlock('', reveal)).toMatch(/^B[A-Za-z0-9+/]{43}\n$/);
  await expect(runBlock('', can)).rejects.toMatchObject({
    code: 3,
    stdout: expect.stringMatching(/"reply": ?"554 Access denied/),
  });

  const [count = ''] = stats.split('\n');
  await vi.waitFor(async () => expect(await runBlock('', count)).toMatch(/"sends": ?[1-9]/), {
    timeout: 40_000,
    interval: 500,
  });
  await runBlock('', stats);
  expect(await keyStatuses(name)).toEqual(['Inactive']);
  await iamPropagated();
  // 1: Python's exit status for an error that nothing caught.
  await expect(runBlock('', send)).rejects.toMatchObject({ code: 1, stderr: expect.stringContaining('535') });
});

it('runs the commands that do without it on docs/records-by-hand.md', async () => {
  const name = 'kim.lee';
  const [insert = '', read = '', readPart = '', send = '', disable = '', remove = '', ...unknown] =
    commandsOf('docs/records-by-hand.md');
  expect(unknown, 'a block that this test does not know').toEqual([]);
  const settings = insert
    .split('\n')
    .filter((line) => line.startsWith('. '))
    .join('\n');

  await runBlock('', insert);
  await vi.waitFor(async () => expect((await readRecord(name)).status).toBe('active'), waiting);
  expect(JSON.parse(await runBlock(settings, read))).toMatchObject({ Item: { status: { S: 'active' } } });
  const part = JSON.parse(await runBlock(settings, readPart));
  expect(part).toMatchObject({ Item: { status: { S: 'active' } } });
  expect(part.Item).not.toHaveProperty('encrypted_password');

  await iamPropagated();
  const { messages } = JSON.parse(await runBlock(settings, send)) as { messages: unknown[] };
  expect(JSON.stringify(messages.at(-1))).toContain('kim.lee@example.com');

  await runBlock(settings, disable);
  await vi.waitFor(async () => expect(await keyStatuses(name)).toEqual(['Inactive']), waiting);
  await iamPropagated();
  // 67: curl's exit status for a refused login.
  await expect(runBlock(settings, send)).rejects.toMatchObject({ code: 67 });

  const { iamUserName } = await readRecord(name);
  await runBlock(settings, remove);
  await vi.waitFor(
    () => expect(clients.iam.send(new GetUserCommand({ UserName: iamUserName }))).rejects.toThrow(/cannot be found/),
    waiting,
  );
});
