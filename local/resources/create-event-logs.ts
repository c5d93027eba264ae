import {
  type CloudWatchLogsClient,
  CreateLogGroupCommand,
  CreateLogStreamCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { type EventBridgeClient, PutRuleCommand, PutTargetsCommand } from '@aws-sdk/client-eventbridge';
import { EVENT_SOURCE } from '../../src/credential/credential-event.ts';
import type { LocalDeployment } from '../local-deployment.ts';
import { unlessThere } from './unless-there.ts';

/** The log stream of SES's events, which the local stack writes itself: nobody may publish as `aws.ses`. */
export const sesLogStream = 'ses';

/** Makes the log groups of SES's events and of the credentials' own, and the rule that writes the latter. */
export async function createEventLogs(
  { logs, events }: { readonly logs: CloudWatchLogsClient; readonly events: EventBridgeClient },
  { partition, region, accountId, table, eventLogGroup, historyLogGroup, historyRule }: LocalDeployment,
): Promise<void> {
  const isThere = 'ResourceAlreadyExistsException';
  for (const logGroupName of [eventLogGroup, historyLogGroup])
    await unlessThere(logs.send(new CreateLogGroupCommand({ logGroupName })), isThere);
  await unlessThere(
    logs.send(new CreateLogStreamCommand({ logGroupName: eventLogGroup, logStreamName: sesLogStream })),
    isThere,
  );
  await events.send(
    new PutRuleCommand({
      Name: historyRule,
      EventPattern: JSON.stringify({ source: [EVENT_SOURCE], detail: { table: [table] } }),
    }),
  );
  const Arn = `arn:${partition}:logs:${region}:${accountId}:log-group:${historyLogGroup}`;
  const { FailedEntries = [] } = await events.send(
    new PutTargetsCommand({ Rule: historyRule, Targets: [{ Id: 'log', Arn }] }),
  );
  if (FailedEntries.length > 0) throw new Error(`The rule ${historyRule} takes no target.`);
}
