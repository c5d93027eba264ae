import { defineCommand } from '../command/command.ts';
import type { FlagDescription } from '../command/command-description.ts';
import { describeFlag } from '../command/describe-flag.ts';
import { exitCodeMeanings, exitCodes } from '../command/exit-codes.ts';
import { globalFlags } from '../command/global-flags.ts';

export const command = defineCommand({
  description: 'With --json the whole tree, with arguments, flags, examples and exit codes: for programs and agents.',
  arguments: {},
  flags: { json: { summary: 'The same as --output json' } },
  examples: [['sesame commands --json', 'Everything that there is']],
  columns: ['command', 'summary'],
  async run({ flags: { json: isJson } }, deps) {
    const commands = await deps.describeCommands();
    const json = {
      version: deps.version,
      global_flags: Object.entries(globalFlags).map(([name, flag]): FlagDescription => describeFlag(name, flag)),
      exit_codes: Object.entries(exitCodes).map(([name, code]) => ({
        code,
        name,
        meaning: exitCodeMeanings[name as keyof typeof exitCodes],
      })),
      commands,
    };
    return {
      json,
      rows: commands.map(({ name, summary }) => ({ command: name, summary })),
      ...(isJson ? { raw: `${JSON.stringify(json, null, 2)}\n` } : {}),
    };
  },
});
