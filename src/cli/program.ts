import { CommanderError } from 'commander';
import type { CatalogueEntry } from './command/catalogue-entry.ts';
import { CliError, usageError } from './command/cli-error.ts';
import type { Command, CommandInput, GlobalFlags } from './command/command.ts';
import type { CommandDeps } from './command/command-deps.ts';
import type { CommandIo } from './command/command-io.ts';
import { exitCodes } from './command/exit-codes.ts';
import { toCliError } from './command/to-cli-error.ts';
import { renderErrorJson, renderErrorText } from './output/render-error.ts';
import { renderResult } from './output/render-result.ts';
import { createStyle, createTerminalIo, type Terminal, widthOf } from './output/terminal-io.ts';
import { buildProgram, type ParsedLine } from './parse/build-program.ts';
import { findCommand } from './parse/find-command.ts';
import { readInput } from './parse/read-input.ts';

export interface ProgramHost {
  readonly terminal: Terminal;
  readonly catalogue: readonly CatalogueEntry[];
  readonly version: string;
  readonly createDeps: (flags: GlobalFlags, io: CommandIo) => CommandDeps;
}

/**
 * Runs one command line.
 *
 * @param args without the program's name
 * @returns the exit code; never throws
 */
export async function runProgram(args: readonly string[], host: ProgramHost): Promise<number> {
  const { terminal } = host;
  let flags: GlobalFlags = {};
  let io: CommandIo | undefined;
  try {
    const parsed = await parse(args, host);
    if (typeof parsed === 'number') return parsed;
    const { command, line } = parsed;
    flags = line.globals as GlobalFlags;
    io = createTerminalIo(terminal, flags);
    const input = await readInput(command, line, io.isInteractive ? io.ask : undefined);
    const deps = host.createDeps(flags, io);
    await requireConfirmation(command, input, deps, io);
    const result = await command.run(input, deps, io);
    io.progress('');
    terminal.stdout.write(renderResult(command, result, io, widthOf(terminal)));
    // Where nobody reads a table, these words are in the json already.
    if (io.output === 'table') for (const note of result.notes ?? []) io.note(note);
    return result.exit ?? exitCodes.ok;
  } catch (thrown) {
    io?.progress('');
    const error = toCliError(thrown);
    const isJson = flags.output === 'json' || (isJsonDefault(args, terminal) && terminal.stderr.isTTY !== true);
    terminal.stderr.write(isJson ? renderErrorJson(error) : renderErrorText(error));
    return error.exitCode;
  }
}

/** Before the command line is understood, `--output json` still asks for errors as JSON. */
function isJsonDefault(args: readonly string[], { stdout }: Terminal): boolean {
  const at = args.indexOf('--output');
  const asked = at >= 0 ? args[at + 1] : args.find((arg) => arg.startsWith('--output='))?.slice('--output='.length);
  return asked === 'table' || asked === 'tsv' ? false : asked === 'json' || stdout.isTTY !== true;
}

async function parse(
  given: readonly string[],
  { catalogue, terminal, version }: ProgramHost,
): Promise<number | { readonly command: Command; readonly line: ParsedLine }> {
  const args = given[0] === 'help' ? [...given.slice(1), '--help'] : [...given];
  const chosen = findCommand(args, catalogue);
  const command = await chosen?.load();
  let line: ParsedLine | undefined;
  const styleTitle = createStyle(terminal.stdout.isTTY === true && !terminal.env['NO_COLOR']);
  const program = buildProgram({
    catalogue,
    chosen,
    command,
    width: widthOf(terminal),
    write: (text) => terminal.stdout.write(text),
    style: (text) => styleTitle('bold', text),
    onParsed: (parsed) => {
      line = parsed;
    },
  });
  try {
    if (args.length === 0) {
      program.outputHelp();
      return exitCodes.ok;
    }
    await program.parseAsync(args, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.code === 'commander.helpDisplayed') return exitCodes.ok;
    // What commander does without a command, and this program only after other questions.
    if (error.code === 'commander.help' && program.opts()['version'] !== true) throw commandMissing(args, catalogue);
    if (error.code !== 'commander.help') throw usageError(toSentence(error.message));
  }
  if (program.opts()['version'] === true) {
    terminal.stdout.write(`${version}\n`);
    return exitCodes.ok;
  }
  if (command === undefined || line === undefined) throw commandMissing(args, catalogue);
  return { command, line };
}

/** A group alone does nothing. */
function commandMissing(args: readonly string[], catalogue: readonly CatalogueEntry[]): CliError {
  const [group] = args;
  const names = catalogue.filter(({ path }) => path.length === 2 && path[0] === group).map(({ path }) => path[1]);
  return usageError(
    names.length === 0 ? 'A command is missing.' : `"sesame ${group}" needs a command: ${names.join(', ')}.`,
  );
}

function toSentence(message: string): string {
  const text = message.replace(/^error: /, '').trim();
  const sentence = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.)?]$/.test(sentence) ? sentence : `${sentence}.`;
}

/** Asks before something is lost. Nothing is asked where nobody can answer: `--yes` is missing there. */
async function requireConfirmation(
  command: Command,
  input: CommandInput,
  deps: CommandDeps,
  io: CommandIo,
): Promise<void> {
  const { yes, dryRun } = input.global;
  if (dryRun === true && command.hasDryRun !== true) throw usageError('This command has no --dry-run.');
  const question = command.confirm?.(input);
  if (question === undefined || yes === true || dryRun === true) return;
  if (!io.isInteractive) throw usageError(`Missing: --yes. ${question}`);
  const { description } = await deps.target();
  if (!(await io.confirm(`${question} It is in ${description}.`))) {
    throw new CliError('notConfirmed', 'NotConfirmed', 'Nothing was done.');
  }
}
