import * as v from 'valibot';
import { oneOf, settings, textLike, wholeNumber } from '../runtime/env-values.ts';
import { sendingEnv, violationEnv } from '../runtime/sending-env.ts';

/** A rate in percent: at most 100, with at most three decimal places. */
const percent = v.pipe(
  textLike(/^(100|\d{1,2}(\.\d{1,3})?)$/, 'is not a percentage such as 5 or 0.1'),
  v.transform((value) => Number(value) / 100),
);

/** The processor's settings. `terraform/functions.json` sets exactly these variables. Rates are in percent. */
export const FeedbackEnvSchema = settings({
  ...sendingEnv,
  ...violationEnv,
  /** `observe` only warns; `suspend` also suspends for rates. Quotas suspend in both modes. */
  FEEDBACK_MODE: v.optional(oneOf(['observe', 'suspend']), 'suspend'),
  /** `quota_per_day` of records that name none. */
  DEFAULT_QUOTA_PER_DAY: v.optional(wholeNumber),
  /** Puts hard bounces and complaints on the account's suppression list. Needs production access. */
  SUPPRESSION_LIST: v.optional(oneOf(['off', 'on']), 'off'),
  BOUNCE_WARN_PERCENT: v.optional(percent, '5'),
  BOUNCE_SUSPEND_PERCENT: v.optional(percent, '10'),
  BOUNCE_MINIMUM_SENDS: v.optional(wholeNumber, '100'),
  BOUNCE_MINIMUM_COUNT: v.optional(wholeNumber, '5'),
  COMPLAINT_WARN_PERCENT: v.optional(percent, '0.1'),
  COMPLAINT_SUSPEND_PERCENT: v.optional(percent, '0.5'),
  COMPLAINT_MINIMUM_SENDS: v.optional(wholeNumber, '500'),
  COMPLAINT_MINIMUM_COUNT: v.optional(wholeNumber, '2'),
});

export type FeedbackEnv = v.InferOutput<typeof FeedbackEnvSchema>;
