import * as v from 'valibot';
import { adminEnv } from '../runtime/admin-env.ts';
import { settings, text, wholeNumber } from '../runtime/env-values.ts';
import { reconcileEnv } from '../runtime/reconcile-env.ts';

const { KMS_KEY_ARN, PREVIOUS_TABLE_NAMES } = reconcileEnv;

/** The settings of the function that reveals passwords. `terraform/functions.json` sets exactly these variables. */
export const PasswordRevealEnvSchema = settings({
  ...adminEnv,
  KMS_KEY_ARN,
  PREVIOUS_TABLE_NAMES,
  /** The SMTP host. Default: the Region's own endpoint. */
  SMTP_HOST: v.optional(text),
  SMTP_STARTTLS_PORT: v.optional(wholeNumber, '587'),
  SMTP_TLS_PORT: v.optional(wholeNumber, '465'),
});

export type PasswordRevealEnv = v.InferOutput<typeof PasswordRevealEnvSchema>;
