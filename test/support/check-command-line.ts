import type { CommandDescription, FlagDescription } from '../../src/cli/command/command-description.ts';

interface Tree {
  readonly commands: readonly CommandDescription[];
  readonly global_flags: readonly FlagDescription[];
}

/** The words of a command line, with quotes and comments understood as far as documents need it. */
export function splitWords(line: string): string[] {
  const words = line.match(/(?:'[^']*'|"[^"]*"|[^\s'"])+/g) ?? [];
  const end = words.findIndex((word) => /^(#|\||>|<|<\(|;|&&)/.test(word));
  return (end < 0 ? words : words.slice(0, end)).map((word) => word.replace(/^'(.*)'$|^"(.*)"$/, '$1$2'));
}

/** What is wrong with a line that begins with `sesame`; undefined if the program would take it. */
export function findFault(line: string, { commands, global_flags: globals }: Tree): string | undefined {
  const [, ...words] = splitWords(line);
  const command =
    commands.find(({ name }) => name === words.slice(0, 2).join(' ')) ?? commands.find(({ name }) => name === words[0]);
  if (command === undefined) return `there is no command "${words[0]}"`;
  const rest = words.slice(command.name.split(' ').length);
  const flags = [...command.flags, ...globals];
  const given: string[] = [];
  let operands = 0;
  for (let index = 0; index < rest.length; index += 1) {
    const word = rest[index] ?? '';
    if (word === '--') {
      operands += rest.length - index - 1;
      break;
    }
    if (!word.startsWith('--')) {
      operands += 1;
      continue;
    }
    const flag = flags.find(
      ({ name, is_negatable: canBeOff }) => name === word || (canBeOff && name.replace('--', '--no-') === word),
    );
    if (flag === undefined) return `"${command.name}" has no ${word}`;
    given.push(flag.name);
    if (flag.value === undefined) continue;
    index += 1;
    const value = rest[index];
    if (value === undefined || (flag.choices !== undefined && !flag.choices.includes(value)))
      return `${word} does not take ${value}`;
  }
  const missing = command.flags.find((flag) => flag.is_required && !given.includes(flag.name));
  if (missing !== undefined) return `${missing.name} is missing`;
  const least = command.arguments.filter(({ is_required: isRequired }) => isRequired).length;
  const most = command.arguments.some(({ is_variadic: isMany }) => isMany)
    ? Number.POSITIVE_INFINITY
    : command.arguments.length;
  return operands < least || operands > most ? `"${command.name}" does not take ${operands} arguments` : undefined;
}
