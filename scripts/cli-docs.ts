import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readArguments } from '../local/command/read-arguments.ts';
import { runCommand } from '../local/command/run-command.ts';
import { catalogue } from '../src/cli/catalogue.ts';
import type { CommandDescription, FlagDescription } from '../src/cli/command/command-description.ts';
import { describeCommand } from '../src/cli/command/describe-command.ts';
import { describeFlag } from '../src/cli/command/describe-flag.ts';
import { exitCodeMeanings, exitCodes } from '../src/cli/command/exit-codes.ts';
import { globalFlags } from '../src/cli/command/global-flags.ts';
import { replacePart } from './generated-part.ts';

export const cliFile = join(import.meta.dirname, '..', 'docs', 'cli.md');
const marks = { begin: '<!-- commands: written by scripts/cli-docs.ts -->', end: '<!-- end of commands -->' };

/** Returns the page with all commands as they are now. Throws if the marks around them are missing. */
export async function renderCliPage(page: string): Promise<string> {
  const commands = await Promise.all(catalogue.map(describeCommand));
  const globals = Object.entries(globalFlags).map(([name, flag]) => describeFlag(name, flag));
  const parts = [
    '## Exit codes',
    renderExitCodes(),
    '## Flags of all commands',
    renderFlags(globals),
    '## Commands',
    commands
      .map(({ name, summary }) => `- [\`sesame ${name}\`](#sesame-${name.replace(' ', '-')}): ${summary}`)
      .join('\n'),
    ...commands.map(renderCommand),
  ];
  return replacePart('docs/cli.md', page, marks, parts.join('\n\n'));
}

function renderExitCodes(): string {
  const rows = Object.entries(exitCodes).map(
    ([name, code]) => `| ${code} | ${exitCodeMeanings[name as keyof typeof exitCodes]} |`,
  );
  return ['| Code | Meaning |', '|---|---|', ...rows].join('\n');
}

function renderCommand(command: CommandDescription): string {
  const { name, summary, description, arguments: args, flags, examples, asks, has_dry_run: hasDryRun } = command;
  const usage = ['sesame', name, ...args.map(usageOf), ...(flags.length === 0 ? [] : ['[flags]'])].join(' ');
  const habits = [
    ...(asks ? ['Asks before it runs; `--yes` answers.'] : []),
    ...(hasDryRun ? ['`--dry-run` shows what would be done.'] : []),
  ];
  return [
    `### sesame ${name}`,
    `${summary}. ${escapeTable(description ?? '')}`.trim(),
    `\`${usage}\``,
    ...(args.length === 0 ? [] : [args.map((each) => `- \`${each.name}\`: ${each.summary}`).join('\n')]),
    ...(flags.length === 0 ? [] : [renderFlags(flags)]),
    ...(habits.length === 0 ? [] : [habits.join(' ')]),
    ['```bash', ...examples.map(({ line, effect }) => `${line}   # ${effect}`), '```'].join('\n'),
  ].join('\n\n');
}

function usageOf({
  name,
  is_required: isRequired,
  is_variadic: isMany,
}: CommandDescription['arguments'][number]): string {
  const text = isMany ? `${name}...` : name;
  return isRequired ? text : `[${text}]`;
}

function renderFlags(flags: readonly FlagDescription[]): string {
  const rows = flags.map((flag) => {
    const {
      name,
      value,
      summary,
      choices,
      is_required: isRequired,
      is_repeatable: isMany,
      is_negatable: canBeOff,
    } = flag;
    const shown = `\`${name}${value === undefined ? '' : ` ${value}`}\`${canBeOff ? `, \`${name.replace('--', '--no-')}\`` : ''}`;
    const notes = [
      ...(choices === undefined ? [] : [choices.map((choice) => `\`${choice}\``).join(', ')]),
      ...(isRequired ? ['required'] : []),
      ...(isMany ? ['repeatable'] : []),
    ];
    return `| ${shown} | ${escapeTable(summary)}${notes.length === 0 ? '' : ` (${notes.join('; ')})`} |`;
  });
  return ['| Flag | Meaning |', '|---|---|', ...rows].join('\n');
}

/** Patterns hold asterisks, which Markdown would read as emphasis. */
function escapeTable(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('*', '\\*');
}

const usage = `Usage: npm run docs:cli

Writes the commands of the command line to docs/cli.md.

  -h, --help      show this`;

if (import.meta.main) {
  process.exitCode = await runCommand(
    usage,
    () => readArguments(process.argv.slice(2), {}).values,
    async () => {
      writeFileSync(cliFile, await renderCliPage(readFileSync(cliFile, 'utf8')));
      return 0;
    },
  );
}
