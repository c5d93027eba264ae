import type { BounceReport, ComplaintReport } from './feedback-report.ts';
import type { SenderTexts } from './sender-texts.ts';

/** The event types of SES. Only "Rendering Failure" is spelled differently there, with a space. */
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

/** One event about one mail. Holds only what we use, never the subject or content. */
export interface SendingEvent {
  readonly type: SendingEventType;
  /** Time of the bounce, complaint or delivery; for other types, when the mail was sent. Epoch milliseconds. */
  readonly atMs: number;
  /** When the mail was sent, epoch milliseconds. */
  readonly sentAtMs: number | undefined;
  readonly messageId: string;
  /** The IAM user (or role) that sent the mail. SES sets it, clients cannot. */
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
  /** A message of SNS or SES about the topic itself. It can be ignored. */
  | { readonly result: 'nothing'; readonly what: 'validation' | 'subscription' }
  /** Must be counted and parked for a person. Retrying does not help. */
  | { readonly result: 'not-understood'; readonly code: NotUnderstoodCode; readonly reason: string };
