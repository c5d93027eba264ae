import type { ItemKey } from './counter-items.ts';

/** What a conditional put needs to give exactly one of many events the right to alert. */
export interface AlertAttempt {
  readonly key: ItemKey;
  /** Stored as `until_ms`, epoch milliseconds. The put's condition: no item, or its `until_ms` is at most `nowMs`. */
  readonly untilMs: number;
  /** For the table's TTL, epoch seconds. */
  readonly expiresAt: number;
}

const ALERT_PK = 'SESAME#ALERT';

/** One alert per credential, finding and window: the window begins with the alert, so that two never stand side by side. */
export function alertAttempt(about: {
  readonly username: string;
  readonly finding: string;
  /** Tells two alerts of one finding apart that both must be told, such as two suspensions. */
  readonly occurrence?: string | undefined;
  readonly nowMs: number;
  readonly windowSeconds: number;
}): AlertAttempt {
  const occurrence = about.occurrence === undefined ? '' : `#${about.occurrence}`;
  const untilMs = about.nowMs + about.windowSeconds * 1000;
  return {
    key: { PK: ALERT_PK, SK: `USER#${about.username}#${about.finding}${occurrence}` },
    untilMs,
    // TTL deletes late and never early, so the item outlives its window.
    expiresAt: Math.ceil(untilMs / 1000) + 60,
  };
}
