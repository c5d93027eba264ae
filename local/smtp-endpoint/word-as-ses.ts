import { randomBytes } from 'node:crypto';
import { type SmtpReply, sesReplies } from './ses-replies.ts';

/** SES calls itself this in every region. */
export const serverName = 'email-smtp.amazonaws.com';

/** A reply as it's to be written, and whether the connection ends with it. */
export interface WordedReply {
  readonly code: number;
  readonly text: string | string[];
  readonly closes: boolean;
}

/** smtp-server's own texts and what SES says in their place. */
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
 * Says a reply of smtp-server in SES's words. SES sends no enhanced status codes.
 *
 * @param secure whether TLS is on: without it SES asks for STARTTLS before it asks for AUTH.
 */
export function wordAsSes(code: number, text: string | string[] | null | undefined, secure: boolean): WordedReply {
  if (Array.isArray(text)) {
    // The only reply of several lines is the one to EHLO.
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
    return { code, text: text ?? '', closes: false };
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
