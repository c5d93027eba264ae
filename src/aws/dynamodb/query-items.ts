import { type DynamoDBClient, QueryCommand, type QueryCommandInput } from '@aws-sdk/client-dynamodb';
import type { Item } from '../../credential/credential-table.ts';
import { toAwsProblem } from '../aws-problem.ts';
import { readItem } from './read-item.ts';

/**
 * The items of a query, page by page: DynamoDB ends a page at 1 MB, and a page may be empty before the last.
 *
 * @throws SesameError as the table of errors has it
 */
export async function* queryItems(client: DynamoDBClient, query: QueryCommandInput): AsyncIterable<readonly Item[]> {
  let start: QueryCommandInput['ExclusiveStartKey'];
  do {
    const page = await client
      .send(new QueryCommand({ ...query, ...(start === undefined ? {} : { ExclusiveStartKey: start }) }))
      .catch((error: unknown) => {
        throw toAwsProblem('dynamodb:Query', error);
      });
    yield (page.Items ?? []).map(readItem);
    start = page.LastEvaluatedKey;
  } while (start !== undefined);
}
