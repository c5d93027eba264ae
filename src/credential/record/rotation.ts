import type { CredentialRecord } from './record.ts';

/** How rotation takes its time. All in seconds. */
export interface RotationTimes {
  /** A day: 86,400. The local stack's `--fast` lets it pass in one second. */
  readonly daySeconds: number;
  /** How long before a scheduled rotation its owner is told. */
  readonly noticeSeconds: number;
  /** How long both keys work. */
  readonly graceSeconds: number;
  /** How long the old key must not have been used before it is switched off. */
  readonly quietSeconds: number;
  /** How long after the grace period a key that is still in use is reported. */
  readonly quietLimitSeconds: number;
  /** How long an old key stays Inactive before it is deleted. */
  readonly inactiveSeconds: number;
  /** How long a new key may take to pass its verification before the rotation is undone. */
  readonly verificationSeconds: number;
}

/** Seven days of grace, one quiet day, one inactive day, as the design asks; days are `daySeconds` long. */
export function rotationTimes(daySeconds = 86_400): RotationTimes {
  return {
    daySeconds,
    noticeSeconds: 7 * daySeconds,
    graceSeconds: 7 * daySeconds,
    quietSeconds: daySeconds,
    quietLimitSeconds: 30 * daySeconds,
    inactiveSeconds: daySeconds,
    verificationSeconds: daySeconds,
  };
}

/** What a record's keys call for at a time. `wait`: nothing, yet. */
export type RotationPhase =
  | 'none'
  /** A second key will be due soon: its owner should know. */
  | 'announce'
  /** A second key is due: its time has come, or an administrator asks for it. */
  | 'rotate'
  /** The grace period has started and isn't over. */
  | 'wait'
  /** The grace period is over: the old key goes as soon as it is quiet. */
  | 'retire'
  /** The old key has been Inactive long enough. */
  | 'delete'
  /** The new key never passed its verification: the old one comes back. */
  | 'undo';

/** Pure: decides by the record and the clock only. `nowMs` in epoch milliseconds. */
export function rotationPhase(record: CredentialRecord, nowMs: number, times: RotationTimes): RotationPhase {
  // A rotation that failed half-way is still wanted.
  if (record.status !== 'active' && record.status !== 'failed') return 'none';
  const { previousKey } = record;
  if (previousKey === undefined) return duePhase(record, nowMs, times);
  if (previousKey.inactiveSinceMs !== undefined) {
    return nowMs >= previousKey.inactiveSinceMs + times.inactiveSeconds * 1000 ? 'delete' : 'wait';
  }
  if (!record.isVerified) {
    return nowMs >= record.keyCreatedAtMs + times.verificationSeconds * 1000 ? 'undo' : 'wait';
  }
  return nowMs >= previousKey.retireAfterMs ? 'retire' : 'wait';
}

function duePhase(record: CredentialRecord, nowMs: number, times: RotationTimes): RotationPhase {
  if (record.rotateRequested) return 'rotate';
  if (record.rotateAfterDays === undefined) return 'none';
  // A rotation that was undone isn't repeated at once: a person has to find out first what was wrong.
  const notBeforeMs =
    record.rotationUndoneAtMs === undefined ? 0 : record.rotationUndoneAtMs + times.graceSeconds * 1000;
  const dueMs = Math.max(record.keyCreatedAtMs + record.rotateAfterDays * times.daySeconds * 1000, notBeforeMs);
  if (nowMs >= dueMs) return 'rotate';
  const isAnnounced =
    record.rotationAnnouncedAtMs !== undefined && record.rotationAnnouncedAtMs >= record.keyCreatedAtMs;
  return !isAnnounced && nowMs >= dueMs - times.noticeSeconds * 1000 ? 'announce' : 'none';
}
