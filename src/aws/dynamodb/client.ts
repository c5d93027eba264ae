import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { clientSettings } from '../client-settings.ts';

export function createDynamoDbClient(): DynamoDBClient {
  return new DynamoDBClient(clientSettings);
}
