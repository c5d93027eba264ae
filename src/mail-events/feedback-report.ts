import { asList, asMap, asText, field, type JsonMap } from '../values/json-map.ts';

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
    bounceType: asText(field(bounce, 'bounceType')) ?? 'Undetermined',
    bounceSubType: asText(field(bounce, 'bounceSubType')) ?? 'Undetermined',
    recipients: readRecipients(field(bounce, 'bouncedRecipients'), maxRecipients),
    feedbackId: asText(field(bounce, 'feedbackId')),
  };
}

export function readComplaint(complaint: JsonMap | undefined, maxRecipients: number): ComplaintReport | undefined {
  if (complaint === undefined) return undefined;
  return {
    recipients: readRecipients(field(complaint, 'complainedRecipients'), maxRecipients).map(({ address }) => address),
    subType: asText(field(complaint, 'complaintSubType')),
    feedbackType: asText(field(complaint, 'complaintFeedbackType')),
    feedbackId: asText(field(complaint, 'feedbackId')),
  };
}

/**
 * Actions of a delivery report by which the mail has not bounced: `delayed` means that the other server still tries.
 * https://www.rfc-editor.org/rfc/rfc3464#section-2.3.3
 */
const notBounced = new Set(['delayed', 'delivered', 'relayed', 'expanded']);

function readRecipients(value: unknown, maxRecipients: number): BouncedRecipient[] {
  return asList(value)
    .slice(0, maxRecipients)
    .flatMap((entry) => {
      const recipient = asMap(entry) ?? { emailAddress: entry };
      const address = asText(field(recipient, 'emailAddress'));
      const action = asText(field(recipient, 'action'))?.trim().toLowerCase();
      if (address === undefined || address.trim() === '' || (action !== undefined && notBounced.has(action))) return [];
      const status = asText(field(recipient, 'status'));
      return [{ address, status, diagnostic: asText(field(recipient, 'diagnosticCode')) }];
    });
}
