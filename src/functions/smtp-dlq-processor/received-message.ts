import type { SQSRecord } from 'aws-lambda';
import { classifyQueueMessage } from '../../dead-letter/classify-queue-message.ts';
import { RECORD_BUSY } from '../../dead-letter/dead-letter.ts';
import { readOriginalAttributes } from '../../dead-letter/parked-message.ts';
import type { OwnWork, QueuedMessage, QueueMessage } from '../../dead-letter/queue-message.ts';
import { countAttempts } from '../../dead-letter/redrive.ts';

/** A message as Lambda delivered it, and its classification. */
export interface ReceivedMessage {
  readonly messageId: string;
  readonly receiptHandle: string;
  readonly message: QueuedMessage;
  readonly queueMessage: QueueMessage;
  /** How often its work was attempted, including this time. */
  readonly attempts: number;
  /** How often it was received, if its record was busy when the dead letter was written. */
  readonly busyAttempts?: number;
  /** Epoch milliseconds. */
  readonly sentAtMs: number;
  readonly correlationId: string;
}

export function readReceivedMessage(record: SQSRecord, own: OwnWork): ReceivedMessage {
  const message: QueuedMessage = {
    body: record.body,
    attributes: readOriginalAttributes(
      Object.fromEntries(
        Object.entries(record.messageAttributes).flatMap(([name, { stringValue }]) =>
          stringValue === undefined ? [] : [[name, stringValue]],
        ),
      ),
    ),
  };
  const queueMessage = classifyQueueMessage(message, own);
  const earlier = queueMessage.form === 'dead-letter' ? queueMessage.retryCount : 0;
  const received = Number(record.attributes.ApproximateReceiveCount);
  const beganBusy = queueMessage.form === 'dead-letter' && queueMessage.errorType === RECORD_BUSY;
  return {
    messageId: record.messageId,
    receiptHandle: record.receiptHandle,
    message,
    queueMessage,
    attempts: earlier + countAttempts(received, beganBusy),
    ...(beganBusy ? { busyAttempts: received } : {}),
    sentAtMs: Number(record.attributes.SentTimestamp),
    correlationId: queueMessage.correlationId ?? record.messageId,
  };
}
