import { describeError, toSesameError } from '../../credential/errors.ts';
import type { Suppressible } from '../../mail-events/feedback.ts';
import { logMessages } from '../../observability/log-catalogue.ts';
import { metrics } from '../../observability/metric-catalogue.ts';
import type { FeedbackDeps } from './deps.ts';

/**
 * Puts addresses on the account's suppression list, when that is wanted. Failing is logged and forgiven: counting must not wait
 * for it, and the next bounce of the address tries again. The address itself isn't logged.
 */
export async function suppressAddresses(
  addresses: readonly Suppressible[],
  { suppressionList, observability }: FeedbackDeps,
): Promise<void> {
  if (suppressionList === undefined) return;
  const distinct = new Map(addresses.map((entry) => [entry.address, entry]));
  for (const { address, reason } of distinct.values()) {
    try {
      await suppressionList.add(address, reason);
      observability.count(metrics.addressesSuppressed);
    } catch (error) {
      observability.count(metrics.addressesNotSuppressed);
      observability.log('warn', logMessages.addressNotSuppressed, { reason, ...describeError(toSesameError(error)) });
    }
  }
}
