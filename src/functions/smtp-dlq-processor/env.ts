import * as z from 'zod/mini';
import { textLike, wholeNumber } from '../env-values.ts';
import { reconcileEnv } from '../reconcile-env.ts';

const functionNames = z.pipe(
  textLike(/^[\w-]+(,[\w-]+)*$/, 'is not a list of function names with commas between them'),
  z.transform((names) => names.split(',')),
);

/** The processor's settings. Terraform's `environment` map has exactly these keys. */
export const DlqProcessorEnvSchema = z.object({
  ...reconcileEnv,
  PARKING_QUEUE_URL: textLike(/^https?:\/\//, 'is not a URL'),
  /** After so many tries a message is parked. */
  MAX_TRIES: z._default(wholeNumber, 8),
  BACKOFF_BASE_SECONDS: z._default(wholeNumber, 10),
  BACKOFF_LIMIT_SECONDS: z._default(wholeNumber, 900),
  /** The functions whose failed asynchronous invocations a look at all records makes good. */
  FUNCTION_NAMES: z._default(functionNames, ['smtp-credential-rotator', 'smtp-credential-sweeper']),
});

export type DlqProcessorEnv = z.infer<typeof DlqProcessorEnvSchema>;
