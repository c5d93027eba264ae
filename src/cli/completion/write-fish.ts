import type { CommandDescription, FlagDescription } from '../command/command-description.ts';
import { type CompletionTree, listWords, takesCredential, valueFlags } from './completion-tree.ts';

/** A completion script for fish. */
export function writeFish(tree: CompletionTree): string {
  const [top, ...groups] = listWords(tree);
  const lines = [
    '# Completion of sesame for fish. Written by: sesame completion fish',
    'complete -c sesame -f',
    ...writeNames(tree),
    ...(top?.words ?? []).map(
      ({ word, summary }) => `complete -c sesame -n __fish_use_subcommand -a ${word} -d ${quote(summary)}`,
    ),
    ...groups.flatMap(({ after, words }) => {
      const isOpen = quote(
        `__fish_seen_subcommand_from ${after}; and not __fish_seen_subcommand_from ${words.map(({ word }) => word).join(' ')}`,
      );
      return words.map(({ word, summary }) => `complete -c sesame -n ${isOpen} -a ${word} -d ${quote(summary)}`);
    }),
    ...tree.globals.flatMap((flag) => writeFlag('', flag)),
    ...tree.commands.flatMap((command) =>
      writeCommand(
        command,
        groups.map(({ after }) => after),
      ),
    ),
  ];
  return `${lines.join('\n')}\n`;
}

/** A command of one word, such as `list`, may also be the second word of another. */
function writeCommand(command: CommandDescription, groups: readonly string[]): string[] {
  const { name, flags, arguments: args } = command;
  const seen = name.split(' ').map((word) => `__fish_seen_subcommand_from ${word}`);
  const others = name.includes(' ') ? [] : [`not __fish_seen_subcommand_from ${groups.join(' ')}`];
  const condition = ` -n ${quote([...seen, ...others].join('; and '))}`;
  const choices = args[0]?.choices;
  const words = name.split(' ').length;
  return [
    ...(takesCredential(command) ? [`complete -c sesame${condition} -a '(__sesame_names ${words})'`] : []),
    ...flags.flatMap((flag) => writeFlag(condition, flag)),
    ...(choices === undefined ? [] : [`complete -c sesame${condition} -a ${quote(choices.join(' '))}`]),
  ];
}

/** A function that lists credentials where the first argument of a command is typed. Its argument: how many words the command has. */
function writeNames(tree: CompletionTree): string[] {
  return [
    'function __sesame_names',
    '  set -l target',
    '  set -l operands 0',
    '  set -l flag',
    '  for word in (commandline -opc)[2..]',
    '    if test -n "$flag"',
    '      contains -- $flag --deployment --api --region --profile; and set -a target $flag $word',
    "      set flag ''",
    '      continue',
    '    end',
    '    switch $word',
    '      case --',
    '        return',
    `      case ${valueFlags(tree).join(' ')}`,
    '        set flag $word',
    "      case --local '--deployment=*' '--api=*' '--region=*' '--profile=*'",
    '        set -a target $word',
    "      case '-*'",
    "      case '*'",
    '        set operands (math $operands + 1)',
    '    end',
    '  end',
    '  test $operands -eq $argv[1]; and sesame completion names $target -- (commandline -ct) 2>/dev/null </dev/null',
    'end',
  ];
}

function writeFlag(condition: string, flag: FlagDescription): string[] {
  const { name, summary, value, choices, is_negatable: isNegatable } = flag;
  const argument = value === undefined ? '' : choices === undefined ? ' -x' : ` -x -a ${quote(choices.join(' '))}`;
  const line = (word: string, text: string) =>
    `complete -c sesame${condition} -l ${word.slice(2)}${argument} -d ${quote(text)}`;
  return isNegatable ? [line(name, summary), line(name.replace('--', '--no-'), 'The opposite')] : [line(name, summary)];
}

function quote(text: string): string {
  return `'${text.replace(/['\\]/g, (character) => `\\${character}`)}'`;
}
