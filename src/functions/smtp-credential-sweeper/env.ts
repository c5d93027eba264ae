import * as v from 'valibot';
import { settings, text, wholeNumber } from '../runtime/env-values.ts';
import { reconcileEnv } from '../runtime/reconcile-env.ts';

/** The sweeper's settings. `terraform/functions.json` sets exactly these variables. */
export const SweeperEnvSchema = settings({
  ...reconcileEnv,
  /** The table's TTL attribute. */
  EXPIRY_ATTRIBUTE: text,
  /**
   * How many IAM reads per second the sweep may make. IAM's limit is shared with provisioning and is not documented.
   */
  IAM_READS_PER_SECOND: v.optional(wholeNumber, '25'),
  /** How long a difference must last before it is confirmed: a function may be working on the record. */
  SETTLE_SECONDS: v.optional(wholeNumber, '30'),
});

export type SweeperEnv = v.InferOutput<typeof SweeperEnvSchema>;
