import type { CommandDeps } from './command-deps.ts';
import type { CommandIo } from './command-io.ts';
import type { AnyFlagValues, Arguments, ArgumentValues, Flags, FlagValues } from './flag.ts';
import type { Result } from './result.ts';

/** The flags that every command takes. */
export interface GlobalFlags {
  readonly deployment?: string | undefined;
  readonly api?: string | undefined;
  readonly local?: boolean | undefined;
  readonly region?: string | undefined;
  readonly profile?: string | undefined;
  readonly output?: 'json' | 'table' | 'tsv' | undefined;
  readonly yes?: boolean | undefined;
  readonly dryRun?: boolean | undefined;
  readonly color?: boolean | undefined;
  readonly quiet?: boolean | undefined;
}

export interface CommandInput<A = Readonly<Record<string, string | readonly string[] | undefined>>, F = AnyFlagValues> {
  readonly args: A;
  readonly flags: F;
  readonly global: GlobalFlags;
}

/** A command as data, and what it does as a function of its input. Its name and summary stand in the catalogue. */
export interface Command {
  readonly description?: string;
  readonly arguments: Arguments;
  readonly flags: Flags;
  /** Command lines with what they do. */
  readonly examples: readonly (readonly [line: string, effect: string])[];
  /** Columns of its table, in order: names of cells. */
  readonly columns?: readonly string[];
  /** What is lost, as a question about the input. Such a command asks before it runs. */
  readonly confirm?: (input: CommandInput) => string | undefined;
  /** Whether `--dry-run` shows what would be written. */
  readonly hasDryRun?: true;
  /** Everything after the first argument belongs to another program. */
  readonly passesThrough?: true;
  readonly run: (input: CommandInput, deps: CommandDeps, io: CommandIo) => Promise<Result>;
}

/** Defines a command whose function knows the types of its arguments and flags. */
export function defineCommand<const A extends Arguments, const F extends Flags>(
  command: Omit<Command, 'arguments' | 'flags' | 'run' | 'confirm'> & {
    readonly arguments: A;
    readonly flags: F;
    readonly confirm?: (input: CommandInput<ArgumentValues<A>, FlagValues<F>>) => string | undefined;
    readonly run: (
      input: CommandInput<ArgumentValues<A>, FlagValues<F>>,
      deps: CommandDeps,
      io: CommandIo,
    ) => Promise<Result>;
  },
): Command {
  return command as unknown as Command;
}
