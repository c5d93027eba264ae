import { isOff } from './is-off.ts';
import type { CredentialRecord } from './record.ts';

/**
 * The status to show to people: `disabling` while a credential is to be off and `disabled_at` doesn't say yet that it is, so that its key may
 * work; otherwise the record's own.
 */
export function shownStatus(record: CredentialRecord): unknown {
  return record.isToBeOff && !isOff(record) ? 'disabling' : record.rawStatus;
}
