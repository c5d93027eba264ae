import { CreateTopicCommand, type SNSClient } from '@aws-sdk/client-sns';

/** Creates the topics, or finds existing ones. Returns their ARNs by the keys of `names`. */
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
