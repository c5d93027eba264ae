import * as v from 'valibot';
import { text, textLike, wholeNumber } from './env-values.ts';

/** The settings of every function that alerts people. Each one spreads them into its own schema. */
export const alertEnv = {
  /** The topic of alerts for people. */
  ALERTS_TOPIC_ARN: textLike(/^arn:[a-z-]+:sns:/, 'is not an ARN of SNS'),
  /** The TTL attribute of the table. It lets counters, dedup items and alert windows expire. */
  EXPIRY_ATTRIBUTE: v.optional(text, 'expires_at'),
  /** A finding about a credential is alerted once within this time. */
  ALERT_WINDOW_SECONDS: v.optional(wholeNumber, '86400'),
};
