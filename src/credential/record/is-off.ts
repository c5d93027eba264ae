import type { CredentialRecord } from './record.ts';

/**
 * Whether a credential is off: its status is `disabled`, and `disabled_at` shows that its keys were made Inactive.
 * Until then its key may work.
 */
export function isOff(record: CredentialRecord): boolean {
  return (
    record.status === 'disabled' && record.hasBeenOff && !record.hasUnfinishedDisable && record.claim?.by === undefined
  );
}
