import type { BounceReport, ComplaintReport } from './feedback-report.ts';
import type { SenderTexts } from './sender-texts.ts';

/** What SES reports about a mail. Only "Rendering Failure" is written differently there: with a space. */
export type SendingEventType =
  | 'Send'
  | 'Reject'
  | 'Delivery'
  | 'Bounce'
  | 'Complaint'
  | 'DeliveryDelay'
  | 'RenderingFailure'
  | 'Open'
  | 'Click'
  | 'Subscription';

/** One event about one mail: only what is used, never its subject or text. */
export interface SendingEvent {
  readonly type: SendingEventType;
  /** When it happened, epoch milliseconds: the bounce, complaint or delivery itself; otherwise when the mail was sent. */
  readonly atMs: number;
  /** When the mail was sent, epoch milliseconds. */
  readonly sentAtMs: number | undefined;
  readonly messageId: string;
  /** The name of the IAM user (or role) that sent the mail: SES sets it, no client can. */
  readonly callerIdentity: string | undefined;
  readonly sourceIp: string | undefined;
  readonly configurationSet: string | undefined;
  readonly sendingAccountId: string | undefined;
  readonly senders: SenderTexts;
  /** All recipients of the mail. */
  readonly destination: readonly string[];
  /** Recipients of a Delivery. */
  readonly delivered: readonly string[];
  readonly bounce: BounceReport | undefined;
  readonly complaint: ComplaintReport | undefined;
}

export type NotUnderstoodCode =
  | 'NoJson'
  | 'NoObject'
  | 'UnknownType'
  | 'MailMissing'
  | 'MessageIdMissing'
  | 'TimeMissing'
  | 'RecipientsMissing';

export type ReadSesEvent =
  | { readonly result: 'event'; readonly event: SendingEvent }
  /** What SNS and SES say about the topic itself: nothing to do, nothing to keep. */
  | { readonly result: 'nothing'; readonly what: 'validation' | 'subscription' }
  /** To be counted and kept for a person's eyes. Trying it again changes nothing. */
  | { readonly result: 'not-understood'; readonly code: NotUnderstoodCode; readonly reason: string };
