import type { Certainty } from './smtp-rules/smtp-rule.ts';

/** One of several causes that the same reply may have. */
export interface PossibleCause {
  /** Stable word for programs. */
  readonly code: string;
  readonly cause: string;
  readonly remedy: string;
  readonly certainty: Certainty;
}

/** What an SMTP reply or an error of a mail client means. */
export interface SmtpExplanation {
  /** Stable word for programs, for example `sender-denied`. docs/smtp-replies.md lists them. */
  readonly code: string;
  /** The reply or message in the text that was explained. Never contains a credential. */
  readonly reply?: string;
  readonly cause: string;
  readonly remedy: string;
  /** A page that says more. */
  readonly link: string;
  /** The same attempt may succeed later without any change. */
  readonly isTemporary: boolean;
  readonly certainty: Certainty;
  /** The causes that the reply may have, the one to check first at the top. Only where SES gives one reply for all of them. */
  readonly causes?: readonly PossibleCause[];
}
