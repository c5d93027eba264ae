import * as z from 'zod/mini';
import { oneOf, regionText, text, textLike, wholeNumber } from './env-values.ts';

/** The settings of every function that reconciles: to be spread into its own schema. */
export const reconcileEnv = {
  TABLE_NAME: text,
  KMS_KEY_ARN: textLike(/^arn:[a-z-]+:kms:/, 'is not an ARN of KMS'),
  SES_REGION: regionText,
  DEAD_LETTER_QUEUE_URL: textLike(/^https?:\/\//, 'is not a URL'),
  /** Every user gets it. Its account and partition are the users' own. */
  PERMISSIONS_BOUNDARY_ARN: textLike(/^arn:[a-z-]+:iam::\d{12}:policy\//, 'is not an ARN of an IAM policy'),
  CONFIGURATION_SET: z.optional(text),
  EVENT_BUS_NAME: z._default(text, 'default'),
  RECEIVING_RULES: z._default(oneOf(['ignore', 'warn', 'require']), 'ignore'),
  RECEIVING_RULE_PK: z._default(text, 'ROUTE#{pattern}'),
  RECEIVING_RULE_SK: z._default(text, 'RULE#v1'),
  /** How long a day of rotation lasts, in seconds. Anything but 86,400 is for watching only. */
  DAY_SECONDS: z._default(wholeNumber, 86_400),
  CLAIM_LEASE_SECONDS: z._default(wholeNumber, 90),
  LOG_LEVEL: z._default(oneOf(['DEBUG', 'INFO', 'WARN', 'ERROR']), 'INFO'),
  TRACING: z._default(oneOf(['on', 'off']), 'off'),
};

const ReconcileEnvSchema = z.object(reconcileEnv);
export type ReconcileEnv = z.infer<typeof ReconcileEnvSchema>;
