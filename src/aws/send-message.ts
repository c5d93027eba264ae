import { type MessageAttributeValue, SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { toAwsProblem } from './aws-problem.ts';

/** SQS's own maximum, in seconds. */
const maxDelaySeconds = 900;

/** A message to send. Its attributes are texts. */
export interface OutgoingMessage {
  readonly body: string;
  readonly attributes?: Readonly<Record<string, string>>;
  /** How long it stays hidden at first. */
  readonly delaySeconds?: number;
}

/** Sends one message to a queue. */
export async function sendMessage(
  client: SQSClient,
  queueUrl: string,
  { body, attributes = {}, delaySeconds = 0 }: OutgoingMessage,
): Promise<void> {
  const texts: [string, MessageAttributeValue][] = Object.entries(attributes).map(([name, value]) => [
    name,
    { DataType: 'String', StringValue: value },
  ]);
  const command = new SendMessageCommand({
    QueueUrl: queueUrl,
    MessageBody: body,
    ...(texts.length === 0 ? {} : { MessageAttributes: Object.fromEntries(texts) }),
    ...(delaySeconds === 0 ? {} : { DelaySeconds: Math.min(maxDelaySeconds, Math.ceil(delaySeconds)) }),
  });
  try {
    await client.send(command);
  } catch (error) {
    throw toAwsProblem('sqs:SendMessage', error);
  }
}
