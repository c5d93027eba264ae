import { setTimeout as sleep } from 'node:timers/promises';
import { type AlertNotifier, createAlertNotifier } from '../../admin/alert-notifier.ts';
import { type CachedCredentials, createCachedCredentials } from '../../admin/cached-credentials.ts';
import { createAlertWindows } from '../../aws/dynamodb/alert-windows.ts';
import { createDynamoDbClient } from '../../aws/dynamodb/client.ts';
import { createCredentialLookup } from '../../aws/dynamodb/credential-lookup.ts';
import { createCredentialTable } from '../../aws/dynamodb/credential-table.ts';
import { createFeedbackCounter } from '../../aws/dynamodb/feedback-counter.ts';
import { createMissingRecords } from '../../aws/dynamodb/missing-records.ts';
import { createCounterReader } from '../../aws/dynamodb/sending-counters.ts';
import { createSuspensionExpiries } from '../../aws/dynamodb/suspension-expiries.ts';
import { createEventBridgeClient, createEventPublisher } from '../../aws/eventbridge.ts';
import { lazyClient } from '../../aws/lazy-client.ts';
import { createAlertPublisher, createSnsClient } from '../../aws/sns.ts';
import { createParkingQueue, createSqsClient } from '../../aws/sqs.ts';
import { type EventPublisher, eventPublishing } from '../../credential/credential-event.ts';
import type { CredentialTable } from '../../credential/credential-table.ts';
import type { ParkingQueue } from '../../dead-letter/parked-message.ts';
import type { FeedbackCounter } from '../../mail-events/feedback-counter.ts';
import type { EventOrigin } from '../../mail-events/foreign-event.ts';
import type { CounterReader, MissingRecords, SuspensionExpiries } from '../../mail-events/stores.ts';
import type { Observability } from '../../observability/observability.ts';
import { createObservability } from '../../observability/powertools.ts';
import { createLambdaTracing, type Tracing } from '../../observability/tracing.ts';
import type { SendingEnv } from './sending-env.ts';

/** The dependencies that all readers of SES events share. */
export interface SendingDeps {
  readonly table: string;
  readonly credentialCache: CachedCredentials;
  readonly credentials: Pick<CredentialTable, 'read' | 'update'>;
  readonly feedbackCounter: FeedbackCounter;
  readonly counters: CounterReader;
  readonly expiries: SuspensionExpiries;
  readonly missingRecords: MissingRecords;
  readonly alerts: AlertNotifier;
  readonly parking: ParkingQueue;
  readonly origin: EventOrigin;
  readonly events: EventPublisher;
  readonly observability: Observability;
  readonly tracing: Tracing;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

function accountOf(arn: string): string {
  return arn.split(':')[4] ?? '';
}

/** Wires these dependencies to AWS. */
export function createSendingDeps(functionName: string, env: SendingEnv): SendingDeps {
  const { TABLE_NAME: table, EXPIRY_ATTRIBUTE: expiryAttribute } = env;
  const now = Date.now;
  const tracing = createLambdaTracing(functionName, env.TRACING === 'on');
  const observability = createObservability(functionName, env.LOG_LEVEL);
  const dynamoDb = lazyClient(createDynamoDbClient, tracing.watch);
  const credentials = createCredentialTable(dynamoDb, table);
  return {
    table,
    credentialCache: createCachedCredentials({
      lookup: createCredentialLookup(dynamoDb, table, { sleep, random: Math.random }),
      credentials,
      cacheSeconds: env.RECORD_CACHE_SECONDS,
      now,
    }),
    credentials,
    feedbackCounter: createFeedbackCounter(dynamoDb, { table, expiryAttribute, now, sleep, random: Math.random }),
    counters: createCounterReader(dynamoDb, table),
    expiries: createSuspensionExpiries(dynamoDb, table),
    missingRecords: createMissingRecords(dynamoDb, { table, expiryAttribute, now }),
    alerts: createAlertNotifier({
      windows: createAlertWindows(dynamoDb, { table, expiryAttribute, now }),
      publisher: createAlertPublisher(lazyClient(createSnsClient, tracing.watch), env.ALERTS_TOPIC_ARN),
      observability,
      table,
      windowSeconds: env.ALERT_WINDOW_SECONDS,
      now,
    }),
    origin: {
      accountId: accountOf(env.ALERTS_TOPIC_ARN),
      ...(env.CONFIGURATION_SET === undefined ? {} : { configurationSet: env.CONFIGURATION_SET }),
    },
    parking: createParkingQueue(lazyClient(createSqsClient, tracing.watch), env.PARKING_QUEUE_URL),
    events: createEventPublisher(lazyClient(createEventBridgeClient, tracing.watch), {
      busName: env.EVENT_BUS_NAME,
      ...eventPublishing,
    }),
    observability,
    tracing,
    now,
  };
}
