import { IAMClient } from '@aws-sdk/client-iam';
import type { LocalClientSettings } from '../local-clients.ts';

/**
 * A client that sees IAM as an AWS service does: as late as the emulator's IAM lags. It has an administrator's rights, whose own
 * reads don't lag; see `local/emulator/iam_lag.py`.
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
