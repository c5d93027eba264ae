import type { CatalogueEntry } from './catalogue-entry.ts';
import type { CommandDescription, FlagDescription } from './command-description.ts';
import type { Flag } from './flag.ts';
import { kebabCase } from './kebab-case.ts';

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
      ...(argument.choices === undefined ? {} : { choices: argument.choices }),
    })),
    flags: Object.entries(command.flags).map(([name, flag]) => describeFlag(name, flag)),
    examples: command.examples.map(([line, effect]) => ({ line, effect })),
    asks: command.confirm !== undefined,
    has_dry_run: command.hasDryRun === true,
  };
}

export function describeFlag(name: string, flag: Flag): FlagDescription {
  return {
    name: `--${kebabCase(name)}`,
    summary: flag.summary,
    ...(flag.value === undefined ? {} : { value: flag.value }),
    is_required: flag.isRequired === true,
    is_repeatable: flag.isRepeatable === true,
    is_negatable: flag.isNegatable === true,
    ...(flag.choices === undefined ? {} : { choices: flag.choices }),
  };
}
