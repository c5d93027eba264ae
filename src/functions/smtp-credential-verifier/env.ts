import * as z from 'zod/mini';
import { regionText, text, textLike, wholeNumber } from '../env-values.ts';
import { reconcileEnv } from '../reconcile-env.ts';

const { TABLE_NAME, KMS_KEY_ARN, EVENT_BUS_NAME, LOG_LEVEL, TRACING } = reconcileEnv;

/** The verifier's settings. Terraform's `environment` map has exactly these keys. */
export const VerifierEnvSchema = z.object({
  TABLE_NAME,
  KMS_KEY_ARN,
  SES_REGION: regionText,
  /** Where it logs in. Without it: the region's own SMTP endpoint. */
  SMTP_HOST: z.optional(text),
  /** A port with TLS from the first byte. */
  SMTP_PORT: z._default(wholeNumber, 465),
  /** Certificates to trust instead of the system's: for endpoints that aren't AWS's. */
  SMTP_CA_PEM: z.optional(textLike(/-----BEGIN CERTIFICATE-----/, 'is not a certificate in PEM form')),
  LOGIN_SUCCESSES: z._default(wholeNumber, 3),
  LOGIN_PAUSE_MILLISECONDS: z._default(wholeNumber, 2_000),
  VERIFICATION_SECONDS: z._default(wholeNumber, 60),
  EVENT_BUS_NAME,
  LOG_LEVEL,
  TRACING,
});

export type VerifierEnv = z.infer<typeof VerifierEnvSchema>;
