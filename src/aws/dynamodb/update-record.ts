import { ConditionalCheckFailedException, type DynamoDBClient, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { keyOfUsername } from '../../credential/credential-key.ts';
import type { RecordChange, UpdateResult, WriteResult } from '../../credential/credential-table.ts';
import { toAwsProblem } from '../aws-problem.ts';
import { readItem } from './read-item.ts';

/** A condition on an item, with what its `#names` and `:values` stand for. Names that it doesn't use are left out. */
export interface WriteCondition {
  readonly expression: string;
  readonly names: Readonly<Record<string, string>>;
  readonly values: Readonly<Record<string, unknown>>;
}

/** A map whose key is `constructor` looks like an instance of a class to the SDK. */
export const marshallOptions = { removeUndefinedValues: true, convertClassInstanceToMap: true };

type UpdateArguments = [
  client: DynamoDBClient,
  table: string,
  username: string,
  change: RecordChange,
  condition: WriteCondition,
  /** What a refused write returns. Administrators' roles may not read whole records. */
  whenRefused?: 'ALL_OLD' | 'NONE',
];

/** Changes a credential's record if the condition holds. The condition's names begin with neither `#s` nor `#r` and a digit. */
export async function updateRecord(...update: UpdateArguments): Promise<UpdateResult> {
  const result = await sendUpdate('NONE', ...update);
  return result.written ? { written: true } : result;
}

/** As {@link updateRecord}, and reads the record in the same call. */
export function updateAndReadRecord(...update: UpdateArguments): Promise<WriteResult> {
  return sendUpdate('ALL_NEW', ...update);
}

async function sendUpdate(
  ReturnValues: 'NONE' | 'ALL_NEW',
  ...[client, table, username, change, condition, whenRefused = 'ALL_OLD']: UpdateArguments
): Promise<WriteResult> {
  const names: Record<string, string> = { ...condition.names };
  const values: Record<string, unknown> = { ...condition.values };
  const sets = Object.entries(change.set).map(([name, value], index) => {
    names[`#s${index}`] = name;
    values[`:s${index}`] = value;
    return `#s${index} = :s${index}`;
  });
  const removes = change.remove.map((name, index) => {
    names[`#r${index}`] = name;
    return `#r${index}`;
  });
  const expression = [
    ...(sets.length === 0 ? [] : [`SET ${sets.join(', ')}`]),
    ...(removes.length === 0 ? [] : [`REMOVE ${removes.join(', ')}`]),
  ].join(' ');
  try {
    const answer = await client.send(
      new UpdateItemCommand({
        TableName: table,
        Key: marshall(keyOfUsername(username)),
        UpdateExpression: expression,
        ConditionExpression: condition.expression,
        ExpressionAttributeNames: onlyUsed(names, `${expression} ${condition.expression}`),
        ...(Object.keys(values).length === 0 ? {} : { ExpressionAttributeValues: marshall(values, marshallOptions) }),
        ReturnValues,
        ReturnValuesOnConditionCheckFailure: whenRefused,
      }),
    );
    return { written: true, item: readItem(answer.Attributes ?? {}) };
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw toAwsProblem('dynamodb:UpdateItem', error);
    return { written: false, item: error.Item === undefined ? undefined : readItem(error.Item) };
  }
}

function onlyUsed(names: Record<string, string>, expressions: string): Record<string, string> {
  const used = new Set(expressions.match(/#\w+/g) ?? []);
  return Object.fromEntries(Object.entries(names).filter(([name]) => used.has(name)));
}
