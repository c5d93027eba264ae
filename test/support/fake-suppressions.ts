import type { SuppressedAddress, SuppressedAddresses } from '../../src/deliverability/suppressed-addresses.ts';

/** A suppression list in memory. As at SES, its calls need the exact spelling. */
export function createFakeSuppressions() {
  const entries = new Map<string, SuppressedAddress>();
  const asked: string[] = [];
  return {
    entries,
    /** Every spelling that was looked up. */
    asked,
    put(address: string, reason: SuppressedAddress['reason'] = 'BOUNCE') {
      entries.set(address, { address, reason, since: '2026-11-20T08:00:00.000Z', messageId: undefined });
    },
    find(spelling) {
      asked.push(spelling);
      return Promise.resolve(entries.get(spelling));
    },
    remove: (spelling) => Promise.resolve(entries.delete(spelling)),
  } satisfies SuppressedAddresses & Record<string, unknown>;
}
