import type { LocalDeployment } from './local-deployment.ts';
import type { LocalResources } from './local-resources.ts';
import type { LocalTimings } from './local-timings.ts';

/** A function that reads the table's stream. */
export interface StreamTrigger {
  kind: 'stream';
  batchSize: number;
  /** Event filter patterns; a record that matches one of them is delivered. */
  filters: object[];
}

/** A function that reads a queue. */
export interface QueueTrigger {
  kind: 'queue';
  queue: 'deadLetterQueue' | 'verificationQueue' | 'sendingEventsQueue' | 'feedbackQueue';
  /** The emulator hands over ten messages at most, and doesn't wait for more. */
  batchSize: number;
  batchingWindowSeconds?: number;
}

/** A function that is called at intervals. */
export interface ScheduleTrigger {
  kind: 'schedule';
  every: 'rotationEverySeconds' | 'sweepEverySeconds';
}

/** What stands around a function. */
export interface Surroundings {
  deployment: LocalDeployment;
  resources: LocalResources;
  pace: LocalTimings;
  /** The SMTP endpoint's implicit TLS port, and the certificate authority to trust. */
  smtp: { host: string; tlsPort: number; caPem: string };
  /** The validator suspends after so many violations; undefined: it observes. */
  suspendAfter: number | undefined;
}

/** All that the stack has to know of a function. */
export interface LocalFunction {
  /** Name of the zip and of the policy template; function and role have the deployment's prefix in front of it. */
  name: string;
  memoryMegabytes: number;
  timeoutSeconds: number;
  trigger: StreamTrigger | QueueTrigger | ScheduleTrigger;
  /** Its role has the statements of `terraform/policies/reconcile-statements.json` as well. */
  reconciles?: true;
  /** A function that reads a queue may be called at intervals as well. */
  alsoEvery?: 'suspensionsEverySeconds';
  environment(surroundings: Surroundings): Record<string, string>;
}

/** The settings of every function that reconciles. */
function reconcileEnvironment({ deployment, resources, pace: timings }: Surroundings): Record<string, string> {
  return {
    TABLE_NAME: deployment.table,
    KMS_KEY_ARN: resources.kmsKeyArn,
    SES_REGION: deployment.region,
    DEAD_LETTER_QUEUE_URL: resources.deadLetterQueue.url,
    PERMISSIONS_BOUNDARY_ARN: resources.permissionsBoundaryArn,
    PREVIOUS_TABLE_NAMES: deployment.previousTableNames.join(','),
    MANAGE_USERS_OF_0_1: 'on',
    CONFIGURATION_SET: deployment.configurationSet,
    EVENT_BUS_NAME: deployment.eventBus,
    RECEIVING_RULES: 'ignore',
    DAY_SECONDS: String(timings.daySeconds),
    IAM_PROPAGATION_SECONDS: String(timings.iamPropagationSeconds),
    LOG_LEVEL: 'INFO',
    TRACING: 'off',
  };
}

/** The settings of every function that alerts people. */
function alertEnvironment({ deployment, resources }: Surroundings): Record<string, string> {
  return {
    ALERTS_TOPIC_ARN: resources.topics.alerts,
    EXPIRY_ATTRIBUTE: deployment.expiryAttribute,
    ALERT_WINDOW_SECONDS: '3600',
  };
}

/** The settings of both functions that read SES's events. */
function sendingEnvironment(surroundings: Surroundings): Record<string, string> {
  const { deployment, resources } = surroundings;
  return {
    ...alertEnvironment(surroundings),
    TABLE_NAME: deployment.table,
    PARKING_QUEUE_URL: resources.parkingQueue.url,
    EVENT_BUS_NAME: deployment.eventBus,
    // Short, so that whoever plays with records and counters sees what it does.
    RECORD_CACHE_SECONDS: '5',
    LOG_LEVEL: 'INFO',
    TRACING: 'off',
  };
}

/** What violations call for. */
function violationEnvironment({ suspendAfter }: Surroundings): Record<string, string> {
  return {
    VALIDATOR_MODE: suspendAfter === undefined ? 'observe' : 'suspend',
    SUSPEND_AFTER_VIOLATIONS: String(suspendAfter ?? 3),
    VIOLATION_WINDOW: 'day',
  };
}

