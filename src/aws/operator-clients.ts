import type { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import type { IAMClient } from '@aws-sdk/client-iam';
import type { KMSClient } from '@aws-sdk/client-kms';
import type { LambdaClient } from '@aws-sdk/client-lambda';
import type { SESv2Client } from '@aws-sdk/client-sesv2';
import type { SQSClient } from '@aws-sdk/client-sqs';
import type { SSMClient } from '@aws-sdk/client-ssm';
import { clientSettings } from './client-settings.ts';

/** Where AWS is, and with whose credentials it is called. What is undefined comes from the caller's own AWS settings. */
export interface OperatorSettings {
  readonly region?: string | undefined;
  readonly profile?: string | undefined;
  readonly endpoint?: string | undefined;
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string } | undefined;
}

/** The clients of a person or a program that works with a deployment from outside. */
export interface OperatorClients {
  readonly dynamodb: () => DynamoDBClient;
  readonly events: () => Promise<EventBridgeClient>;
  readonly iam: () => Promise<IAMClient>;
  readonly kms: () => Promise<KMSClient>;
  readonly lambda: () => Promise<LambdaClient>;
  readonly logs: () => Promise<CloudWatchLogsClient>;
  readonly ses: () => Promise<SESv2Client>;
  readonly sqs: () => Promise<SQSClient>;
  readonly ssm: () => Promise<SSMClient>;
  /** The caller's ARN. */
  readonly readCallerArn: () => Promise<string>;
}

/** People wait longer than functions do, and their networks are slower. */
const patience = { connectionTimeout: 5_000, requestTimeout: 20_000, throwOnRequestTimeout: true };

/** All clients but the table's are loaded when they are needed. */
export function createOperatorClients(given: OperatorSettings): OperatorClients {
  const settings = { ...clientSettings, requestHandler: patience, ...defined(given) };
  let dynamodb: DynamoDBClient | undefined;
  return {
    dynamodb() {
      dynamodb ??= new DynamoDBClient(settings);
      return dynamodb;
    },
    events: async () => new (await import('@aws-sdk/client-eventbridge')).EventBridgeClient(settings),
    iam: async () => new (await import('@aws-sdk/client-iam')).IAMClient(settings),
    kms: async () => (await import('./kms.ts')).createKmsClient(settings),
    lambda: async () => new (await import('@aws-sdk/client-lambda')).LambdaClient(settings),
    logs: async () => new (await import('@aws-sdk/client-cloudwatch-logs')).CloudWatchLogsClient(settings),
    ses: async () => new (await import('@aws-sdk/client-sesv2')).SESv2Client(settings),
    sqs: async () => {
      const { cacheMiddleware, ...shared } = settings;
      return new (await import('@aws-sdk/client-sqs')).SQSClient(shared);
    },
    ssm: async () => new (await import('@aws-sdk/client-ssm')).SSMClient(settings),
    readCallerArn: async () => {
      const { GetCallerIdentityCommand, STSClient } = await import('@aws-sdk/client-sts');
      const { Arn } = await new STSClient(settings).send(new GetCallerIdentityCommand({}));
      return Arn ?? 'unknown';
    },
  };
}

/** The SDK takes a key with the value undefined for a setting. */
function defined(settings: OperatorSettings) {
  const { region, profile, endpoint, credentials } = settings;
  return {
    ...(region === undefined ? {} : { region }),
    ...(profile === undefined ? {} : { profile }),
    ...(endpoint === undefined ? {} : { endpoint }),
    // A copy: the SDK changes the object that it is given.
    ...(credentials === undefined ? {} : { credentials: { ...credentials } }),
  };
}
