/** What can happen to a mail. What recipients do with it (open, click) isn't among it: it says nothing about where the mail is. */
export type MailEventType =
  | 'Send'
  | 'Reject'
  | 'RenderingFailure'
  | 'DeliveryDelay'
  | 'Delivery'
  | 'Bounce'
  | 'Complaint';

/** One thing that happened to a mail, for recipients of whom the same was said. */
export interface MailEvent {
  readonly type: MailEventType;
  /** ISO 8601 */
  readonly at: string;
  readonly recipients: readonly string[];
  /** The other server's words. */
  readonly reply?: string;
  /** The enhanced status code, such as `4.2.2`. */
  readonly status?: string;
  /** `MailboxFull`, `TransientCommunicationFailure`, ... */
  readonly delayType?: string;
  /** Until when SES tries again (ISO 8601). */
  readonly triedUntil?: string;
  /** `Permanent`, `Transient`, `Undetermined`. */
  readonly bounceType?: string;
  readonly bounceSubType?: string;
  /** `abuse`, `not-spam`, ... */
  readonly complaintType?: string;
  /** Why SES rejected it, or couldn't write it. */
  readonly reason?: string;
}
