import type { CredentialRecord } from './record.ts';
import type { SuspensionCause } from './suspension.ts';

/** How many days before its expiry a credential is announced. If several are due, only the nearest is. */
export const EXPIRY_NOTICE_DAYS = [14, 1] as const;

/** What a record's `valid_until` calls for at a given time. */
export type ExpiryPhase =
  | { readonly phase: 'none' }
  /** The expiry, in `days` at most, must be announced. */
  | { readonly phase: 'announce'; readonly days: number; readonly untilMs: number }
  /** The credential has expired: no key may work. */
  | { readonly phase: 'expired'; readonly untilMs: number };

/** Pure: decides by the record and the clock only. `nowMs` in epoch milliseconds; a day lasts `daySeconds`. */
export function expiryPhase(record: CredentialRecord, nowMs: number, daySeconds: number): ExpiryPhase {
  const { validUntilMs: untilMs, expiryAnnounced } = record;
  if (untilMs === undefined) return { phase: 'none' };
  if (nowMs >= untilMs) return { phase: 'expired', untilMs };
  const days = EXPIRY_NOTICE_DAYS.findLast((each) => nowMs >= untilMs - each * daySeconds * 1000);
  if (days === undefined) return { phase: 'none' };
  // A changed `valid_until` is announced again.
  const isAnnounced = expiryAnnounced?.untilMs === untilMs && expiryAnnounced.days <= days;
  return isAnnounced ? { phase: 'none' } : { phase: 'announce', days, untilMs };
}

/** The reason to switch an expired credential off. */
export function expiryCause(untilMs: number): SuspensionCause {
  return {
    reason: 'Expired',
    evidence: `valid_until: it ended at ${new Date(untilMs).toISOString()}. Set a later valid_until, or remove it, and set status to "pending".`,
  };
}
