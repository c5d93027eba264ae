import { ApiGatewayV2Client } from '@aws-sdk/client-apigatewayv2';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { IAMClient } from '@aws-sdk/client-iam';
import { KMSClient } from '@aws-sdk/client-kms';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { SESv2Client } from '@aws-sdk/client-sesv2';
import { SNSClient } from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';
import { SSMClient } from '@aws-sdk/client-ssm';

/** The emulator's address, and the credentials for calls. */
export interface LocalClientSettings {
  endpoint: string;
  region: string;
  credentials: { accessKeyId: string; secretAccessKey: string };
}

/** One plain client per service, with an administrator's credentials. */
export type LocalClients = ReturnType<typeof createLocalClients>;

/** Makes the clients that set up the stack; tests use them too. */
export function createLocalClients({ endpoint, region, credentials }: LocalClientSettings) {
  // A copy: the SDK changes the object that it is given.
  const settings = { endpoint, region, credentials: { ...credentials } };
  return {
    apiGateway: new ApiGatewayV2Client(settings),
    dynamodb: new DynamoDBClient(settings),
    events: new EventBridgeClient(settings),
    iam: new IAMClient(settings),
    kms: new KMSClient(settings),
    lambda: new LambdaClient(settings),
    logs: new CloudWatchLogsClient(settings),
    ses: new SESv2Client(settings),
    sns: new SNSClient(settings),
    sqs: new SQSClient(settings),
    ssm: new SSMClient(settings),
    destroy() {
      for (const client of Object.values(this)) if (typeof client === 'object') client.destroy();
    },
  };
}
