import { ConditionalCheckFailedException, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { expect, it } from 'vitest';
import { createMissingRecords } from './missing-records.ts';

const nowMs = 1_772_000_000_000;

/** A table that holds this item already, or none. */
function createMissing(there?: Record<string, unknown>) {
  const sent: Record<string, unknown>[] = [];
  const client = {
    send: ({ input }: { input: Record<string, unknown> }) => {
      sent.push(input);
      if (there === undefined) return Promise.resolve({});
      const refusal = { message: 'no', $metadata: {}, Item: marshall(there) };
      return Promise.reject(new ConditionalCheckFailedException(refusal));
    },
  };
  const options = { table: 'mail', expiryAttribute: 'expires_at', now: () => nowMs };
  return { sent, missing: createMissingRecords(() => client as unknown as DynamoDBClient, options) };
}

it('notes when a record was first missed, and keeps that', async () => {
  const first = createMissing();
  expect(await first.missing.since('ses-smtp-user-jane-1')).toBe(nowMs);
  expect(first.sent).toMatchObject([{ ConditionExpression: 'attribute_not_exists(PK)' }]);
  expect(await createMissing({ since_ms: nowMs - 5_000 }).missing.since('ses-smtp-user-jane-1')).toBe(nowMs - 5_000);
});

it.each([{}, { since_ms: 'long ago' }, { since_ms: nowMs + 1 }])(
  'is not silenced by a damaged item: %j',
  async (item) => {
    expect(await createMissing(item).missing.since('ses-smtp-user-jane-1')).toBe(nowMs);
  },
);
