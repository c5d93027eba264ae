import { SesameError } from '../../src/credential/errors.ts';
import type { LogLine, LogQuery, LogSearch } from '../../src/mail-events/log-search.ts';

/**
 * A log group in memory. It looks at a few lines in each call, so that pages may be empty; it knows terms in quotes and regular expressions, as they
 * are made here, and refuses the token of another search.
 */
export function createFakeLog({ lookedAt = 5 }: { readonly lookedAt?: number } = {}) {
  const lines: LogLine[] = [];
  const calls: LogQuery[] = [];
  const search: LogSearch = {
    // biome-ignore lint/suspicious/useAwait: the port is asynchronous, and so are its refusals.
    async readPage(query, token) {
      calls.push(query);
      const matches = compile(query.pattern);
      const all = lines
        .filter(({ atMs }) => atMs >= query.fromMs && atMs <= query.toMs)
        .sort((a, b) => a.atMs - b.atMs);
      const start = token === undefined ? 0 : readToken(token, query);
      const end = start + lookedAt;
      return {
        lines: all.slice(start, end).filter(({ text }) => matches(text)),
        token: end < all.length ? JSON.stringify([query, end]) : undefined,
      };
    },
  };
  return {
    search,
    calls,
    lines,
    put: (event: unknown, atMs: number) => void lines.push({ text: JSON.stringify(event), atMs }),
  };
}

function readToken(token: string, query: LogQuery): number {
  try {
    const [own, at] = JSON.parse(token);
    if (JSON.stringify(own) === JSON.stringify(query)) return Number(at);
  } catch {
    // Refused below.
  }
  throw new SesameError('InvalidParameterException', 'permanent', 'The specified nextToken is invalid.');
}

function compile(pattern: string): (text: string) => boolean {
  if (pattern === '') return () => true;
  if (pattern.startsWith('%')) {
    const expression = new RegExp(pattern.slice(1, -1));
    return (text) => expression.test(text);
  }
  const term = pattern.slice(1, -1).replace(/\\(.)/g, '$1');
  return (text) => text.includes(term);
}
