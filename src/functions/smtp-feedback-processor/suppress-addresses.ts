import { describeError, toSesameError } from '../../credential/errors.ts';
import type { Suppressible } from '../../mail-events/feedback.ts';
import * as logMessages from '../../observability/log-messages.ts';
import * as metrics from '../../observability/metrics.ts';
import type { FeedbackDeps } from './deps.ts';

/**
 * Adds addresses to the account's suppression list, if configured. A failure is only logged: counting must not wait for
 * it, and the next bounce of the address retries. The address itself is not logged.
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
