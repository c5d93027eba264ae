import * as z from 'zod/mini';
import { wholeNumber } from '../env-values.ts';
import { reconcileEnv } from '../reconcile-env.ts';

/** The sweeper's settings. Terraform's `environment` map has exactly these keys. */
export const SweeperEnvSchema = z.object({
  ...reconcileEnv,
  /** How fast the sweep may read IAM. What IAM allows is shared with all that provisions, and isn't documented. */
  IAM_READS_PER_SECOND: z._default(wholeNumber, 25),
  /** How long a difference has to last before it is believed: somebody may just be working on it. */
  SETTLE_SECONDS: z._default(wholeNumber, 30),
});

export type SweeperEnv = z.infer<typeof SweeperEnvSchema>;