/** The functions of the stack, in the order in which they are shown. */
export const localFunctions: LocalFunction[] = [
  {
    name: 'smtp-credential-manager',
    memoryMegabytes: 192,
    timeoutSeconds: 60,
    trigger: {
      kind: 'stream',
      batchSize: 100,
      filters: [{ dynamodb: { Keys: { PK: { S: ['SMTP_USER'] } } } }],
    },
    reconciles: true,
    environment: reconcileEnvironment,
  },
  {
    name: 'smtp-credential-rotator',
    memoryMegabytes: 256,
    timeoutSeconds: 300,
    trigger: { kind: 'schedule', every: 'rotationEverySeconds' },
    reconciles: true,
    environment: (surroundings) => ({ ...reconcileEnvironment(surroundings), ...alertEnvironment(surroundings) }),
  },
  {
    name: 'smtp-credential-verifier',
    memoryMegabytes: 256,
    timeoutSeconds: 120,
    trigger: { kind: 'queue', queue: 'verificationQueue', batchSize: 10 },
    environment: ({ deployment, resources, pace: timings, smtp }) => ({
      TABLE_NAME: deployment.table,
      PREVIOUS_TABLE_NAMES: deployment.previousTableNames.join(','),
      KMS_KEY_ARN: resources.kmsKeyArn,
      VERIFICATION_QUEUE_URL: resources.verificationQueue.url,
      SES_REGION: deployment.region,
      SMTP_HOST: smtp.host,
      SMTP_PORT: String(smtp.tlsPort),
      SMTP_CA_PEM: smtp.caPem,
      LOGIN_SUCCESSES: '3',
      // A key works at once here.
      LOGIN_PAUSE_MILLISECONDS: '100',
      VERIFICATION_SECONDS: String(timings.verificationSeconds),
      SECOND_TRY_SECONDS: String(Math.min(45, timings.verificationSeconds)),
      EVENT_BUS_NAME: deployment.eventBus,
      LOG_LEVEL: 'INFO',
      TRACING: 'off',
    }),
  },
  {
    name: 'smtp-dlq-processor',
    memoryMegabytes: 256,
    timeoutSeconds: 60,
    trigger: { kind: 'queue', queue: 'deadLetterQueue', batchSize: 10 },
    reconciles: true,
    environment: (surroundings) => ({
      ...reconcileEnvironment(surroundings),
      PARKING_QUEUE_URL: surroundings.resources.parkingQueue.url,
      MAX_TRIES: '8',
      BACKOFF_BASE_SECONDS: String(surroundings.pace.backoffBaseSeconds),
      BACKOFF_LIMIT_SECONDS: String(surroundings.pace.backoffLimitSeconds),
      FUNCTION_NAMES: ['smtp-credential-rotator', 'smtp-credential-sweeper']
        .map((name) => `${surroundings.deployment.namePrefix}${name}`)
        .join(','),
    }),
  },
  {
    name: 'smtp-credential-sweeper',
    memoryMegabytes: 256,
    timeoutSeconds: 900,
    trigger: { kind: 'schedule', every: 'sweepEverySeconds' },
    reconciles: true,
    environment: (surroundings) => ({
      ...reconcileEnvironment(surroundings),
      // The emulator has no limits.
      IAM_READS_PER_SECOND: '1000',
      SETTLE_SECONDS: String(surroundings.pace.settleSeconds),
    }),
  },
  {
    name: 'smtp-email-validator',
    memoryMegabytes: 256,
    timeoutSeconds: 60,
    trigger: { kind: 'queue', queue: 'sendingEventsQueue', batchSize: 1_000, batchingWindowSeconds: 2 },
    environment: (surroundings) => ({
      ...sendingEnvironment(surroundings),
      ...violationEnvironment(surroundings),
      SES_REGION: surroundings.deployment.region,
      CONFIGURATION_SET: surroundings.deployment.configurationSet,
      SETTLE_SECONDS: String(surroundings.pace.policySettleSeconds),
    }),
  },
  {
    name: 'smtp-feedback-processor',
    memoryMegabytes: 256,
    timeoutSeconds: 60,
    trigger: { kind: 'queue', queue: 'feedbackQueue', batchSize: 1_000, batchingWindowSeconds: 2 },
    alsoEvery: 'suspensionsEverySeconds',
    environment: (surroundings) => ({
      ...sendingEnvironment(surroundings),
      ...violationEnvironment(surroundings),
      FEEDBACK_MODE: 'suspend',
      SUPPRESSION_LIST: 'off',
    }),
  },
];
