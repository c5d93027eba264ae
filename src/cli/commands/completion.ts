import { defineCommand } from '../command/command.ts';
import { describeFlag } from '../command/describe-flag.ts';
import { globalFlags } from '../command/global-flags.ts';
import { writeBash } from '../completion/write-bash.ts';
import { writeFish } from '../completion/write-fish.ts';
import { writeZsh } from '../completion/write-zsh.ts';

const writers = { bash: writeBash, zsh: writeZsh, fish: writeFish };

export const command = defineCommand({
  description: 'The script holds all commands, flags and their values; it calls nothing.',
  arguments: { shell: { summary: 'Your shell', choices: Object.keys(writers) } },
  flags: {},
  examples: [
    ['source <(sesame completion bash)', 'In ~/.bashrc'],
    ['source <(sesame completion zsh)', 'In ~/.zshrc, after compinit'],
    ['sesame completion fish > ~/.config/fish/completions/sesame.fish', 'Once, for fish'],
  ],
  async run({ args: { shell } }, deps) {
    const commands = await deps.describeCommands();
    const globals = Object.entries(globalFlags).map(([name, flag]) => describeFlag(name, flag));
    const script = writers[shell as keyof typeof writers]({ commands, globals });
    return { json: { shell, script }, raw: script };
  },
});
