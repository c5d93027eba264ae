import * as v from 'valibot';
import { nameList, oneOf, regionText, settings, text, textLike, textMap, wholeNumber } from './env-values.ts';

/** The settings that all reconciling functions share. Each one spreads them into its own schema. */
export const reconcileEnv = {
  TABLE_NAME: text,
  KMS_KEY_ARN: textLike(/^arn:[a-z-]+:kms:/, 'is not an ARN of KMS'),
  SES_REGION: regionText,
  DEAD_LETTER_QUEUE_URL: textLike(/^https?:\/\//, 'is not a URL'),
  /** The boundary of every user. Its account and partition are those of the users. */
  PERMISSIONS_BOUNDARY_ARN: textLike(/^arn:[a-z-]+:iam::\d{12}:policy\//, 'is not an ARN of an IAM policy'),
  /** Former names of a table that was restored, comma-separated. */
  PREVIOUS_TABLE_NAMES: nameList,
  /** Whether IAM users of version 0.1 that are tagged with the bare table name belong to this deployment. */
  MANAGE_USERS_OF_0_1: v.optional(oneOf(['on', 'off']), 'on'),
  /** Additional tags for IAM users and policies: a JSON object. */
  USER_TAGS: textMap,
  CONFIGURATION_SET: v.optional(text),
  /** How many credentials there may be. Without it, any number. */
  MAX_CREDENTIALS: v.optional(wholeNumber),
  EVENT_BUS_NAME: v.optional(text, 'default'),
  RECEIVING_RULES: v.optional(oneOf(['ignore', 'warn', 'require']), 'ignore'),
  RECEIVING_RULE_PK: v.optional(text, 'ROUTE#{pattern}'),
  RECEIVING_RULE_SK: v.optional(text, 'RULE#v1'),
  /** Length of a rotation day in seconds. Anything but 86,400 is for demos and tests only. */
  DAY_SECONDS: v.optional(wholeNumber, '86400'),
  CLAIM_LEASE_SECONDS: v.optional(wholeNumber, '90'),
  /** How long IAM may return an old state. Shorter values are for stacks with a faster IAM. */
  IAM_PROPAGATION_SECONDS: v.optional(wholeNumber, '300'),
  LOG_LEVEL: v.optional(oneOf(['DEBUG', 'INFO', 'WARN', 'ERROR']), 'INFO'),
  TRACING: v.optional(oneOf(['on', 'off']), 'off'),
};

const ReconcileEnvSchema = settings(reconcileEnv);
export type ReconcileEnv = v.InferOutput<typeof ReconcileEnvSchema>;
