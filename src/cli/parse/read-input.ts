import { usageError } from '../command/cli-error.ts';
import type { Command, CommandInput, GlobalFlags } from '../command/command.ts';
import type { Argument, Flag } from '../command/flag.ts';
import { kebabCase } from '../command/kebab-case.ts';
import type { ParsedLine } from './build-program.ts';

/** Asks a person for one value. */
export type Ask = (question: string) => Promise<string>;

type Value = string | number | boolean | readonly string[] | undefined;

/** Something that the command line lacks. */
interface Missing {
  /** As it is written on a command line. */
  readonly label: string;
  readonly summary: string;
  readonly fill: (value: string) => void;
}

/**
 * A command's input. What is missing is asked for, if there is somebody to ask.
 *
 * @throws CliError `UsageError` that names everything missing
 */
export async function readInput(
  command: Command,
  { operands: given, options, globals }: ParsedLine,
  ask: Ask | undefined,
): Promise<CommandInput> {
  const args: Record<string, string | readonly string[] | undefined> = {};
  const flags: Record<string, Value> = {};
  const missing: Missing[] = [];
  const operands = command.passesThrough === true ? withoutSeparator(given) : given;
  for (const [index, [name, argument]] of Object.entries(command.arguments).entries()) {
    args[name] = readArgument(name, argument, operands.slice(index));
    if (argument.isOptional === true || (args[name]?.length ?? 0) > 0) continue;
    const fill = (value: string) => {
      args[name] = argument.isVariadic === true ? [value] : value;
    };
    missing.push({ label: name.toUpperCase(), summary: argument.summary, fill });
  }
  for (const [name, flag] of Object.entries(command.flags)) {
    flags[name] = (options[name] as Value) ?? defaultOf(flag);
    if (flag.isRequired !== true || options[name] !== undefined) continue;
    const fill = (value: string) => {
      flags[name] = flag.isRepeatable === true ? [value] : value;
    };
    missing.push({ label: `--${kebabCase(name)} ${flag.value}`, summary: flag.summary, fill });
  }
  if (missing.length > 0 && ask === undefined) {
    throw usageError(`Missing: ${missing.map(({ label }) => label).join(', ')}.`);
  }
  for (const { label, summary, fill } of missing) fill((await ask?.(`${label}: ${summary}`)) ?? '');
  return { args, flags, global: globals as GlobalFlags };
}

/** The `--` before another program's command line. It may hold one of its own. */
function withoutSeparator(operands: readonly string[]): readonly string[] {
  const at = operands.indexOf('--');
  return at === 1 ? operands.toSpliced(at, 1) : operands;
}

function readArgument(name: string, { isVariadic, choices }: Argument, operands: readonly string[]) {
  if (isVariadic === true) return operands;
  const [value] = operands;
  if (value === undefined || choices === undefined || choices.includes(value)) return value;
  throw usageError(`${name.toUpperCase()} takes one of ${choices.join(', ')}, not "${value}".`);
}

/** A switch that can be set to false has a third state: not given. */
function defaultOf({ isRepeatable, value, isNegatable }: Flag): Value {
  if (isRepeatable === true) return [];
  return value === undefined && isNegatable !== true ? false : undefined;
}
