import type { SQSClient } from '@aws-sdk/client-sqs';
import type { LocalDeployment } from '../local-deployment.ts';
import type { LocalTimings } from '../local-timings.ts';
import { createQueue } from './create-queue.ts';
import { verificationRuleArn } from './create-verification-rule.ts';

export interface LocalQueue {
  url: string;
  arn: string;
}

/** Creates all queues. Dead letters and verifications that can't be processed end in the parking queue. */
export async function createQueues(
  sqs: SQSClient,
  deployment: LocalDeployment,
  timings: LocalTimings,
): Promise<{
  deadLetterQueue: LocalQueue;
  parkingQueue: LocalQueue;
  verificationQueue: LocalQueue;
  sendingEventsQueue: LocalQueue;
  feedbackQueue: LocalQueue;
}> {
  const { partition, region, accountId, queues, namePrefix } = deployment;
  const parkingQueue = await createQueue(sqs, queues.parking, { MessageRetentionPeriod: '1209600' });
  const redriveAfter = (maxReceiveCount: number) =>
    JSON.stringify({ deadLetterTargetArn: parkingQueue.arn, maxReceiveCount });
  /** A queue of SES events. Messages that can't be processed are parked soon, so that nothing waits behind them. */
  const createEventsQueue = (name: string) =>
    createQueue(sqs, name, {
      VisibilityTimeout: '15',
      RedrivePolicy: redriveAfter(5),
      Policy: JSON.stringify(
        allowSending(
          deployment,
          name,
          'sns.amazonaws.com',
          `arn:${partition}:sns:${region}:${accountId}:${namePrefix}smtp-*`,
        ),
      ),
    });
  const [deadLetterQueue, verificationQueue, sendingEventsQueue, feedbackQueue] = await Promise.all([
    // A safety net: the processor itself parks a message long before.
    createQueue(sqs, queues.deadLetters, { VisibilityTimeout: '60', RedrivePolicy: redriveAfter(50) }),
    createQueue(sqs, queues.verifications, {
      DelaySeconds: String(timings.verificationDelaySeconds),
      VisibilityTimeout: String(2 * timings.verificationSeconds + 5),
      RedrivePolicy: redriveAfter(5),
      Policy: JSON.stringify(
        allowSending(deployment, queues.verifications, 'events.amazonaws.com', verificationRuleArn(deployment)),
      ),
    }),
    createEventsQueue(queues.sendingEvents),
    createEventsQueue(queues.feedback),
  ]);
  return { deadLetterQueue, parkingQueue, verificationQueue, sendingEventsQueue, feedbackQueue };
}

/** A queue policy that lets one service send, for one source. */
function allowSending(
  { partition, region, accountId }: LocalDeployment,
  queue: string,
  service: string,
  sourceArn: string,
) {
  return {
    Version: '2012-10-17',
    Statement: [
      {
        Sid: 'TakeMessages',
        Effect: 'Allow',
        Principal: { Service: service },
        Action: 'sqs:SendMessage',
        Resource: `arn:${partition}:sqs:${region}:${accountId}:${queue}`,
        Condition: { ArnLike: { 'aws:SourceArn': sourceArn } },
      },
    ],
  };
}
