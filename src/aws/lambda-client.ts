import { LambdaClient } from '@aws-sdk/client-lambda';
import { clientSettings } from './client-settings.ts';

export function createLambdaClient(): LambdaClient {
  return new LambdaClient(clientSettings);
}
