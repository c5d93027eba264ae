import { type DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import type { SweepPositions } from '../../credential/drift/sweep-position.ts';
import { toAwsProblem } from '../aws-problem.ts';
import { readItem } from './read-item.ts';
import { SWEEP_POSITION_KEY } from './table-design.ts';

/** The sweep's position, in an item of the table. */
export function createSweepPositions(
  client: () => DynamoDBClient,
  tableName: string,
  now: () => number,
): SweepPositions {
  const Key = marshall(SWEEP_POSITION_KEY);
  return {
    async read() {
      const answer = await client()
        .send(new GetItemCommand({ TableName: tableName, Key, ConsistentRead: true }))
        .catch((error: unknown) => {
          throw toAwsProblem('dynamodb:GetItem', error);
        });
      const item = answer.Item === undefined ? {} : readItem(answer.Item);
      const { turn, from_username, from_iam_user, reads, by, updated_at } = item;
      return {
        sweepNumber: typeof turn === 'number' ? turn : 0,
        ...(typeof from_username === 'string' ? { fromUsername: from_username } : {}),
        ...(typeof from_iam_user === 'string' ? { fromIamUser: from_iam_user } : {}),
        ...(reads === 'all' ? { reads } : {}),
        ...(typeof by === 'string' ? { by } : {}),
        ...(typeof updated_at === 'string' ? { updatedAt: updated_at } : {}),
      };
    },
    async write({ sweepNumber, fromUsername, fromIamUser, reads }, by) {
      const item = {
        ...SWEEP_POSITION_KEY,
        entity_type: 'sesame_sweep_position',
        turn: sweepNumber,
        from_username: fromUsername,
        from_iam_user: fromIamUser,
        reads,
        by,
        updated_at: new Date(now()).toISOString(),
      };
      await client()
        .send(new PutItemCommand({ TableName: tableName, Item: marshall(item, { removeUndefinedValues: true }) }))
        .catch((error: unknown) => {
          throw toAwsProblem('dynamodb:PutItem', error);
        });
    },
  };
}
