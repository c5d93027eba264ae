import type { CommandDescription, FlagDescription } from '../command/command-description.ts';
import { type CompletionTree, listWords } from './completion-tree.ts';

/** A completion script for zsh: to be sourced, or as \`_sesame\` in a folder of fpath. */
export function writeZsh(tree: CompletionTree): string {
  const [top, ...groups] = listWords(tree);
  const globals = tree.globals.flatMap(writeFlag);
  return `#compdef sesame
# Completion of sesame for zsh. Written by: sesame completion zsh
_sesame() {
  local context state line command
  local -a sesame_words=("\${(@)words[1,CURRENT-1]}")
  local -a globals=(
${indent(globals, 4)}
    '(- *)'{-h,--help}'[Show the help]'
  )
  _arguments -C $globals '1: :_sesame_commands' '*:: :->rest'
  [[ $state == rest ]] || return
  command=$words[1]
  case $command in
${groups.map(({ after }) => writeGroup(after, tree)).join('\n')}
${tree.commands
  .filter(({ name }) => !name.includes(' '))
  .map((command) => writeCase(command, 4))
  .join('\n')}
  esac
}

_sesame_commands() {
  local -a commands=(
${indent(
  (top?.words ?? []).map(({ word, summary }) => quote(`${word}:${summary}`)),
  4,
)}
  )
  _describe 'command' commands
}

_sesame_names() {
  local -a target names
  local -i index
  for (( index = 2; index <= $#sesame_words; index++ )); do
    case $sesame_words[index] in
      --local|--(deployment|api|region|profile)=*) target+=("\${(Q)sesame_words[index]}") ;;
      --deployment|--api|--region|--profile)
        target+=("$sesame_words[index]" "\${(Q)sesame_words[index+1]}")
        (( index++ )) ;;
    esac
  done
  names=("\${(@f)$(sesame completion names $target -- "\${(Q)PREFIX}" 2>/dev/null </dev/null)}")
  compadd -a names
}

if [[ $zsh_eval_context[-1] == loadautofunc ]]; then _sesame "$@"; else compdef _sesame sesame; fi
`;
}

function writeGroup(group: string, tree: CompletionTree): string {
  const members = tree.commands.filter(({ name }) => name.startsWith(`${group} `));
  const words = members.map(({ name, summary }) => quote(`${name.slice(group.length + 1)}:${summary}`));
  return `    ${group})
      if (( CURRENT == 2 )); then
        local -a commands=(${words.join(' ')})
        _describe 'command' commands
        return
      fi
      shift words; (( CURRENT-- ))
      case $words[1] in
${members.map((command) => writeCase({ ...command, name: command.name.slice(group.length + 1) }, 8)).join('\n')}
      esac ;;`;
}

function writeCase({ name, flags, arguments: args }: CommandDescription, width: number): string {
  const specs = args.map(({ name: label, choices, is_variadic: isMany, is_credential: isCredential }) => {
    const action = isCredential === true ? '_sesame_names' : choices === undefined ? '' : `(${choices.join(' ')})`;
    return quote(`${isMany ? '*' : ''}:${label}:${action}`);
  });
  const lines = [...flags.flatMap(writeFlag), ...specs].map((spec) => `\\\n${' '.repeat(width + 2)}${spec}`);
  return `${' '.repeat(width)}${name}) _arguments $globals ${lines.join(' ')} ;;`;
}

function writeFlag(flag: FlagDescription): string[] {
  const { name, summary, value, is_repeatable: isMany, is_negatable: isNegatable, choices } = flag;
  const text = summary.replace(/[[\]:\\]/g, (character) => `\\${character}`);
  const action = choices === undefined ? ' ' : `(${choices.join(' ')})`;
  const argument = value === undefined ? '' : `:${value.replace(/[:\\]/g, '')}:${action}`;
  const one = quote(`${isMany ? '*' : ''}${name}[${text}]${argument}`);
  return isNegatable ? [one, quote(`${name.replace('--', '--no-')}[The opposite]`)] : [one];
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

function indent(lines: readonly string[], width: number): string {
  return lines.map((line) => `${' '.repeat(width)}${line}`).join('\n');
}
