import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import type { AlertPublisher } from '../mail-events/stores.ts';
import { toAwsProblem } from './aws-problem.ts';
import { clientSettings } from './client-settings.ts';

export function createSnsClient(): SNSClient {
  return new SNSClient(clientSettings);
}

/** The topic that people listen to. */
export function createAlertPublisher(client: () => SNSClient, topicArn: string): AlertPublisher {
  return {
    async publish({ subject, message }) {
      try {
        await client().send(
          new PublishCommand({
            TopicArn: topicArn,
            // SNS refuses a subject of more, and one with other characters.
            Subject: subject.replace(/[^\x20-\x7e]/g, '?').slice(0, 100),
            Message: JSON.stringify(message, null, 2),
          }),
        );
      } catch (error) {
        throw toAwsProblem('sns:Publish', error);
      }
    },
  };
}
