import { DeleteMessageCommand, ReceiveMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';

/** A message of the dead-letter queue, as the design document has it. */
export interface ReceivedDeadLetter {
  originalEvent: { dynamodb?: { Keys?: { SK?: { S?: string } } } & Record<string, unknown> } & Record<string, unknown>;
  errorType: string;
  errorMessage: string;
  retryCount: number;
  timestamp: string;
  correlationId: string;
}

/** Takes all messages that the queue shows now. */
export async function takeDeadLetters(sqs: SQSClient, queueUrl: string): Promise<ReceivedDeadLetter[]> {
  const letters: ReceivedDeadLetter[] = [];
  for (;;) {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({ QueueUrl: queueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 0 }),
    );
    if (Messages.length === 0) return letters;
    for (const { Body = '', ReceiptHandle } of Messages) {
      letters.push(JSON.parse(Body) as ReceivedDeadLetter);
      await sqs.send(new DeleteMessageCommand({ QueueUrl: queueUrl, ReceiptHandle }));
    }
  }
}

/** Whose record a dead letter is about. */
export function usernameOf(letter: ReceivedDeadLetter): string | undefined {
  return letter.originalEvent.dynamodb?.Keys?.SK?.S?.replace(/^USER#/, '');
}
