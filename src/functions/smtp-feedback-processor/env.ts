import * as z from 'zod/mini';
import { oneOf, textLike, wholeNumber } from '../env-values.ts';
import { sendingEnv } from '../sending-env.ts';

/** A rate in percent: at most 100, at most three digits behind the point. */
const percent = z.pipe(
  textLike(/^(100|\d{1,2}(\.\d{1,3})?)$/, 'is not a percentage such as 5 or 0.1'),
  z.transform((value) => Number(value) / 100),
);

/** The processor's settings. Terraform's `environment` map has exactly these keys. Rates are in percent. */
export const FeedbackEnvSchema = z.object({
  ...sendingEnv,
  /** `observe` warns; `suspend` also suspends for rates. Quotas suspend in both. */
  FEEDBACK_MODE: z._default(oneOf(['observe', 'suspend']), 'suspend'),
  /** Puts hard bounces and complaints on the account's suppression list. Needs production access. */
  SUPPRESSION_LIST: z._default(oneOf(['off', 'on']), 'off'),
  /** How long a credential's counters may be kept in memory, in seconds. What suspends is always read anew. */
  COUNTER_CACHE_SECONDS: z._default(wholeNumber, 15),
  BOUNCE_WARN_PERCENT: z._default(percent, 0.05),
  BOUNCE_SUSPEND_PERCENT: z._default(percent, 0.1),
  BOUNCE_MINIMUM_SENDS: z._default(wholeNumber, 100),
  BOUNCE_MINIMUM_COUNT: z._default(wholeNumber, 5),
  COMPLAINT_WARN_PERCENT: z._default(percent, 0.001),
  COMPLAINT_SUSPEND_PERCENT: z._default(percent, 0.005),
  COMPLAINT_MINIMUM_SENDS: z._default(wholeNumber, 500),
  COMPLAINT_MINIMUM_COUNT: z._default(wholeNumber, 2),
});

export type FeedbackEnv = z.infer<typeof FeedbackEnvSchema>;
