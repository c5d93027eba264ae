import type { CredentialRecord } from './record.ts';

/** How many days before a credential's end its owner is told: once for each, or once for the nearest when several are due. */
export const EXPIRY_NOTICE_DAYS = [14, 1] as const;

/** What a record's `valid_until` calls for at a time. */
export type ExpiryPhase =
  | { readonly phase: 'none' }
  /** Its owner should know that it ends in so many days at most. */
  | { readonly phase: 'announce'; readonly days: number; readonly untilMs: number }
  /** It is over: nothing may work any more. */
  | { readonly phase: 'expired'; readonly untilMs: number };

/** Pure: decides by the record and the clock only. `nowMs` in epoch milliseconds; a day lasts `daySeconds`. */
export function expiryPhase(record: CredentialRecord, nowMs: number, daySeconds: number): ExpiryPhase {
  const { validUntilMs: untilMs, expiryAnnounced } = record;
  if (untilMs === undefined) return { phase: 'none' };
  if (nowMs >= untilMs) return { phase: 'expired', untilMs };
  const days = EXPIRY_NOTICE_DAYS.findLast((each) => nowMs >= untilMs - each * daySeconds * 1000);
  if (days === undefined) return { phase: 'none' };
  // Another end has notices of its own.
  const isAnnounced = expiryAnnounced?.untilMs === untilMs && expiryAnnounced.days <= days;
  return isAnnounced ? { phase: 'none' } : { phase: 'announce', days, untilMs };
}
