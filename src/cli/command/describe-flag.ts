import type { FlagDescription } from './command-description.ts';
import type { Flag } from './flag.ts';
import { kebabCase } from './kebab-case.ts';

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
