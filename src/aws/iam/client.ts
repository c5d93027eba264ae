import { IAMClient } from '@aws-sdk/client-iam';
import { clientSettings } from '../client-settings.ts';

/**
 * IAM's rate limit is per account and low. Adaptive mode slows this client down after the first throttling error; in standard mode, parallel
 * provisions run out of attempts and roll back. The SDK's own variable AWS_RETRY_MODE=standard turns adaptive mode off.
 */
export function createIamClient(): IAMClient {
  const retryMode = process.env['AWS_RETRY_MODE'] === 'standard' ? 'standard' : 'adaptive';
  return new IAMClient({ ...clientSettings, retryMode });
}

/** For CreateAccessKey: a lost answer must not make a second key. Only throttling, which made nothing, is retried. */
export function createUnrepeatedIamClient(): IAMClient {
  return new IAMClient({ ...clientSettings, maxAttempts: 1 });
}
