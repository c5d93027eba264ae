import { randomUUID } from 'node:crypto';
import type { SesPlace } from './build-ses-mail.ts';

/** https://docs.aws.amazon.com/eventbridge/latest/ref/events-ref-ses.html */
const detailTypes: Readonly<Record<string, string>> = {
  Send: 'Email Sent',
  Delivery: 'Email Delivered',
  Bounce: 'Email Bounced',
  Complaint: 'Email Complaint Received',
  Reject: 'Email Rejected',
  DeliveryDelay: 'Email Delivery Delayed',
  'Rendering Failure': 'Email Rendering Failed',
};

/** An event of SES as EventBridge delivers it. */
export function inEventBridge(detail: Readonly<Record<string, unknown>>, place: SesPlace, at: Date) {
  const { sourceArn } = detail['mail'] as { readonly sourceArn: string };
  return {
    version: '0',
    id: randomUUID(),
    'detail-type': detailTypes[String(detail['eventType'])] ?? 'Email Event',
    source: 'aws.ses',
    account: place.accountId,
    // EventBridge writes whole seconds.
    time: at.toISOString().replace(/\.\d+Z$/, 'Z'),
    region: place.region,
    resources: [sourceArn],
    detail,
  };
}
