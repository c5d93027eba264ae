import { type EventBridgeClient, PutRuleCommand, PutTargetsCommand } from '@aws-sdk/client-eventbridge';
import { localSettings } from '../local-settings.ts';

const { partition, region, accountId, verificationRule } = localSettings;

export const verificationRuleArn = `arn:${partition}:events:${region}:${accountId}:rule/${verificationRule}`;

/** Sends every event after which a key has to prove itself to the verifications' queue. */
export async function createVerificationRule(
  events: EventBridgeClient,
  table: string,
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
