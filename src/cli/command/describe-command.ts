import type { CatalogueEntry } from './catalogue-entry.ts';
import type { CommandDescription } from './command-description.ts';
import { describeFlag } from './describe-flag.ts';

/** Loads a command and describes it. */
export async function describeCommand({ path, summary, load }: CatalogueEntry): Promise<CommandDescription> {
  const command = await load();
  return {
    name: path.join(' '),
    summary,
    ...(command.description === undefined ? {} : { description: command.description }),
    arguments: Object.entries(command.arguments).map(([name, argument]) => ({
      name: name.toUpperCase(),
      summary: argument.summary,
      is_required: argument.isOptional !== true,
      is_variadic: argument.isVariadic === true,
      ...(argument.isCredential === true ? { is_credential: true } : {}),
      ...(argument.choices === undefined ? {} : { choices: argument.choices }),
    })),
    flags: Object.entries(command.flags).map(([name, flag]) => describeFlag(name, flag)),
    examples: command.examples.map(([line, effect]) => ({ line, effect })),
    asks: command.confirm !== undefined,
    has_dry_run: command.hasDryRun === true,
  };
}
