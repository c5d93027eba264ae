import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { catalogue } from './catalogue.ts';
import type { GlobalFlags } from './command/command.ts';
import type { CommandDeps } from './command/command-deps.ts';
import { describeCommand } from './command/describe-command.ts';
import { createConfigFile } from './connect/config-file.ts';
import { createLocalStackFinder } from './connect/local-stack-file.ts';
import { once } from './connect/once.ts';

/** Connects commands to this machine and, when one asks for it, to a deployment. */
export function createCommandDeps(
  flags: GlobalFlags,
  { env, version }: { readonly env: NodeJS.ProcessEnv; readonly version: string },
): CommandDeps {
  const config = createConfigFile(env);
  const findLocalStack = createLocalStackFinder(env, process.cwd());
  const localStack = once(async () => (await findLocalStack())?.stack);
  return {
    target: once(async () => {
      const { connect } = await import('./connect/connect.ts');
      return await connect(flags, { env, config, findLocalStack });
    }),
    localTarget: once(async () => {
      const { connect } = await import('./connect/connect.ts');
      return await connect({ local: true }, { env, config, findLocalStack });
    }),
    config,
    localStack,
    readFileFrom: async (...from) => (await import('./connect/read-file-from.ts')).readFileFrom(...from),
    readFileBytes: async (path) => (await import('./connect/read-file-bytes.ts')).readFileBytes(path),
    fetchJson: async (url) => (await import('./connect/fetch-json.ts')).fetchJson(url),
    sendMail: async (mail) => (await import('./connect/send-mail.ts')).sendMail(mail),
    readStdin: async () => (await import('./connect/read-stdin.ts')).readStdin(),
    runChild: async (...child) => (await import('./connect/run-child.ts')).runChild(...child),
    editText: async (...text) => (await import('./connect/edit-text.ts')).editText(env, ...text),
    describeCommands: () => Promise.all(catalogue.map(describeCommand)),
    version,
    now: Date.now,
    sleep: async (milliseconds) => {
      await sleep(milliseconds);
    },
    newId: randomUUID,
    endAfter(milliseconds) {
      // Doesn't keep a process alive that has nothing else to do.
      setTimeout(() => process.exit(), milliseconds).unref();
    },
  };
}
