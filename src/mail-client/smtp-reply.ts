/** The kind of an SMTP reply. */
export type SmtpReplyClass =
  | 'ok'
  | 'transient'
  | 'transient-auth'
  | 'throttle-daily'
  | 'throttle-rate'
  | 'auth'
  | 'account'
  | 'denied'
  | 'unverified'
  | 'permanent';

export interface SmtpReplyExplanation {
  readonly class: SmtpReplyClass;
  /** The same attempt may succeed later without any change. */
  readonly isTemporary: boolean;
  /** What it means, in a sentence. */
  readonly meaning: string;
  /** What to do about it, in a sentence. */
  readonly remedy: string;
}

interface Rule {
  readonly code: number;
  readonly words?: RegExp;
  readonly explanation: Omit<SmtpReplyExplanation, 'isTemporary'>;
}

/** From https://docs.aws.amazon.com/ses/latest/dg/troubleshoot-smtp.html: the first matching rule wins. */
const rules: readonly Rule[] = [
  {
    code: 421,
    explanation: {
      class: 'transient',
      meaning: 'The endpoint takes no further connection just now.',
      remedy: 'Open fewer connections at the same time, and try again.',
    },
  },
  {
    code: 451,
    explanation: {
      class: 'transient',
      meaning: 'The endpoint could not go on, or waited too long for the client.',
      remedy: 'Try again; if it lasts, look at the network and at the AWS Health Dashboard.',
    },
  },
  {
    code: 454,
    words: /daily/i,
    explanation: {
      class: 'throttle-daily',
      meaning: 'The account has sent all that its quota allows in 24 hours.',
      remedy: 'Wait, or ask AWS for a larger sending quota.',
    },
  },
  {
    code: 454,
    words: /rate/i,
    explanation: {
      class: 'throttle-rate',
      meaning: 'The account sends faster than its maximum rate.',
      remedy: 'Send more slowly, and try again.',
    },
  },
  {
    code: 454,
    words: /authentication/i,
    explanation: {
      class: 'transient-auth',
      meaning: 'SES could not check the credentials just now.',
      remedy: 'Try again; if it lasts, open a case with AWS.',
    },
  },
  {
    code: 454,
    explanation: {
      class: 'transient',
      meaning: 'SES has a passing problem.',
      remedy: 'Try again; if it lasts, look at the AWS Health Dashboard.',
    },
  },
  {
    code: 530,
    words: /starttls/i,
    explanation: {
      class: 'auth',
      meaning: 'The client spoke before the connection was encrypted.',
      remedy: 'Use STARTTLS on port 587 or TLS on port 465.',
    },
  },
  {
    code: 530,
    explanation: {
      class: 'auth',
      meaning: 'The client did not log in.',
      remedy: 'Give the client the SMTP username and password.',
    },
  },
  {
    code: 535,
    words: /subscribed/i,
    explanation: {
      class: 'account',
      meaning: 'The AWS account does not use SES yet.',
      remedy: 'Sign the account up for SES in this region.',
    },
  },
  {
    code: 535,
    explanation: {
      class: 'auth',
      meaning:
        'SES does not accept these credentials: the password is wrong or was made for another region, the access key ' +
        'is unknown, deleted or Inactive, or no policy of the IAM user allows sending.',
      remedy:
        'A new key takes some seconds to be known. If it lasts, compare key and policy in IAM with the record, or ' +
        'rotate the credential. In a URL such as smtps://USER:PASSWORD@HOST, percent-encode the password: it may hold /, + and =.',
    },
  },
  {
    code: 552,
    explanation: {
      class: 'permanent',
      meaning: 'The message is larger than SES takes.',
      remedy: 'Send a smaller message, or a link instead of the attachment.',
    },
  },
  {
    code: 553,
    explanation: {
      class: 'permanent',
      meaning: 'An address of the message is not valid.',
      remedy: 'Correct the address that the reply names.',
    },
  },
  {
    code: 554,
    words: /^access denied/i,
    explanation: {
      class: 'denied',
      meaning: 'The credential may not send as this address.',
      remedy:
        'Send as an address that allowed_from_addresses covers, in the same upper and lower case, or have the address added to it.',
    },
  },
  {
    code: 554,
    words: /not verified/i,
    explanation: {
      class: 'unverified',
      meaning: 'SES has not verified the address or its domain in this region, or the account is still in the sandbox.',
      remedy: 'Verify the identities that the reply names, or ask AWS for production access.',
    },
  },
];

/**
 * Explains a reply of the SES SMTP endpoint in plain words. `text` may start with the code. Codes that SES does not
 * document are explained by their first digit, as RFC 5321 defines it.
 */
export function explainSmtpReply(code: number, text: string): SmtpReplyExplanation {
  const words = text.replace(/^\d{3}[ -]?/, '').trim();
  const rule = rules.find((each) => each.code === code && (each.words === undefined || each.words.test(words)));
  const isTemporary = code >= 400 && code < 500;
  if (rule !== undefined) return { ...rule.explanation, isTemporary };
  if (code >= 200 && code < 400) return { class: 'ok', isTemporary, meaning: 'It worked.', remedy: 'Nothing to do.' };
  if (isTemporary) {
    return { class: 'transient', isTemporary, meaning: 'It does not work just now.', remedy: 'Try again later.' };
  }
  return {
    class: 'permanent',
    isTemporary,
    meaning: 'SES refuses this, and will refuse it again.',
    remedy: 'Correct what the reply names.',
  };
}
