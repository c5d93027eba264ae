import { IAMClient } from '@aws-sdk/client-iam';
import type { LocalClientSettings } from '../local-clients.ts';

/**
 * A client that sees the emulator's IAM with its lag, as an AWS service does. It has an administrator's credentials, whose reads
 * otherwise don't lag; see `local/emulator/iam_lag.py`.
 */
export function createServiceIamClient({ endpoint, region, credentials }: LocalClientSettings): IAMClient {
  const client = new IAMClient({ endpoint, region, credentials: { ...credentials } });
  client.middlewareStack.add(
    (next) => (args) => {
      const { headers } = args.request as { headers: Record<string, string> };
      headers['x-sesame-iam-view'] = 'lagging';
      return next(args);
    },
    { step: 'build', name: 'readAsAService' },
  );
  return client;
}
