import * as v from 'valibot';
import { settings, textLike, wholeNumber } from '../runtime/env-values.ts';
import { reconcileEnv } from '../runtime/reconcile-env.ts';

const functionNames = v.pipe(
  textLike(/^[\w-]+(,[\w-]+)*$/, 'is not a list of function names with commas between them'),
  v.transform((names) => names.split(',')),
);

/** The processor's settings. `terraform/functions.json` sets exactly these variables. */
export const DlqProcessorEnvSchema = settings({
  ...reconcileEnv,
  PARKING_QUEUE_URL: textLike(/^https?:\/\//, 'is not a URL'),
  /** A message is parked after this many attempts. */
  MAX_TRIES: v.optional(wholeNumber, '8'),
  BACKOFF_BASE_SECONDS: v.optional(wholeNumber, '10'),
  BACKOFF_LIMIT_SECONDS: v.optional(wholeNumber, '900'),
  /** Functions whose failed asynchronous invocations are made up for by reconciling all unconverged records. */
  FUNCTION_NAMES: v.optional(functionNames, 'smtp-credential-rotator,smtp-credential-sweeper'),
});

export type DlqProcessorEnv = v.InferOutput<typeof DlqProcessorEnvSchema>;
