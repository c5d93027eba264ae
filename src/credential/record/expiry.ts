import { enableRemedy } from '../enable-remedy.ts';
import type { CredentialRecord } from './record.ts';
import type { SuspensionCause } from './suspension.ts';

/**
 * How many days before its expiry a credential is announced. If several announcements are due, only the one closest to
 * the expiry is made.
 */
export const EXPIRY_NOTICE_DAYS = [14, 1] as const;

/** What a record's `valid_until` requires at a given time. */
export type ExpiryPhase =
  | { readonly phase: 'none' }
  /** The expiry is at most `days` away and must be announced. */
  | { readonly phase: 'announce'; readonly days: number; readonly untilMs: number }
  /** The credential has expired, so no key may work. */
  | { readonly phase: 'expired'; readonly untilMs: number };

/**
 * Determines the phase from the record and the clock alone. Pure. `nowMs` in epoch milliseconds; a day lasts
 * `daySeconds`.
 */
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

/** The cause for disabling an expired credential. */
export function expiryCause(untilMs: number): SuspensionCause {
  return {
    reason: 'Expired',
    evidence: `valid_until: the credential expired at ${new Date(untilMs).toISOString()}. Set a later valid_until, or remove it; then ${enableRemedy}.`,
  };
}
