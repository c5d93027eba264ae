import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  type QueueAttributeName,
  SetQueueAttributesCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';

/** A queue's attributes, as SQS names them. */
export type QueueAttributes = Partial<Record<QueueAttributeName, string>>;

/** Creates a queue, or returns the existing one, and sets its attributes. */
export async function createQueue(
  sqs: SQSClient,
  name: string,
  attributes: QueueAttributes = {},
): Promise<{ url: string; arn: string }> {
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: name }));
  // Not set by CreateQueue, which fails when the queue exists with other attributes.
  if (Object.keys(attributes).length > 0) {
    await sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: attributes }));
  }
  const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }));
  if (!QueueUrl || !Attributes?.['QueueArn']) throw new Error(`The queue ${name} has no ARN.`);
  return { url: QueueUrl, arn: Attributes['QueueArn'] };
}
