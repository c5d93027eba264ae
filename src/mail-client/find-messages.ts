import type { Finding } from './explain-finding.ts';
import { messageRules } from './smtp-rules/all-rules.ts';
import type { SmtpRule } from './smtp-rules/smtp-rule.ts';

/** Matches of one rule that are looked at. */
const mostMatches = 50;

/** Finds what is known without a reply code, at most one problem in each statement: the most specific. */
export function findMessages(statements: readonly string[]): (Finding & { readonly statement: number })[] {
  // One pass over the whole text for each rule is much faster than a pass over each line.
  const text = statements.join('\n');
  const starts = startsOf(statements);
  const found = new Map<number, Finding & { readonly statement: number }>();
  for (const rule of messageRules) {
    for (const index of matchesOf(rule, text)) {
      const statement = statementAt(starts, index);
      const start = starts[statement] ?? 0;
      const shown = excerpt(statements[statement] ?? '', index - start);
      if (!found.has(statement)) found.set(statement, { rule, shown, statement });
    }
  }
  return [...found.values()];
}

function matchesOf({ words }: SmtpRule, text: string): readonly number[] {
  if (words === undefined) return [];
  const indexes: number[] = [];
  for (const { index } of text.matchAll(new RegExp(words.source, 'gi'))) {
    indexes.push(index);
    if (indexes.length === mostMatches) break;
  }
  return indexes;
}

function startsOf(statements: readonly string[]): readonly number[] {
  let start = 0;
  return statements.map(({ length }) => {
    const own = start;
    start += length + 1;
    return own;
  });
}

function statementAt(starts: readonly number[], index: number): number {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((starts[middle] ?? 0) <= index) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** The part of a long statement around the match. */
function excerpt(statement: string, at: number): string {
  const whole = statement.length <= 400 ? statement : statement.slice(Math.max(0, at - 60), at + 340);
  return whole.replace(/\p{Cc}+/gu, ' ').trim();
}
