import * as v from 'valibot';
import { regionText, settings, text, textLike, wholeNumber } from '../runtime/env-values.ts';
import { reconcileEnv } from '../runtime/reconcile-env.ts';

const { TABLE_NAME, PREVIOUS_TABLE_NAMES, KMS_KEY_ARN, EVENT_BUS_NAME, LOG_LEVEL, TRACING } = reconcileEnv;

/** The verifier's settings. `terraform/functions.json` sets exactly these variables. */
export const VerifierEnvSchema = settings({
  TABLE_NAME,
  PREVIOUS_TABLE_NAMES,
  KMS_KEY_ARN,
  /** The queue of verification requests. */
  VERIFICATION_QUEUE_URL: textLike(/^https?:\/\//, 'is not a URL'),
  SES_REGION: regionText,
  /** The SMTP host. Default: the Region's own endpoint. */
  SMTP_HOST: v.optional(text),
  /** A port with implicit TLS. */
  SMTP_PORT: v.optional(wholeNumber, '465'),
  /** Certificates to trust instead of the system's, for endpoints other than AWS. */
  SMTP_CA_PEM: v.optional(textLike(/-----BEGIN CERTIFICATE-----/, 'is not a certificate in PEM form')),
  LOGIN_SUCCESSES: v.optional(wholeNumber, '3'),
  LOGIN_PAUSE_MILLISECONDS: v.optional(wholeNumber, '2000'),
  VERIFICATION_SECONDS: v.optional(wholeNumber, '60'),
  /** The delay before the second attempt with a key that does not work yet. */
  SECOND_TRY_SECONDS: v.optional(wholeNumber, '45'),
  EVENT_BUS_NAME,
  LOG_LEVEL,
  TRACING,
});

export type VerifierEnv = v.InferOutput<typeof VerifierEnvSchema>;
