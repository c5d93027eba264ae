/** A fenced block of a Markdown file. */
export interface CodeBlock {
  readonly language: string;
  readonly text: string;
}

/** All fenced blocks of a Markdown text, in order. */
export function codeBlocks(markdown: string): CodeBlock[] {
  return [...markdown.matchAll(/^```(\w*)\n(.*?)^```$/gms)].map(([, language = '', text = '']) => ({ language, text }));
}

/** The scripts of package.json that a Markdown text mentions. */
export function npmScripts(markdown: string): Set<string> {
  const found = markdown.matchAll(/\bnpm (?:run (?:--silent )?([\w:-]+)|(start|test)\b)/g);
  return new Set([...found].map(([, named, short]) => named ?? short ?? ''));
}

/** Files that a Markdown text links to, relative to it. */
export function linkedFiles(markdown: string): string[] {
  return [...markdown.matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/g)].map(([, file = '']) => file);
}
