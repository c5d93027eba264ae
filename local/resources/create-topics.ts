import { CreateTopicCommand, type SNSClient } from '@aws-sdk/client-sns';

/** Topics by the same keys as their names; CreateTopic returns the one that is there. */
export async function createTopics<K extends string>(
  sns: SNSClient,
  names: Record<K, string>,
): Promise<Record<K, string>> {
  const entries = Object.entries<string>(names).map(async ([key, name]) => {
    const { TopicArn } = await sns.send(new CreateTopicCommand({ Name: name }));
    if (!TopicArn) throw new Error(`The topic ${name} has no ARN.`);
    return [key, TopicArn] as const;
  });
  return Object.fromEntries(await Promise.all(entries)) as Record<K, string>;
}
