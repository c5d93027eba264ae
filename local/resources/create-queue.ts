import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  type QueueAttributeName,
  SetQueueAttributesCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';

/** A queue's attributes, as SQS names them. */
export type QueueAttributes = Partial<Record<QueueAttributeName, string>>;

/** A queue with these attributes; CreateQueue returns the one that is there. */
export async function createQueue(
  sqs: SQSClient,
  name: string,
  attributes: QueueAttributes = {},
): Promise<{ url: string; arn: string }> {
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: name }));
  // Not with CreateQueue, which refuses a queue that is there with other attributes.
  if (Object.keys(attributes).length > 0) {
    await sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: attributes }));
  }
  const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }));
  if (!QueueUrl || !Attributes?.['QueueArn']) throw new Error(`The queue ${name} has no ARN.`);
  return { url: QueueUrl, arn: Attributes['QueueArn'] };
}
