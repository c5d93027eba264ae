import { ConditionalCheckFailedException, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { expect, it } from 'vitest';
import { createAlertWindows } from './alert-windows.ts';

const attempt = { username: 'jane', finding: 'found', untilMs: 2_000, expiresAt: 3 };

/** A window that stands in the table already, until then. */
function openWindow(untilMs: number): Promise<boolean> {
  const refusal = new ConditionalCheckFailedException({
    $metadata: {},
    message: 'The conditional request failed',
    Item: marshall({ PK: 'SESAME#ALERT', SK: 'USER#jane#found', until_ms: untilMs }),
  });
  const client = () => ({ send: () => Promise.reject(refusal) }) as unknown as DynamoDBClient;
  return createAlertWindows(client, { table: 'mail', expiryAttribute: 'expires_at', now: () => 1_000 }).open(attempt);
}

it('is ours when an earlier try made it, and its answer was lost', async () => {
  expect(await openWindow(2_000)).toBe(true);
});

it("is somebody else's when it ends at another moment", async () => {
  expect(await openWindow(1_990)).toBe(false);
});

it('takes no window for open that nobody could have opened', async () => {
  const sent: { ConditionExpression?: string; ExpressionAttributeValues?: unknown }[] = [];
  const client = { send: ({ input }: { input: (typeof sent)[number] }) => Promise.resolve(void sent.push(input)) };
  const options = { table: 'mail', expiryAttribute: 'expires_at', now: () => 1_000 };
  expect(await createAlertWindows(() => client as unknown as DynamoDBClient, options).open(attempt)).toBe(true);
  expect(sent[0]?.ConditionExpression).toContain('until_ms > :latest');
  expect(sent[0]?.ExpressionAttributeValues).toEqual(marshall({ ':now': 1_000, ':latest': 3_602_000 }));
});
