import * as z from 'zod/mini';
import { oneOf, wholeNumber } from '../env-values.ts';
import { sendingEnv } from '../sending-env.ts';

/** The validator's settings. Terraform's `environment` map has exactly these keys. */
export const ValidatorEnvSchema = z.object({
  ...sendingEnv,
  /** `observe` tells of violations; `suspend` also suspends after too many of them. */
  VALIDATOR_MODE: z._default(oneOf(['observe', 'suspend']), 'observe'),
  SUSPEND_AFTER_VIOLATIONS: z._default(wholeNumber, 3),
  /** The rolling window in which violations add up. */
  VIOLATION_WINDOW: z._default(oneOf(['hour', 'day', '7d', '30d']), 'day'),
  /** How long IAM may still follow an older state of a record, in seconds: mails of that time aren't held against it. */
  SETTLE_SECONDS: z._default(wholeNumber, 60),
});

export type ValidatorEnv = z.infer<typeof ValidatorEnvSchema>;
