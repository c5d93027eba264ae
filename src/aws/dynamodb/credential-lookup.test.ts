import { DynamoDBClient, type QueryCommandInput } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { expect, it } from 'vitest';
import { createCredentialLookup } from './credential-lookup.ts';

/** A client whose table answers in pages of one. */
class PagedClient extends DynamoDBClient {
  readonly keys = ['customer-1', 'customer-2', 'customer-3'].map((name) =>
    marshall({ PK: 'SMTP_USER', SK: `USER#${name}` }),
  );

  override send = (({ input }: { input: QueryCommandInput }) => {
    const at = this.keys.findIndex(({ SK }) => SK?.S === input.ExclusiveStartKey?.['SK']?.S) + 1;
    const more = at + 1 < this.keys.length ? { LastEvaluatedKey: this.keys[at] } : {};
    return Promise.resolve({ Items: this.keys.slice(at, at + 1), ...more });
  }) as never;
}

it('finds the usernames of all pages: DynamoDB reads 1 MB of whole items for each', async () => {
  const client = new PagedClient({ region: 'eu-west-1' });
  const lookup = createCredentialLookup(() => client, 'mail', { sleep: () => Promise.resolve(), random: () => 0.5 });
  expect(await lookup.findUsernames('customer')).toEqual(['customer-1', 'customer-2', 'customer-3']);
});
