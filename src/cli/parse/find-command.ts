import type { CatalogueEntry } from '../command/catalogue-entry.ts';
import type { Flag } from '../command/flag.ts';
import { globalFlags } from '../command/global-flags.ts';
import { kebabCase } from '../command/kebab-case.ts';

const withValue = new Set(
  Object.entries(globalFlags)
    .filter(([, flag]) => (flag as Flag).value !== undefined)
    .map(([name]) => `--${kebabCase(name)}`),
);

/** The command that a command line names, so that only its file is loaded. Undefined if it names none. */
export function findCommand(args: readonly string[], catalogue: readonly CatalogueEntry[]): CatalogueEntry | undefined {
  const words: string[] = [];
  for (let index = 0; index < args.length && words.length < 2; index += 1) {
    const arg = args[index] ?? '';
    if (arg === '--') break;
    if (withValue.has(arg)) index += 1;
    else if (!arg.startsWith('-')) words.push(arg);
  }
  const matches = (path: readonly string[]) => path.every((word, index) => word === words[index]);
  return (
    catalogue.find(({ path }) => path.length === 2 && matches(path)) ??
    catalogue.find(({ path }) => path.length === 1 && matches(path))
  );
}
