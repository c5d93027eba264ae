import * as v from 'valibot';
import { oneOf, settings, wholeNumber } from '../env-values.ts';
import { sendingEnv } from '../sending-env.ts';

/** The validator's settings. Terraform's `environment` map has exactly these keys. */
export const ValidatorEnvSchema = settings({
  ...sendingEnv,
  /** `observe` tells of violations; `suspend` also suspends after too many of them. */
  VALIDATOR_MODE: v.optional(oneOf(['observe', 'suspend']), 'observe'),
  SUSPEND_AFTER_VIOLATIONS: v.optional(wholeNumber, '3'),
  /** The rolling window in which violations add up. */
  VIOLATION_WINDOW: v.optional(oneOf(['hour', 'day', '7d', '30d']), 'day'),
  /** How long IAM may still follow an older state of a record, in seconds: mails of that time aren't held against it. */
  SETTLE_SECONDS: v.optional(wholeNumber, '60'),
});

export type ValidatorEnv = v.InferOutput<typeof ValidatorEnvSchema>;
