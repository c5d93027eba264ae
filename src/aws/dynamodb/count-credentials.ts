import { type DynamoDBClient, QueryCommand, type QueryCommandInput } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { CREDENTIAL_PK, CREDENTIAL_SK_PREFIX } from '../../credential/credential-key.ts';
import { toAwsProblem } from '../aws-problem.ts';

/**
 * Counts the credentials that have an IAM user. DynamoDB reads all records for it, and returns none.
 *
 * @throws SesameError as the table of errors has it
 */
export async function countCredentials(client: DynamoDBClient, table: string): Promise<number> {
  let count = 0;
  let start: QueryCommandInput['ExclusiveStartKey'];
  do {
    const page = await client
      .send(
        new QueryCommand({
          TableName: table,
          KeyConditionExpression: 'PK = :pk AND begins_with(SK, :prefix)',
          FilterExpression: 'attribute_exists(iam_user_arn)',
          ExpressionAttributeValues: marshall({ ':pk': CREDENTIAL_PK, ':prefix': CREDENTIAL_SK_PREFIX }),
          Select: 'COUNT',
          ...(start === undefined ? {} : { ExclusiveStartKey: start }),
        }),
      )
      .catch((error: unknown) => {
        throw toAwsProblem('dynamodb:Query', error);
      });
    count += page.Count ?? 0;
    start = page.LastEvaluatedKey;
  } while (start !== undefined);
  return count;
}
