import { type SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';

/** Subscribes a queue to topics, without raw delivery. An existing subscription is no error. */
export async function subscribeQueue(sns: SNSClient, queueArn: string, topicArns: readonly string[]): Promise<void> {
  await Promise.all(
    topicArns.map((TopicArn) => sns.send(new SubscribeCommand({ TopicArn, Protocol: 'sqs', Endpoint: queueArn }))),
  );
}
