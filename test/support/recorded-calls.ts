import { CloudTrailClient, LookupEventsCommand } from '@aws-sdk/client-cloudtrail';
import { GetFunctionConfigurationCommand } from '@aws-sdk/client-lambda';
import type { LocalClients } from '../../local/local-clients.ts';
import type { LocalDescription } from '../../local/local-description.ts';
import { functionCredentials } from './function-credentials.ts';

/** One AWS call as the emulator's CloudTrail recorded it. */
export interface RecordedCall {
  /** For example `iam:CreateUser`. */
  action: string;
  parameters: Record<string, unknown>;
  atMs: number;
}

/** The maximum that LookupEvents returns; the emulator has no next page. */
const pageSize = 50;

/**
 * Returns all calls of a function since `sinceMs`, oldest first. Needs a stack with `cloudTrail`.
 *
 * The emulator returns the newest 50 calls of a time range, so a full page is split into two halves.
 */
export async function recordedCalls(
  description: LocalDescription,
  clients: LocalClients,
  functionName: string,
  sinceMs: number,
): Promise<RecordedCall[]> {
  const { endpoint, region, credentials } = description;
  const trail = new CloudTrailClient({ endpoint, region, credentials: { ...credentials } });
  const { FunctionArn = '', Role = '' } = await clients.lambda.send(
    new GetFunctionConfigurationCommand({ FunctionName: functionName }),
  );
  const { accessKeyId } = functionCredentials(FunctionArn, Role);
  const found = new Map<string, RecordedCall>();

  async function look(fromMs: number, toMs: number): Promise<void> {
    const { Events = [] } = await trail.send(
      new LookupEventsCommand({
        LookupAttributes: [{ AttributeKey: 'AccessKeyId', AttributeValue: accessKeyId }],
        StartTime: new Date(fromMs),
        EndTime: new Date(toMs),
        MaxResults: pageSize,
      }),
    );
    if (Events.length >= pageSize && toMs - fromMs > 1) {
      const middleMs = Math.floor((fromMs + toMs) / 2);
      await look(fromMs, middleMs);
      await look(middleMs, toMs);
      return;
    }
    for (const { EventId = '', EventName = '', EventSource = '', EventTime, CloudTrailEvent = '{}' } of Events) {
      const { requestParameters = {} } = JSON.parse(CloudTrailEvent) as { requestParameters?: Record<string, unknown> };
      found.set(EventId, {
        // The emulator doesn't read the action of a query-protocol call from its body.
        action: `${EventSource.split('.')[0]}:${requestParameters['Action'] ?? EventName}`,
        parameters: requestParameters,
        atMs: EventTime?.getTime() ?? 0,
      });
    }
  }

  await look(sinceMs, Date.now() + 1_000);
  trail.destroy();
  return [...found.values()].sort((a, b) => a.atMs - b.atMs);
}
