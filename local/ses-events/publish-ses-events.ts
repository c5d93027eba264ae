import { PublishCommand, type SNSClient } from '@aws-sdk/client-sns';
import type { AcceptedMail } from '../smtp-endpoint/mailbox.ts';
import { makeSesMessageId } from '../smtp-endpoint/ses-message-id.ts';
import { buildSesEvents, type SesEventTopic } from './build-ses-events.ts';
import type { SesPlace } from './build-ses-mail.ts';

export interface SesEventDestinations extends SesPlace {
  readonly sns: SNSClient;
  readonly topics: Readonly<Record<SesEventTopic, string>>;
  /** Only mails with this configuration set make events. */
  readonly configurationSet: string;
}

/** Publishes the events of an accepted mail over SNS, as SES does. */
export function createSesEventPublisher(destinations: SesEventDestinations): (mail: AcceptedMail) => Promise<void> {
  const { sns, topics, configurationSet, region } = destinations;
  const now = () => new Date();
  const newFeedbackId = () => makeSesMessageId(region, now());
  return async (mail) => {
    if (mail.configurationSet !== configurationSet) return;
    for (const { topic, event } of await buildSesEvents(mail, { ...destinations, now, newFeedbackId })) {
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
