import { type CloudWatchLogsClient, PutLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import type { SESv2Client } from '@aws-sdk/client-sesv2';
import { PublishCommand, type SNSClient } from '@aws-sdk/client-sns';
import { sesLogStream } from '../resources/create-event-logs.ts';
import type { AcceptedMail } from '../smtp-endpoint/mailbox.ts';
import { makeSesMessageId } from '../smtp-endpoint/ses-message-id.ts';
import { buildSesEvents, type SesEventTopic } from './build-ses-events.ts';
import type { SesPlace } from './build-ses-mail.ts';
import { inEventBridge } from './in-event-bridge.ts';
import { createRecipientFates } from './recipient-fates.ts';

export interface SesEventDestinations extends SesPlace {
  readonly sns: SNSClient;
  readonly ses: SESv2Client;
  readonly topics: Readonly<Record<SesEventTopic, string>>;
  readonly logs: CloudWatchLogsClient;
  /** Gets the events in EventBridge's envelope. */
  readonly logGroup: string;
  /** Only mails with this configuration set make events. */
  readonly configurationSet: string;
}

/** Publishes the events of an accepted mail over SNS, as SES does, and writes them to the log group, as SES and EventBridge do. */
export function createSesEventPublisher(destinations: SesEventDestinations): (mail: AcceptedMail) => Promise<void> {
  const { sns, ses, topics, logs, logGroup, configurationSet, region } = destinations;
  const now = () => new Date();
  const newFeedbackId = () => makeSesMessageId(region, now());
  const fatesOf = createRecipientFates(ses);
  return async (mail) => {
    if (mail.configurationSet !== configurationSet) return;
    const events = await buildSesEvents(mail, { ...destinations, now, newFeedbackId, fatesOf });
    const at = now();
    await logs.send(
      new PutLogEventsCommand({
        logGroupName: logGroup,
        logStreamName: sesLogStream,
        logEvents: events.map(({ event }) => ({
          timestamp: at.getTime(),
          message: JSON.stringify(inEventBridge(event, destinations, at)),
        })),
      }),
    );
    for (const { topic, event } of events) {
      if (topic === undefined) continue;
      await sns.send(
        new PublishCommand({
          TopicArn: topics[topic],
          Subject: 'Amazon SES Email Event Notification',
          Message: JSON.stringify(event),
        }),
      );
    }
  };
}
