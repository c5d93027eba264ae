import * as v from 'valibot';
import { nameList, oneOf, regionText, settings, text, textLike, textMap, wholeNumber } from './env-values.ts';

/** The settings of every function that reconciles: to be spread into its own schema. */
export const reconcileEnv = {
  TABLE_NAME: text,
  KMS_KEY_ARN: textLike(/^arn:[a-z-]+:kms:/, 'is not an ARN of KMS'),
  SES_REGION: regionText,
  DEAD_LETTER_QUEUE_URL: textLike(/^https?:\/\//, 'is not a URL'),
  /** Every user gets it. Its account and partition are the users' own. */
  PERMISSIONS_BOUNDARY_ARN: textLike(/^arn:[a-z-]+:iam::\d{12}:policy\//, 'is not an ARN of an IAM policy'),
  /** Names that the table had before it was restored, with commas between them. */
  PREVIOUS_TABLE_NAMES: nameList,
  /** Whether IAM users of version 0.1 with the table's bare name are this deployment's. */
  MANAGE_USERS_OF_0_1: v.optional(oneOf(['on', 'off']), 'on'),
  /** The company's own tags of IAM users and policies: a map in JSON. */
  USER_TAGS: textMap,
  CONFIGURATION_SET: v.optional(text),
  EVENT_BUS_NAME: v.optional(text, 'default'),
  RECEIVING_RULES: v.optional(oneOf(['ignore', 'warn', 'require']), 'ignore'),
  RECEIVING_RULE_PK: v.optional(text, 'ROUTE#{pattern}'),
  RECEIVING_RULE_SK: v.optional(text, 'RULE#v1'),
  /** How long a day of rotation lasts, in seconds. Anything but 86,400 is for watching only. */
  DAY_SECONDS: v.optional(wholeNumber, '86400'),
  CLAIM_LEASE_SECONDS: v.optional(wholeNumber, '90'),
  /** How long IAM may show an old state. Shorter is for stacks whose IAM is faster. */
  IAM_PROPAGATION_SECONDS: v.optional(wholeNumber, '300'),
  LOG_LEVEL: v.optional(oneOf(['DEBUG', 'INFO', 'WARN', 'ERROR']), 'INFO'),
  TRACING: v.optional(oneOf(['on', 'off']), 'off'),
};

const ReconcileEnvSchema = settings(reconcileEnv);
export type ReconcileEnv = v.InferOutput<typeof ReconcileEnvSchema>;
