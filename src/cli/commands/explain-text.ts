import { explainSmtpReply } from '../../mail-client/smtp-reply.ts';

/** One problem that a text shows. */
export interface Explanation {
  /** For programs. */
  readonly code: string;
  /** The reply that it is about. */
  readonly reply?: string;
  readonly cause: string;
  readonly remedy: string;
  readonly link: string;
  /** The same attempt may succeed later without any change. */
  readonly isTemporary: boolean;
  /** The causes that the reply may have, the one to check first at the top. */
  readonly causes?: readonly { readonly code: string; readonly cause: string; readonly remedy: string }[];
}

const link = 'https://docs.aws.amazon.com/ses/latest/dg/troubleshoot-smtp.html';
/** A reply of an SMTP server, alone or in a line of a log: its code, and optionally an enhanced one (RFC 3463). */
const replyForm = /(?:^|[^\w.])([45]\d\d)[ -](?:[45]\.\d{1,3}\.\d{1,3} )?(\S.{0,1999})/;
/** More than any transcript that a person pastes. */
const maxLines = 10_000;

/** Explains every refusal in a reply, a transcript or a log, each once, in the order of the text. */
export function explainText(text: string): Explanation[] {
  const found = new Map<string, Explanation>();
  for (const line of text.split('\n', maxLines)) {
    const [, code = '', words = ''] = replyForm.exec(line.slice(0, 4_000).trim()) ?? [];
    if (code === '') continue;
    const explained = explainSmtpReply(Number(code), words);
    const key = `${code} ${explained.class}`;
    if (found.has(key)) continue;
    found.set(key, {
      code: explained.class,
      reply: `${code} ${words}`.trimEnd(),
      cause: explained.meaning,
      remedy: explained.remedy,
      link,
      isTemporary: explained.isTemporary,
    });
  }
  return [...found.values()];
}
