import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeEnvironment } from '../../local/describe-environment.ts';
import { createLocalCli } from '../support/local-cli.ts';
import { runInTerminal } from '../support/run-in-terminal.ts';
import { createOutputSettler } from '../support/settle-output.ts';
import { type OwnLocalStack, startLocalStack } from '../support/start-local-stack.ts';
import { playTranscript } from '../support/transcript.ts';
import { waitUntil } from '../support/wait-until.ts';

const root = join(import.meta.dirname, '../..');
const page = join(root, 'docs/operators-day.md');

let stack: OwnLocalStack;
let cli: Awaited<ReturnType<typeof createLocalCli>>;

beforeAll(async () => {
  // The page shows how it is when IAM is quick.
  stack = await startLocalStack({ iamLag: undefined });
  cli = await createLocalCli(stack.description);
  writeFileSync(join(cli.folder, '.sesame/env'), describeEnvironment(stack.description), { mode: 0o600 });
});
afterAll(async () => {
  await cli?.close();
  await stack?.stop();
});

/** What stays on the screen: progress is overwritten by what follows it. */
function withoutProgress(output: string): string {
  const clearLine = '\r\u001B[K';
  const lines = output.replaceAll('\r\n', '\n').split('\n');
  return lines.map((line) => line.split(clearLine).at(-1)).join('\n');
}

/** `npm run docs:operators-day` writes the page: it updates this snapshot. */
it('goes as its page shows', { timeout: 180_000 }, async () => {
  const tools = join(cli.folder, 'bin');
  mkdirSync(tools);
  const program = join(tools, 'sesame');
  writeFileSync(program, `#!/bin/sh\nexec '${process.execPath}' '${cli.program}' "$@"\n`);
  chmodSync(program, 0o755);
  const { PATH: places = '' } = process.env;
  // Its AWS CLI is a stand-in, because not every machine has one.
  const aws = [join(root, 'test/support/readme'), join(root, '.sesame/venv/bin')];
  const path = [tools, dirname(process.execPath), ...aws, places].join(delimiter);
  const env = { ...cli.environment, PATH: path, TERM: 'xterm', NO_COLOR: '1', AWS_CONFIG_FILE: '/dev/null' };
  const settle = createOutputSettler(Date.now());
  const run = (command: string) =>
    runInTerminal({ argv: ['/bin/bash', '-c', command], env, columns: 120, seconds: 60 }, cli.folder);

  const played = await playTranscript(readFileSync(page, 'utf8'), {
    run: async (command) => {
      const { exit, output } = await run(command);
      const seen = settle(withoutProgress(output)).trimEnd();
      return exit === 0 ? seen : `${seen}\n(exit code ${exit})`;
    },
    waitFor: (command) => waitUntil(async () => (await run(command)).exit === 0, 60),
    writeFile: (name, text) => writeFileSync(join(cli.folder, name), text),
  });
  await expect(played).toMatchFileSnapshot(page);
});
