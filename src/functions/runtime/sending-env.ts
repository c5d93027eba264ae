import * as v from 'valibot';
import { oneOf, settings, text, textLike, wholeNumber } from './env-values.ts';

/** The settings of both functions that read SES's events: to be spread into their own schemas. */
export const sendingEnv = {
  TABLE_NAME: text,
  /** What the table's TTL looks at: counters and what was counted go by themselves. */
  EXPIRY_ATTRIBUTE: v.optional(text, 'expires_at'),
  /** Where people hear of findings. */
  ALERTS_TOPIC_ARN: textLike(/^arn:[a-z-]+:sns:/, 'is not an ARN of SNS'),
  /** For what isn't understood. */
  PARKING_QUEUE_URL: textLike(/^https?:\/\//, 'is not a URL'),
  EVENT_BUS_NAME: v.optional(text, 'default'),
  /** How long a record is good for. What counts against a credential is always read anew. */
  RECORD_CACHE_SECONDS: v.optional(wholeNumber, '60'),
  /** Within this time a finding about a credential is told once. */
  ALERT_WINDOW_SECONDS: v.optional(wholeNumber, '86400'),
  LOG_LEVEL: v.optional(oneOf(['DEBUG', 'INFO', 'WARN', 'ERROR']), 'INFO'),
  TRACING: v.optional(oneOf(['on', 'off']), 'off'),
};

/** What violations call for. The validator acts on it, and the feedback processor before it ends a suspension. */
export const violationEnv = {
  /** `observe` tells of violations; `suspend` also suspends after too many of them. */
  VALIDATOR_MODE: v.optional(oneOf(['observe', 'suspend']), 'observe'),
  SUSPEND_AFTER_VIOLATIONS: v.optional(wholeNumber, '3'),
  /** The rolling window in which violations add up. */
  VIOLATION_WINDOW: v.optional(oneOf(['hour', 'day', '7d', '30d']), 'day'),
};

const SendingEnvSchema = settings(sendingEnv);
export type SendingEnv = v.InferOutput<typeof SendingEnvSchema>;
