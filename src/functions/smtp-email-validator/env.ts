import * as v from 'valibot';
import { oneOf, settings, wholeNumber } from '../runtime/env-values.ts';
import { reconcileEnv } from '../runtime/reconcile-env.ts';
import { sendingEnv, violationEnv } from '../runtime/sending-env.ts';

/** The validator's settings. `terraform/functions.json` sets exactly these variables. */
export const ValidatorEnvSchema = settings({
  ...sendingEnv,
  ...violationEnv,
  /** `notice` reports an envelope sender that a record neither allows nor limits; `strict` makes it a violation. */
  ENVELOPE: v.optional(oneOf(['notice', 'strict']), 'notice'),
  SES_REGION: reconcileEnv.SES_REGION,
  /** How long IAM may still apply an older state of a record, in seconds. Mail of that time is not blamed. */
  SETTLE_SECONDS: v.optional(wholeNumber, '60'),
});

export type ValidatorEnv = v.InferOutput<typeof ValidatorEnvSchema>;
