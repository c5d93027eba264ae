import { ChangeMessageVisibilityCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { DeadLetter, DeadLetterQueue } from '../dead-letter/dead-letter.ts';
import type { ParkingQueue } from '../dead-letter/parked-message.ts';
import type { MessageDelay } from '../dead-letter/redrive.ts';
import { toAwsProblem } from './aws-problem.ts';
import { clientSettings } from './client-settings.ts';
import { sendMessage } from './send-message.ts';

/** The dead-letter queue. */
export function createDeadLetterQueue(client: () => SQSClient, queueUrl: string): DeadLetterQueue {
  return {
    send: (deadLetter: DeadLetter, delaySeconds = 0) =>
      sendMessage(client(), queueUrl, { body: JSON.stringify(deadLetter), delaySeconds }),
  };
}

export function createSqsClient(): SQSClient {
  return new SQSClient({ ...clientSettings, cacheMiddleware: false });
}

/** The queue of what nothing automatic can cure. */
export function createParkingQueue(client: () => SQSClient, queueUrl: string): ParkingQueue {
  return {
    park: (message) => sendMessage(client(), queueUrl, message),
  };
}

/** Lets a received message of this queue wait. */
export function createMessageDelay(client: () => SQSClient, queueUrl: string): MessageDelay {
  return {
    async delay(receiptHandle, seconds) {
      try {
        await client().send(
          new ChangeMessageVisibilityCommand({
            QueueUrl: queueUrl,
            ReceiptHandle: receiptHandle,
            VisibilityTimeout: Math.min(43_200, Math.ceil(seconds)), // SQS's own maximum: twelve hours.
          }),
        );
      } catch (error) {
        throw toAwsProblem('sqs:ChangeMessageVisibility', error);
      }
    },
  };
}
