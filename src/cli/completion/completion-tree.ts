import type { CommandDescription, FlagDescription } from '../command/command-description.ts';

/** What a completion script knows. */
export interface CompletionTree {
  readonly commands: readonly CommandDescription[];
  /** Flags of every command. */
  readonly globals: readonly FlagDescription[];
}

/** Words that may follow, and what each means. */
export interface WordList {
  /** What stands before: no word, or the first word of two. */
  readonly after: string;
  readonly words: readonly { readonly word: string; readonly summary: string }[];
}

/** The words of the program's first and second place. */
export function listWords({ commands }: CompletionTree): WordList[] {
  const top = new Map<string, string>();
  const groups = new Map<string, { readonly word: string; readonly summary: string }[]>();
  for (const { name, summary } of commands) {
    const [first = '', second] = name.split(' ');
    if (second === undefined) top.set(first, summary);
    else {
      const group = groups.get(first) ?? [];
      groups.set(first, [...group, { word: second, summary }]);
      top.set(
        first,
        groups
          .get(first)
          ?.map(({ word }) => word)
          .join(', ') ?? '',
      );
    }
  }
  return [
    { after: '', words: [...top].map(([word, summary]) => ({ word, summary })) },
    ...[...groups].map(([after, words]) => ({ after, words })),
  ];
}

/** A flag as the words that may be typed. */
export function spellings({ name, is_negatable: isNegatable }: FlagDescription): string[] {
  return isNegatable ? [name, name.replace('--', '--no-')] : [name];
}

/** The flags whose value is the next word. */
export function valueFlags({ commands, globals }: CompletionTree): string[] {
  const all = [...globals, ...commands.flatMap(({ flags }) => flags)];
  return [...new Set(all.filter(({ value }) => value !== undefined).map(({ name }) => name))];
}

/** Whether the first argument of a command is the name of a credential. */
export function takesCredential({ arguments: [first] }: CommandDescription): boolean {
  return first?.is_credential === true;
}
