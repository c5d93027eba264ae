import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { clientSettings } from './client-settings.ts';

const server = createServer(() => {
  // Never answers.
});
beforeAll(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)));
afterAll(() => server.closeAllConnections());

it('gives up a call that nobody answers', async () => {
  const client = new DynamoDBClient({
    ...clientSettings,
    maxAttempts: 1,
    requestHandler: { ...clientSettings.requestHandler, requestTimeout: 200 },
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    region: 'eu-west-1',
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
  });
  const call = client.send(new GetItemCommand({ TableName: 'mail', Key: {} }));
  await expect(call).rejects.toMatchObject({ name: 'TimeoutError' });
});
