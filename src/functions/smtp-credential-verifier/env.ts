import * as v from 'valibot';
import { regionText, settings, text, textLike, wholeNumber } from '../runtime/env-values.ts';
import { reconcileEnv } from '../runtime/reconcile-env.ts';

const { TABLE_NAME, PREVIOUS_TABLE_NAMES, KMS_KEY_ARN, EVENT_BUS_NAME, LOG_LEVEL, TRACING } = reconcileEnv;

/** The verifier's settings. Terraform's `environment` map has exactly these keys. */
export const VerifierEnvSchema = settings({
  TABLE_NAME,
  PREVIOUS_TABLE_NAMES,
  KMS_KEY_ARN,
  /** The queue that the requests come from. */
  VERIFICATION_QUEUE_URL: textLike(/^https?:\/\//, 'is not a URL'),
  SES_REGION: regionText,
  /** Where it logs in. Without it: the region's own SMTP endpoint. */
  SMTP_HOST: v.optional(text),
  /** A port with TLS from the first byte. */
  SMTP_PORT: v.optional(wholeNumber, '465'),
  /** Certificates to trust instead of the system's: for endpoints that aren't AWS's. */
  SMTP_CA_PEM: v.optional(textLike(/-----BEGIN CERTIFICATE-----/, 'is not a certificate in PEM form')),
  LOGIN_SUCCESSES: v.optional(wholeNumber, '3'),
  LOGIN_PAUSE_MILLISECONDS: v.optional(wholeNumber, '2000'),
  VERIFICATION_SECONDS: v.optional(wholeNumber, '60'),
  /** How long a key that doesn't log in yet waits for its second try. */
  SECOND_TRY_SECONDS: v.optional(wholeNumber, '45'),
  EVENT_BUS_NAME,
  LOG_LEVEL,
  TRACING,
});

export type VerifierEnv = v.InferOutput<typeof VerifierEnvSchema>;
