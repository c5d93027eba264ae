import { isOff } from './is-off.ts';
import type { CredentialRecord } from './record.ts';

/**
 * The status to display. `disabling` while the credential should be off and `disabled_at` is missing, because its key
 * may still work. Otherwise the record's own status.
 */
export function shownStatus(record: CredentialRecord): unknown {
  return record.isToBeOff && !isOff(record) ? 'disabling' : record.rawStatus;
}
