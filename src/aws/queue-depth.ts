import { GetQueueAttributesCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { toAwsProblem } from './aws-problem.ts';

/** About how many messages a queue holds, visible or not. SQS counts late. */
export async function countMessages(client: SQSClient, queueUrl: string): Promise<number> {
  const names = [
    'ApproximateNumberOfMessages',
    'ApproximateNumberOfMessagesNotVisible',
    'ApproximateNumberOfMessagesDelayed',
  ] as const;
  try {
    const { Attributes = {} } = await client.send(
      new GetQueueAttributesCommand({ QueueUrl: queueUrl, AttributeNames: [...names] }),
    );
    return names.reduce((sum, name) => sum + Number(Attributes[name] ?? 0), 0);
  } catch (error) {
    throw toAwsProblem('sqs:GetQueueAttributes', error);
  }
}
