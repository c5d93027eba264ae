import type { SQSClient } from '@aws-sdk/client-sqs';
import type { LocalPace } from '../local-pace.ts';
import { localSettings } from '../local-settings.ts';
import { createQueue } from './create-queue.ts';

export interface LocalQueue {
  url: string;
  arn: string;
}

/** The queues of the system. Dead letters and verifications that nobody can work off end in the parking queue. */
export async function createQueues(
  sqs: SQSClient,
  pace: LocalPace,
  verificationRuleArn: string,
): Promise<{ deadLetterQueue: LocalQueue; parkingQueue: LocalQueue; verificationQueue: LocalQueue }> {
  const { partition, region, accountId, queues } = localSettings;
  const parkingQueue = await createQueue(sqs, queues.parking, { MessageRetentionPeriod: '1209600' });
  const redriveAfter = (maxReceiveCount: number) =>
    JSON.stringify({ deadLetterTargetArn: parkingQueue.arn, maxReceiveCount });
  const [deadLetterQueue, verificationQueue] = await Promise.all([
    // A net only: the processor itself parks a message long before.
    createQueue(sqs, queues.deadLetters, { VisibilityTimeout: '60', RedrivePolicy: redriveAfter(50) }),
    createQueue(sqs, queues.verifications, {
      DelaySeconds: String(pace.verificationDelaySeconds),
      VisibilityTimeout: String(2 * pace.verificationSeconds + 5),
      RedrivePolicy: redriveAfter(5),
      Policy: JSON.stringify({
        Version: '2012-10-17',
        Statement: [
          {
            Sid: 'TakeEventsOfTheRule',
            Effect: 'Allow',
            Principal: { Service: 'events.amazonaws.com' },
            Action: 'sqs:SendMessage',
            Resource: `arn:${partition}:sqs:${region}:${accountId}:${queues.verifications}`,
            Condition: { ArnEquals: { 'aws:SourceArn': verificationRuleArn } },
          },
        ],
      }),
    }),
  ]);
  return { deadLetterQueue, parkingQueue, verificationQueue };
}
