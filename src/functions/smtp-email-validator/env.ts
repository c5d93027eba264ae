import * as v from 'valibot';
import { settings, wholeNumber } from '../runtime/env-values.ts';
import { reconcileEnv } from '../runtime/reconcile-env.ts';
import { sendingEnv, violationEnv } from '../runtime/sending-env.ts';

/** The validator's settings. Terraform's `environment` map has exactly these keys. */
export const ValidatorEnvSchema = settings({
  ...sendingEnv,
  ...violationEnv,
  SES_REGION: reconcileEnv.SES_REGION,
  /** With it a policy names the configuration set, as the manager writes it. */
  CONFIGURATION_SET: reconcileEnv.CONFIGURATION_SET,
  /** How long IAM may still follow an older state of a record, in seconds: mails of that time aren't held against it. */
  SETTLE_SECONDS: v.optional(wholeNumber, '60'),
});

export type ValidatorEnv = v.InferOutput<typeof ValidatorEnvSchema>;
