import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageCommand,
  type Message,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { SesameError } from '../credential/errors.ts';
import type { HeldMessage, MessageBox } from '../dead-letter/message-box.ts';
import { awsErrorName, toAwsProblem } from './aws-problem.ts';
import { sendMessage } from './send-message.ts';

/** All that one call of SQS takes. */
const batchSize = 10;

/** A queue whose messages people look through. */
export function createMessageBox(client: () => SQSClient, queueUrl: string): MessageBox {
  return {
    async take(holdSeconds) {
      try {
        const { Messages = [] } = await client().send(
          new ReceiveMessageCommand({
            QueueUrl: queueUrl,
            MaxNumberOfMessages: batchSize,
            VisibilityTimeout: holdSeconds,
            // Without waiting SQS asks some of its servers only, and may miss messages.
            WaitTimeSeconds: 1,
            MessageAttributeNames: ['All'],
            MessageSystemAttributeNames: ['All'],
          }),
        );
        return Messages.map(readMessage);
      } catch (error) {
        throw toAwsProblem('sqs:ReceiveMessage', error);
      }
    },

    async release(messages) {
      for (let start = 0; start < messages.length; start += batchSize) {
        const entries = messages.slice(start, start + batchSize).map(({ receiptHandle }, index) => ({
          Id: String(index),
          ReceiptHandle: receiptHandle,
          VisibilityTimeout: 0,
        }));
        try {
          await client().send(new ChangeMessageVisibilityBatchCommand({ QueueUrl: queueUrl, Entries: entries }));
        } catch (error) {
          throw toAwsProblem('sqs:ChangeMessageVisibility', error);
        }
      }
    },

    async delete({ receiptHandle, messageId }) {
      try {
        await client().send(new DeleteMessageCommand({ QueueUrl: queueUrl, ReceiptHandle: receiptHandle }));
      } catch (error) {
        if (awsErrorName(error) === 'ReceiptHandleIsInvalid') {
          throw new SesameError('MessageNotHeld', 'conflict', `Somebody else has taken the message ${messageId}.`, {
            cause: error,
          });
        }
        throw toAwsProblem('sqs:DeleteMessage', error);
      }
    },

    send: (message) => sendMessage(client(), queueUrl, message),
  };
}

function readMessage(message: Message): HeldMessage {
  const { MessageId = '', ReceiptHandle = '', Body = '', Attributes = {}, MessageAttributes = {} } = message;
  const system: Readonly<Record<string, string | undefined>> = Attributes;
  return {
    messageId: MessageId,
    receiptHandle: ReceiptHandle,
    body: Body,
    attributes: Object.fromEntries(
      Object.entries(MessageAttributes).flatMap(([name, { StringValue }]) =>
        StringValue === undefined ? [] : [[name, StringValue]],
      ),
    ),
    sentAtMs: Number(system['SentTimestamp'] ?? 0),
    receiveCount: Number(system['ApproximateReceiveCount'] ?? 1),
    sourceQueueArn: system['DeadLetterQueueSourceArn'],
  };
}
