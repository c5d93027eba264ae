import { guide, type SmtpRule } from './smtp-rule.ts';

/** Replies that say little, for when no other rule knows more. */
export const generalReplies: readonly SmtpRule[] = [
  {
    code: 'auth-method-unsupported',
    sample: '504 Unrecognized authentication type',
    replyCodes: [504, 534, 538],
    cause: 'The client logs in with a method that SES does not offer, such as CRAM-MD5 or NTLM.',
    remedy: 'Choose LOGIN or PLAIN in the client, over TLS.',
    link: guide('smtp-connect'),
  },
  {
    code: 'command-wrong',
    sample: '503 Bad sequence of commands',
    replyCodes: [500, 501, 502, 503, 555],
    cause: 'The endpoint does not understand the command, or not at this point of the dialogue.',
    remedy:
      'Look in the transcript at the command before this reply: often EHLO after STARTTLS is missing, or a reply before was not read.',
    link: 'https://www.rfc-editor.org/rfc/rfc5321#section-4.2.2',
  },
  {
    code: 'transaction-failed',
    sample: '554 Transaction failed',
    replyCodes: [554],
    words: /^(?:transaction failed|message rejected)/i,
    cause: 'SES does not take the message; what follows in the reply says why.',
    remedy:
      'Correct what the reply names. If it names nothing, send a plain message from the same address: if that works, the cause is in the headers or parts of this one.',
    link: guide('troubleshoot-smtp'),
    certainty: 'likely',
  },
];
