import type { CommandDescription, FlagDescription } from '../command/command-description.ts';
import { type CompletionTree, listWords, spellings, takesCredential, valueFlags } from './completion-tree.ts';

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
  const withValue = valueFlags(tree).join('|');
  const withCredential = tree.commands.filter(takesCredential).map(({ name }) => `"${name}"`);
  return `# Completion of sesame for bash. Written by: sesame completion bash
_sesame() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}"
  local command="" first="" words="" flags="" values="" index word
  local operands=0 target=()
  for ((index = 1; index < COMP_CWORD; index++)); do
    word="\${COMP_WORDS[index]}"
    case "$word" in
      --) return ;;
      ${withValue})
        # Bash splits --flag=value at the sign.
        [[ "\${COMP_WORDS[index+1]}" == "=" ]] && ((index++))
        ((index++))
        case "$word" in
          --deployment|--region|--profile) target+=("$word" "\${COMP_WORDS[index]}") ;;
          # Bash splits a URL at its colon, so the API isn't known.
          --api) target=(--api unknown) ;;
        esac ;;
      --local) target+=("$word") ;;
      -*) ;;
      *)
        if [[ -z "$first" ]]; then first="$word"; command="$word"
        elif [[ "$command" == "$first" ]]; then
          case "$first $word" in
            ${tree.commands
              .filter(({ name }) => name.includes(' '))
              .map(({ name }) => `"${name}"`)
              .join('|')}) command="$first $word" ;;
            *) ((operands++)) ;;
          esac
        else ((operands++))
        fi ;;
    esac
  done
  case "$command:$previous" in
${valueCases.join('\n')}
    *:${withValue.replaceAll('|', '|*:')}) return ;;
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
    ${withCredential.join('|')})
      [[ "$operands" == 0 ]] && words="$(sesame completion names "\${target[@]}" -- "$current" 2>/dev/null </dev/null)" ;;
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
