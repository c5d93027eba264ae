import { type EventBridgeClient, PutRuleCommand, PutTargetsCommand } from '@aws-sdk/client-eventbridge';
import type { LocalDeployment } from '../local-deployment.ts';

export function verificationRuleArn({ partition, region, accountId, verificationRule }: LocalDeployment): string {
  return `arn:${partition}:events:${region}:${accountId}:rule/${verificationRule}`;
}

/** Sends each event after which a key must be verified to the verification queue. */
export async function createVerificationRule(
  events: EventBridgeClient,
  { table, verificationRule }: LocalDeployment,
  queueArn: string,
): Promise<void> {
  await events.send(
    new PutRuleCommand({
      Name: verificationRule,
      EventPattern: JSON.stringify({
        source: ['sesame'],
        'detail-type': ['activated', 'rotated', 'enabled', 'rotation undone'],
        detail: { table: [table] },
      }),
    }),
  );
  const { FailedEntries = [] } = await events.send(
    new PutTargetsCommand({ Rule: verificationRule, Targets: [{ Id: 'verifications', Arn: queueArn }] }),
  );
  if (FailedEntries.length > 0) throw new Error(`The rule ${verificationRule} takes no target.`);
}
