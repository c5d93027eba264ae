import type { CredentialRecord } from './record.ts';

/**
 * Whether a credential is off: its status says `disabled`, and `disabled_at` says that it was carried out. Until then its key may
 * work.
 */
export function isOff(record: CredentialRecord): boolean {
  return (
    record.status === 'disabled' && record.hasBeenOff && !record.hasUnfinishedDisable && record.claim?.by === undefined
  );
}
