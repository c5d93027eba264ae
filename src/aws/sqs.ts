import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { DeadLetter, DeadLetterQueue } from '../dead-letter/dead-letter.ts';
import { toAwsProblem } from './aws-problem.ts';
import { clientSettings } from './client-settings.ts';

/** The dead-letter queue. Its client is made at the first message: a good day needs none. */
export function createDeadLetterQueue(queueUrl: string): DeadLetterQueue {
  let client: SQSClient | undefined;
  return {
    async send(letter: DeadLetter, delaySeconds = 0) {
      client ??= new SQSClient(clientSettings);
      try {
        await client.send(
          new SendMessageCommand({
            QueueUrl: queueUrl,
            MessageBody: JSON.stringify(letter),
            DelaySeconds: Math.min(900, Math.ceil(delaySeconds)), // SQS's own maximum.
          }),
        );
      } catch (error) {
        throw toAwsProblem('sqs:SendMessage', error);
      }
    },
  };
}
