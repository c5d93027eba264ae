import { type SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';

/** Lets topics send to a queue, in SNS's own envelope. A subscription that is there is no error. */
export async function subscribeQueue(sns: SNSClient, queueArn: string, topicArns: readonly string[]): Promise<void> {
  await Promise.all(
    topicArns.map((TopicArn) => sns.send(new SubscribeCommand({ TopicArn, Protocol: 'sqs', Endpoint: queueArn }))),
  );
}
