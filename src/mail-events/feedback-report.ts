import { asMap, asText, type JsonMap } from '../values/json-map.ts';

/** https://docs.aws.amazon.com/ses/latest/dg/notification-contents.html#bounce-object */
export interface BounceReport {
  /** `Permanent`, `Transient`, `Undetermined`, or a new type of SES. */
  readonly bounceType: string;
  readonly bounceSubType: string;
  readonly recipients: readonly BouncedRecipient[];
  readonly feedbackId: string | undefined;
}

export interface BouncedRecipient {
  readonly address: string;
  /** The enhanced status code, such as `5.1.1`. */
  readonly status: string | undefined;
  /** The reply of the receiving mail server. */
  readonly diagnostic: string | undefined;
}

/** https://docs.aws.amazon.com/ses/latest/dg/notification-contents.html#complaint-object */
export interface ComplaintReport {
  /** The recipients who may have complained: most providers do not say which one did. */
  readonly recipients: readonly string[];
  readonly subType: string | undefined;
  /** `abuse`, `auth-failure`, `fraud`, `not-spam`, `other`, `virus`. */
  readonly feedbackType: string | undefined;
  readonly feedbackId: string | undefined;
}

export function readBounce(bounce: JsonMap | undefined, maxRecipients: number): BounceReport | undefined {
  if (bounce === undefined) return undefined;
  return {
    bounceType: asText(bounce['bounceType']) ?? 'Undetermined',
    bounceSubType: asText(bounce['bounceSubType']) ?? 'Undetermined',
    recipients: readRecipients(bounce['bouncedRecipients'], maxRecipients),
    feedbackId: asText(bounce['feedbackId']),
  };
}

export function readComplaint(complaint: JsonMap | undefined, maxRecipients: number): ComplaintReport | undefined {
  if (complaint === undefined) return undefined;
  return {
    recipients: readRecipients(complaint['complainedRecipients'], maxRecipients).map(({ address }) => address),
    subType: asText(complaint['complaintSubType']),
    feedbackType: asText(complaint['complaintFeedbackType']),
    feedbackId: asText(complaint['feedbackId']),
  };
}

function readRecipients(value: unknown, maxRecipients: number): BouncedRecipient[] {
  if (!Array.isArray(value)) return [];
  return value.slice(0, maxRecipients).flatMap((entry) => {
    const recipient = asMap(entry);
    const address = asText(recipient?.['emailAddress']);
    if (recipient === undefined || address === undefined) return [];
    return [{ address, status: asText(recipient['status']), diagnostic: asText(recipient['diagnosticCode']) }];
  });
}
