import type { CredentialRecord } from './record.ts';

/** The durations of a rotation, in seconds. */
export interface RotationTimes {
  /** The length of a day: 86,400. One second with the local stack's `--fast`. */
  readonly daySeconds: number;
  /** How long before a scheduled rotation its owner is notified. */
  readonly noticeSeconds: number;
  /** How long both keys work. */
  readonly graceSeconds: number;
  /** How long the old key must be unused before it is made Inactive. */
  readonly quietSeconds: number;
  /** How long after the grace period an old key that is still in use is reported. */
  readonly quietLimitSeconds: number;
  /** How long an old key stays Inactive before it is deleted. */
  readonly inactiveSeconds: number;
  /** How long the verification of a new key may take before the rotation is undone. */
  readonly verificationSeconds: number;
}

/** As in the design: seven days of grace, one quiet day, one inactive day. A day lasts `daySeconds`. */
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

/** What a record's keys require at a given time. `wait`: nothing yet. */
export type RotationPhase =
  | 'none'
  /** A second key will be due soon, and the owner must be notified. */
  | 'announce'
  /** A second key is due, by schedule or because an administrator requested it. */
  | 'rotate'
  /** The grace period is not over. */
  | 'wait'
  /** The grace period is over: the old key is retired when it is quiet. */
  | 'retire'
  /** The old key has been Inactive long enough. */
  | 'delete'
  /** The new key was not verified in time: the old key is restored. */
  | 'undo';

/** Determines the phase from the record and the clock alone. Pure. `nowMs` in epoch milliseconds. */
export function rotationPhase(record: CredentialRecord, nowMs: number, times: RotationTimes): RotationPhase {
  // A rotation that failed midway must still be finished.
  if (record.status !== 'active' && record.status !== 'failed') return 'none';
  const { previousKey } = record;
  if (previousKey === undefined) return duePhase(record, nowMs, times);
  if (previousKey.inactiveSinceMs !== undefined) {
    return nowMs >= previousKey.inactiveSinceMs + times.inactiveSeconds * 1000 ? 'delete' : 'wait';
  }
  if (!record.isVerified) {
    return nowMs >= record.keyCreatedAtMs + times.verificationSeconds * 1000 ? 'undo' : 'wait';
  }
  return nowMs >= previousKey.retireAfterMs || isPastRetireBy(record, nowMs) ? 'retire' : 'wait';
}

/**
 * Whether the old key must stop working although somebody uses it. A `retire_by` from before this rotation doesn't count:
 * it was about an earlier one.
 */
export function isPastRetireBy(
  { retireByMs, keyCreatedAtMs }: Pick<CredentialRecord, 'retireByMs' | 'keyCreatedAtMs'>,
  nowMs: number,
): boolean {
  return retireByMs !== undefined && retireByMs > keyCreatedAtMs && nowMs >= retireByMs;
}

function duePhase(record: CredentialRecord, nowMs: number, times: RotationTimes): RotationPhase {
  if (record.rotateRequested) return 'rotate';
  if (record.rotateAfterDays === undefined) return 'none';
  // An undone rotation isn't repeated immediately, because a person must first find out what went wrong.
  const notBeforeMs =
    record.rotationUndoneAtMs === undefined ? 0 : record.rotationUndoneAtMs + times.graceSeconds * 1000;
  const dueMs = Math.max(record.keyCreatedAtMs + record.rotateAfterDays * times.daySeconds * 1000, notBeforeMs);
  if (nowMs >= dueMs) return 'rotate';
  const isAnnounced =
    record.rotationAnnouncedAtMs !== undefined && record.rotationAnnouncedAtMs >= record.keyCreatedAtMs;
  return !isAnnounced && nowMs >= dueMs - times.noticeSeconds * 1000 ? 'announce' : 'none';
}
