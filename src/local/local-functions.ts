import type { LocalResources } from './local-resources.ts';
import { localSettings } from './local-settings.ts';

/** A function that reads the table's stream. */
export interface StreamTrigger {
  kind: 'stream';
  batchSize: number;
  /** Event filter patterns; a record that matches one of them is delivered. */
  filters: object[];
}

/** All that the stack has to know of a function. */
export interface LocalFunction {
  /** Name of the function, its zip, its role and its policy template. */
  name: string;
  memoryMegabytes: number;
  timeoutSeconds: number;
  trigger: StreamTrigger;
  environment(resources: LocalResources): Record<string, string>;
}

/** The functions of the stack, in the order in which they are shown. */
export const localFunctions: LocalFunction[] = [
  {
    name: 'smtp-credential-manager',
    memoryMegabytes: 256,
    timeoutSeconds: 60,
    trigger: {
      kind: 'stream',
      batchSize: 100,
      filters: [{ dynamodb: { Keys: { PK: { S: ['SMTP_USER'] } } } }],
    },
    environment: (resources) => ({
      TABLE_NAME: localSettings.table,
      KMS_KEY_ARN: resources.kmsKeyArn,
      SES_REGION: localSettings.region,
      DEAD_LETTER_QUEUE_URL: resources.deadLetterQueue.url,
      PERMISSIONS_BOUNDARY_ARN: resources.permissionsBoundaryArn,
      CONFIGURATION_SET: localSettings.configurationSet,
      RECEIVING_RULES: 'ignore',
      LOG_LEVEL: 'INFO',
      TRACING: 'off',
    }),
  },
];
