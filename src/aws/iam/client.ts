import { IAMClient } from '@aws-sdk/client-iam';
import { clientSettings } from '../client-settings.ts';

/**
 * "adaptive" because IAM takes few calls a second, whoever makes them: after the first throttling error the client
 * sends no faster than IAM takes, where many side by side would use up their attempts and undo what they had begun.
 * The SDK's own variable AWS_RETRY_MODE=standard turns that off.
 */
export function createIamClient(): IAMClient {
  const retryMode = process.env['AWS_RETRY_MODE'] === 'standard' ? 'standard' : 'adaptive';
  return new IAMClient({ ...clientSettings, retryMode });
}

/** For CreateAccessKey: a lost answer must not make a second key. Only throttling, which made nothing, is retried. */
export function createUnrepeatedIamClient(): IAMClient {
  return new IAMClient({ ...clientSettings, maxAttempts: 1 });
}
