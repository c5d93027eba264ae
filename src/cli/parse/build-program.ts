import { Command as CommanderCommand, Option } from 'commander';
import type { CatalogueEntry } from '../command/catalogue-entry.ts';
import type { Command } from '../command/command.ts';
import type { Flag, Flags } from '../command/flag.ts';
import { globalFlags } from '../command/global-flags.ts';
import { kebabCase } from '../command/kebab-case.ts';
import { readRange } from './read-range.ts';

/** What commander found on a command line. */
export interface ParsedLine {
  readonly operands: readonly string[];
  readonly options: Readonly<Record<string, unknown>>;
  readonly globals: Readonly<Record<string, unknown>>;
}

export interface ProgramOptions {
  readonly catalogue: readonly CatalogueEntry[];
  /** What the command line names. Only this one has its flags. */
  readonly chosen: CatalogueEntry | undefined;
  readonly command: Command | undefined;
  readonly width: number;
  readonly onParsed: (line: ParsedLine) => void;
  readonly write: (text: string) => void;
  readonly style: (text: string) => string;
}

/** Words of the help over groups of two-word commands. */
const groups: Readonly<Record<string, string>> = {
  dlq: 'Dead letters and parked messages',
  deployments: 'The deployments that your config file names',
  local: 'The local stack',
};

/** Builds the commander program: all commands by name, and the chosen one with its arguments and flags. */
export function buildProgram(options: ProgramOptions): CommanderCommand {
  const { catalogue, chosen, command } = options;
  const program = configure(new CommanderCommand('sesame'), options)
    .description('SMTP credentials for Amazon SES.')
    .option('--version', 'Show the version')
    .enablePositionalOptions()
    .helpCommand('help [command]', 'Show the help of a command');
  addFlags(program, globalFlags, false);
  for (const entry of catalogue) {
    const [first = '', second] = entry.path;
    const parent = second === undefined ? program : groupOf(program, first, options);
    const leaf = configure(parent.command(second ?? first), options)
      .summary(entry.summary)
      .description(entry.summary);
    if (entry === chosen && command !== undefined) fillIn(leaf, program, command, options);
    // Without its file: the chosen one is another.
    else leaf.allowUnknownOption().allowExcessArguments();
  }
  return program;
}

function configure(command: CommanderCommand, { width, write, style }: ProgramOptions): CommanderCommand {
  return command
    .exitOverride()
    .helpOption('-h, --help', 'Show this')
    .configureOutput({ writeOut: write, writeErr: () => {}, getOutHelpWidth: () => width })
    .configureHelp({ styleTitle: style, showGlobalOptions: false });
}

function groupOf(program: CommanderCommand, name: string, options: ProgramOptions): CommanderCommand {
  const there = program.commands.find((each) => each.name() === name);
  if (there !== undefined) return there;
  const group = configure(program.command(name), options)
    .description(groups[name] ?? name)
    .enablePositionalOptions()
    .helpCommand(false);
  addFlags(group, globalFlags, true);
  return group;
}

function fillIn(
  leaf: CommanderCommand,
  program: CommanderCommand,
  command: Command,
  { onParsed }: ProgramOptions,
): void {
  if (command.description !== undefined) leaf.description(`${leaf.summary()}. ${command.description}`);
  for (const [name, { isVariadic, summary, choices }] of Object.entries(command.arguments)) {
    const label = isVariadic === true ? `${name}...` : name;
    // Optional for commander: what is missing is told all at once.
    leaf.argument(`[${label}]`, choices === undefined ? summary : `${summary} (${choices.join(', ')})`);
  }
  addFlags(leaf, command.flags, false);
  const rest = Object.fromEntries(Object.entries(globalFlags).filter(([name]) => !(name in command.flags)));
  addFlags(leaf, rest, true);
  if (command.passesThrough === true) leaf.passThroughOptions();
  const width = Math.max(0, ...command.examples.map(([line]) => line.length));
  const examples = command.examples.map(([line, effect]) => `  ${line.padEnd(width)}  ${effect}`).join('\n');
  if (examples !== '') leaf.addHelpText('after', `\nExamples:\n${examples}`);
  leaf.addHelpText('after', '\nFlags of all commands: sesame --help');
  leaf.action(() => {
    const own = leaf.opts();
    const globals = leaf.parent === program ? program.opts() : { ...program.opts(), ...leaf.parent?.opts() };
    onParsed({ operands: leaf.args, options: own, globals: { ...globals, ...pick(own, rest) } });
  });
}

function pick(values: Readonly<Record<string, unknown>>, names: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).filter(([name]) => name in names));
}

function addFlags(command: CommanderCommand, flags: Flags, isHidden: boolean): void {
  for (const [name, flag] of Object.entries(flags)) {
    for (const option of optionsOf(name, flag)) command.addOption(isHidden ? option.hideHelp() : option);
  }
}

function optionsOf(name: string, flag: Flag): Option[] {
  const long = kebabCase(name);
  const { value, isRepeatable, isRequired, range, choices, isNegatable } = flag;
  const summary = `${flag.summary}${isRequired === true ? ' (required)' : isRepeatable === true ? ' (repeatable)' : ''}`;
  if (value === undefined) {
    const option = new Option(`--${long}`, summary);
    // `--color` alone needs no line of help.
    return isNegatable === true ? [option, new Option(`--no-${long}`, 'The opposite').hideHelp()] : [option];
  }
  const option = new Option(`--${long} <${value}>`, summary);
  if (choices !== undefined) option.choices([...choices]);
  if (range !== undefined) option.argParser((text) => readRange(`--${long}`, text, range));
  if (isRepeatable === true) {
    option.argParser((text: string, before: readonly string[] | undefined) => [...(before ?? []), text]);
  }
  return [option];
}
