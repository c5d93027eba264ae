import { randomBytes } from 'node:crypto';
import { type SmtpReply, sesReplies } from './ses-replies.ts';

/** SES uses this name in every Region. */
export const serverName = 'email-smtp.amazonaws.com';

/** The text of a reply, and whether it closes the connection. */
export interface WordedReply {
  readonly code: number;
  readonly text: string | string[];
  readonly closes: boolean;
}

/** smtp-server's texts, and SES's replies for them. */
const wordings: readonly (readonly [code: number, text: RegExp, say: () => SmtpReply | string])[] = [
  [235, /^/, () => 'Authentication successful'],
  [250, /^(OK|Flushed|Accepted)$/, () => 'Ok'],
  [421, /^Timeout/, sesReplies.idleTooLong],
  [421, /Too many connected clients/, sesReplies.tooManyConnections],
  [501, /^Error: Bad sender address/, sesReplies.invalidSender],
  [501, /^Error: Bad recipient address/, sesReplies.invalidRecipient],
  [530, /^/, () => 'Authentication required'],
  [538, /^/, sesReplies.startTlsFirst],
];

/**
 * Replaces a reply of smtp-server by SES's reply. SES sends no enhanced status codes, except when a client is idle.
 *
 * @param secure whether TLS is on: without it, SES asks for STARTTLS before AUTH
 */
export function wordAsSes(code: number, text: string | string[] | null | undefined, secure: boolean): WordedReply {
  if (Array.isArray(text)) {
    // Only the reply to EHLO has several lines.
    return { code, text: greetEhlo(secure), closes: false };
  }
  if (code === 220 && text?.includes(' ESMTP')) {
    return {
      code,
      text: `${serverName} ESMTP SimpleEmailService-d-${makeId(9).toUpperCase()} ${makeId(20)}`,
      closes: false,
    };
  }
  if (code === 530 && !secure) {
    return { code, text: sesReplies.startTlsFirst().message, closes: false };
  }
  const match = wordings.find(([wordedCode, pattern]) => wordedCode === code && pattern.test(text ?? ''));
  if (!match) {
    // After these two SES hangs up.
    return { code, text: text ?? '', closes: code === 421 || (code === 451 && text?.startsWith('4.4.2 ') === true) };
  }
  const said = match[2]();
  const worded = typeof said === 'string' ? { code, text: said } : { code: said.responseCode, text: said.message };
  return { ...worded, closes: code === 421 };
}

function greetEhlo(secure: boolean): string[] {
  return [serverName, '8BITMIME', ...(secure ? [] : ['STARTTLS']), 'AUTH PLAIN LOGIN', 'Ok'];
}

function makeId(length: number): string {
  return randomBytes(length * 2)
    .toString('base64')
    .replace(/[^A-Za-z0-9]/g, '')
    .slice(0, length);
}
