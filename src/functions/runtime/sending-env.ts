import * as v from 'valibot';
import { alertEnv } from './alert-env.ts';
import { oneOf, settings, text, textLike, wholeNumber } from './env-values.ts';

/** The settings that both readers of SES events share. Each one spreads them into its own schema. */
export const sendingEnv = {
  ...alertEnv,
  TABLE_NAME: text,
  /** The queue for messages that are not understood. */
  PARKING_QUEUE_URL: textLike(/^https?:\/\//, 'is not a URL'),
  /** The configuration set of the deployment's mails. Without one, events of any set count. */
  CONFIGURATION_SET: v.optional(text),
  EVENT_BUS_NAME: v.optional(text, 'default'),
  /** How long a record may be cached. Verdicts that count against a credential always use a fresh read. */
  RECORD_CACHE_SECONDS: v.optional(wholeNumber, '60'),
  LOG_LEVEL: v.optional(oneOf(['DEBUG', 'INFO', 'WARN', 'ERROR']), 'INFO'),
  TRACING: v.optional(oneOf(['on', 'off']), 'off'),
};

/**
 * How violations are handled. The validator applies it, and the feedback processor checks it before a suspension ends.
 */
export const violationEnv = {
  /** `observe` reports violations; `suspend` also suspends after too many of them. */
  VALIDATOR_MODE: v.optional(oneOf(['observe', 'suspend']), 'observe'),
  SUSPEND_AFTER_VIOLATIONS: v.optional(wholeNumber, '3'),
  /** The rolling window in which violations are counted. */
  VIOLATION_WINDOW: v.optional(oneOf(['hour', 'day', '7d', '30d']), 'day'),
};

const SendingEnvSchema = settings(sendingEnv);
export type SendingEnv = v.InferOutput<typeof SendingEnvSchema>;
