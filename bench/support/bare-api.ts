import {
  ConditionalCheckFailedException,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { Hono } from 'hono';
import { handle } from 'hono/aws-lambda';

// The baseline of the admin API: a bare Hono function that makes the same calls to DynamoDB, and checks nothing.
const TableName = process.env['TABLE_NAME'] ?? '';
const attributes = (process.env['READ_ATTRIBUTES'] ?? '').split(',');
const client = new DynamoDBClient({});
const keyOf = (username: string) => ({ PK: 'SMTP_USER', SK: `USER#${username}` });
const read = {
  ProjectionExpression: attributes.map((_, index) => `#${index}`).join(', '),
  ExpressionAttributeNames: Object.fromEntries(attributes.map((name, index) => [`#${index}`, name])),
};

const app = new Hono();
app.get('/v1/credentials/:username', async (context) => {
  const Key = marshall(keyOf(context.req.param('username')));
  const { Item } = await client.send(new GetItemCommand({ TableName, Key, ConsistentRead: true, ...read }));
  return Item === undefined ? context.json({ status: 404 }, 404) : context.json(unmarshall(Item));
});
app.post('/v1/credentials', async (context) => {
  const { username, ...given } = await context.req.json();
  const item = { ...keyOf(username), status: 'pending', entity_type: 'smtp_credential', ...given };
  try {
    await client.send(
      new PutItemCommand({ TableName, Item: marshall(item), ConditionExpression: 'attribute_not_exists(PK)' }),
    );
    return context.json(item, 202);
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return context.json({ status: 409 }, 409);
    throw error;
  }
});

export const handler = handle(app);
