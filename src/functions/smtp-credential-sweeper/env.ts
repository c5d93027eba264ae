import * as v from 'valibot';
import { settings, wholeNumber } from '../runtime/env-values.ts';
import { reconcileEnv } from '../runtime/reconcile-env.ts';

/** The sweeper's settings. Terraform's `environment` map has exactly these keys. */
export const SweeperEnvSchema = settings({
  ...reconcileEnv,
  /** How fast the sweep may read IAM. What IAM allows is shared with all that provisions, and isn't documented. */
  IAM_READS_PER_SECOND: v.optional(wholeNumber, '25'),
  /** How long a difference has to last before it is believed: somebody may just be working on it. */
  SETTLE_SECONDS: v.optional(wholeNumber, '30'),
});

export type SweeperEnv = v.InferOutput<typeof SweeperEnvSchema>;
