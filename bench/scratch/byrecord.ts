import { setTimeout as sleep } from 'node:timers/promises';
import { BatchWriteItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import { startLocalStack } from '../../test/support/start-local-stack.ts';
import { pendingRecord } from '../support/pending-record.ts';
const stack = await startLocalStack();
const { clients, description } = stack;
console.log('ready');
await sleep(Number(process.env['WAIT'] ?? 3000));
for (let round = 0; round < Number(process.env['ROUNDS'] ?? 1); round++) {
const t = Date.now();
const names = Array.from({ length: 500 }, (_, i) => `f${round}-${i}`);
for (let at = 0; at < names.length; at += 25) await clients.dynamodb.send(new BatchWriteItemCommand({ RequestItems: { [description.table]: names.slice(at, at + 25).map((name) => ({ PutRequest: { Item: pendingRecord(name) } })) } }));
console.log('inserted', Date.now() - t);
for (;;) { await sleep(2900); 
  const page = await clients.dynamodb.send(new QueryCommand({ TableName: description.table, Select: 'COUNT', KeyConditionExpression: 'PK = :pk', FilterExpression: '#status = :active', ExpressionAttributeNames: { '#status': 'status' }, ExpressionAttributeValues: { ':pk': { S: 'SMTP_USER' }, ':active': { S: 'active' } } }));
  if ((page.Count ?? 0) >= 500 * (round + 1)) break;
  await sleep(100);
}
console.log('active', Date.now() - t);
}
await sleep(1000);
await stack.stop();
process.exit();
