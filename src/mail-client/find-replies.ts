import type { ReplyWriter } from './smtp-rules/all-rules.ts';

/** A reply of an SMTP server within a text. */
export interface FoundReply {
  readonly code: number;
  /** Without the code; empty if a client shows nothing but the code. */
  readonly words: string;
  readonly writer: ReplyWriter;
  /** The surroundings say that this is a reply. Without that, three digits may be anything. */
  readonly isSure: boolean;
}

const longestReply = 600;
const candidate = /(?<![\w.:@+/-])(?:42[0-2]|43\d|4[45]\d|50[0-5]|5[1-7]\d)(?=[ \-,:"')\]}]|\\[rn]|$)/g;
const nothingBefore = /^[^\p{L}\p{N}]*$/u;
const namedBefore =
  /(?:\b(?:said|says|reply|replied|respon[ds]\w*|message|error|failed|failure|fails|code|responseCode|status|smtp;|x-postfix;|S|server|client|login|retcode|returned|\w*exception|\w*error|bounced|deferred|got|command|answered)|<<|<-|<\*\*|<~\*)[^\p{L}\p{N}]{0,8}$/iu;

/** Finds the replies with a code from 400 on in one statement. */
export function* findReplies(statement: string): Generator<FoundReply> {
  for (const match of statement.matchAll(candidate)) {
    const before = statement.slice(Math.max(0, match.index - 60), match.index);
    if (/\bHTTP\b/i.test(before)) continue;
    const after = statement.slice(match.index + 3, match.index + 3 + longestReply);
    const words = readWords(before, after);
    const status = /^([245]\.\d{1,3}\.\d{1,3})\b/.exec(words)?.[1];
    yield {
      code: Number(match[0]),
      words,
      writer: findWriter(before, status),
      isSure:
        status !== undefined ||
        /^, ?b?['"]/.test(after) ||
        namedBefore.test(before) ||
        (match.index < 60 && nothingBefore.test(before)),
    };
  }
}

/** SES sends no enhanced status code, except with its idle timeout. */
function findWriter(before: string, status: string | undefined): ReplyWriter {
  if (status !== undefined) return status === '4.4.2' ? 'ses' : 'recipient';
  return /smtp; ?$/i.test(before) ? 'unknown' : 'ses';
}

/** The words of a reply, up to where the log or the exception goes on. */
function readWords(before: string, after: string): string {
  const [separator = ''] = /^(?:, ?b?['"]|: ?|[ -])/.exec(after) ?? [];
  if (separator === '' || /^, ?$/.test(separator)) return '';
  const quote = /['"]$/.exec(separator)?.[0] ?? /['"]$/.exec(before)?.[0];
  const rest = after.slice(separator.length);
  const end = rest.search(quote === '"' ? /\\[rn]|"/ : quote === "'" ? /\\[rn]|'(?=[,)}\]]|$)/ : unquotedEnd);
  return (end === -1 ? rest : rest.slice(0, end)).trim();
}

const unquotedEnd = /\\[rn]| \(in reply to| (?:<<|>>|!!) |" \(code|"(?=[,}\])]|$)|\)\)?$| at [\w.<$]+ ?\(/;
