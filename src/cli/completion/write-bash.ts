import type { CommandDescription, FlagDescription } from '../command/command-description.ts';
import { type CompletionTree, listWords, spellings } from './completion-tree.ts';

/** A completion script for bash 3.2 and later, without the package bash-completion. */
export function writeBash(tree: CompletionTree): string {
  const wordCases = listWords(tree).map(
    ({ after, words }) => `    "${after}") words="${words.map(({ word }) => word).join(' ')}" ;;`,
  );
  const flagCases = tree.commands.map(
    (command) => `    "${command.name}") flags="${[...command.flags].flatMap(spellings).join(' ')}" ;;`,
  );
  const argumentCases = tree.commands.flatMap(writeArguments);
  const valueCases = [
    ...tree.commands.flatMap(({ name, flags }) => flags.flatMap((flag) => writeValues(name, flag))),
    ...tree.globals.flatMap((flag) => writeValues('*', flag)),
  ];
  const withValue = [...tree.globals, ...tree.commands.flatMap(({ flags }) => flags)].filter(
    ({ value }) => value !== undefined,
  );
  const valueFlags = [...new Set(withValue.map(({ name }) => name))].join('|');
  return `# Completion of sesame for bash. Written by: sesame completion bash
_sesame() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}"
  local command="" first="" words="" flags="" values="" index word
  for ((index = 1; index < COMP_CWORD; index++)); do
    word="\${COMP_WORDS[index]}"
    case "$word" in
      --) return ;;
      ${valueFlags}) ((index++)) ;;
      -*) ;;
      *)
        if [[ -z "$first" ]]; then first="$word"; command="$word"
        elif [[ "$command" == "$first" ]]; then
          case "$first $word" in
            ${tree.commands
              .filter(({ name }) => name.includes(' '))
              .map(({ name }) => `"${name}"`)
              .join('|')}) command="$first $word" ;;
          esac
        fi ;;
    esac
  done
  case "$command:$previous" in
${valueCases.join('\n')}
    *:${valueFlags.replaceAll('|', '|*:')}) return ;;
  esac
  if [[ -n "$values" ]]; then
    COMPREPLY=($(compgen -W "$values" -- "$current"))
    return
  fi
  case "$command" in
${flagCases.join('\n')}
  esac
  if [[ "$current" == -* ]]; then
    COMPREPLY=($(compgen -W "$flags ${tree.globals.flatMap(spellings).join(' ')} --help" -- "$current"))
    return
  fi
  case "$command" in
${[...wordCases, ...argumentCases].join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o default -F _sesame sesame
`;
}

function writeArguments({ name, arguments: args }: CommandDescription): string[] {
  const [first] = args;
  return first?.choices === undefined ? [] : [`    "${name}") words="${first.choices.join(' ')}" ;;`];
}

function writeValues(command: string, { name, choices }: FlagDescription): string[] {
  if (choices === undefined) return [];
  return [`    ${command === '*' ? '*' : `"${command}"`}:${name}) values="${choices.join(' ')}" ;;`];
}
