import type { CommandDescription, FlagDescription } from '../command/command-description.ts';
import { type CompletionTree, listWords } from './completion-tree.ts';

/** A completion script for fish. */
export function writeFish(tree: CompletionTree): string {
  const [top, ...groups] = listWords(tree);
  const lines = [
    '# Completion of sesame for fish. Written by: sesame completion fish',
    'complete -c sesame -f',
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
function writeCommand({ name, flags, arguments: args }: CommandDescription, groups: readonly string[]): string[] {
  const seen = name.split(' ').map((word) => `__fish_seen_subcommand_from ${word}`);
  const others = name.includes(' ') ? [] : [`not __fish_seen_subcommand_from ${groups.join(' ')}`];
  const condition = ` -n ${quote([...seen, ...others].join('; and '))}`;
  const choices = args[0]?.choices;
  return [
    ...flags.flatMap((flag) => writeFlag(condition, flag)),
    ...(choices === undefined ? [] : [`complete -c sesame${condition} -a ${quote(choices.join(' '))}`]),
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
