import { DynamoDBClient, paginateQuery } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { readableAttributeNames } from '../../src/credential/record/readable-attributes.ts';

// The baseline of `sesame list`: the same query, page by page, and its items as JSON. Its settings are its only argument.
const { client, table } = JSON.parse(process.argv[2] ?? '{}') as { client: object; table: string };
// The list names `previous_key` too, where its caller may read it.
const names = [...new Set([...readableAttributeNames, 'previous_key'])];
const pages = paginateQuery(
  { client: new DynamoDBClient(client) },
  {
    TableName: table,
    KeyConditionExpression: 'PK = :pk AND begins_with(SK, :prefix)',
    ExpressionAttributeValues: { ':pk': { S: 'SMTP_USER' }, ':prefix': { S: 'USER#' } },
    ConsistentRead: true,
    Select: 'SPECIFIC_ATTRIBUTES',
    ProjectionExpression: names.map((_, index) => `#${index}`).join(', '),
    ExpressionAttributeNames: Object.fromEntries(names.map((name, index) => [`#${index}`, name])),
  },
);
const items: unknown[] = [];
for await (const { Items = [] } of pages) items.push(...Items.map((item) => unmarshall(item)));
process.stdout.write(`${JSON.stringify(items, null, 2)}\n`);
