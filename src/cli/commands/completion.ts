import { defineCommand } from '../command/command.ts';
import type { CommandDeps } from '../command/command-deps.ts';
import { describeFlag } from '../command/describe-flag.ts';
import { globalFlags } from '../command/global-flags.ts';
import { writeBash } from '../completion/write-bash.ts';
import { writeFish } from '../completion/write-fish.ts';
import { writeZsh } from '../completion/write-zsh.ts';
import { listCredentials } from './list-all.ts';

const writers = { bash: writeBash, zsh: writeZsh, fish: writeFish };

/** Nobody waits longer at a prompt. */
const patienceMs = 2_000;
const maxNames = 1_000;

export const command = defineCommand({
  description:
    'The script holds all commands, flags and their values. For the name of a credential it calls `sesame completion names`, which prints nothing if it fails or needs more than two seconds.',
  arguments: {
    shell: { summary: 'Your shell; or names, for names of credentials', choices: [...Object.keys(writers), 'names'] },
    beginning: { summary: 'With names: how they begin', isOptional: true },
  },
  flags: {},
  examples: [
    ['source <(sesame completion bash)', 'In ~/.bashrc'],
    ['source <(sesame completion zsh)', 'In ~/.zshrc, after compinit'],
    ['sesame completion fish > ~/.config/fish/completions/sesame.fish', 'Once, for fish'],
  ],
  async run({ args: { shell, beginning = '' } }, deps) {
    if (shell === 'names') {
      const names = await findNames(beginning, deps).catch(() => []);
      return { json: { names }, raw: names.map((name) => `${name}\n`).join('') };
    }
    const commands = await deps.describeCommands();
    const globals = Object.entries(globalFlags).map(([name, flag]) => describeFlag(name, flag));
    const script = writers[shell as keyof typeof writers]({ commands, globals });
    return { json: { shell, script }, raw: script };
  },
});

async function findNames(beginning: string, deps: CommandDeps): Promise<readonly string[]> {
  deps.endAfter(patienceMs);
  const { api } = await deps.target();
  const search = beginning === '' ? undefined : beginning;
  const { credentials } = await listCredentials(api, { search }, { limit: maxNames });
  // A shell expands what it is given: nothing but names may reach it.
  return credentials
    .map(({ username }) => username)
    .filter((name) => name.startsWith(beginning) && /^[\w+=.@-]+$/.test(name));
}
