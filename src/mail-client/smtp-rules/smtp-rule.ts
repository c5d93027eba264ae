/** How sure an explanation is. */
export type Certainty = 'certain' | 'likely' | 'possible';

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

/** One problem: how its texts look, what it means, and what to do about it. */
export interface SmtpRule {
  /** Stable word for programs. Several rules may share it. */
  readonly code: string;
  /** An example of the text, for the documentation. */
  readonly sample: string;
  /** The reply codes that it comes with. Undefined if it isn't a reply, but the message of a client or of the network. */
  readonly replyCodes?: readonly number[];
  /** Matches the text after the reply code. Undefined: any text. */
  readonly words?: RegExp;
  /** The words say it all: they are recognised without a reply code, as some mail libraries show them. */
  readonly isDistinct?: boolean;
  /** A summary by a mail client. Other findings say more than it does. */
  readonly isVague?: boolean;
  readonly cause: string;
  readonly remedy: string;
  readonly link: string;
  readonly isTemporary?: boolean;
  /** Default: certain. */
  readonly certainty?: Certainty;
}

/** A page of the SES developer guide. */
export function guide(page: string): string {
  return `https://docs.aws.amazon.com/ses/latest/dg/${page}.html`;
}
