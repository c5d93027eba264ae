/** One alert, as far as it is told once: the same for all who would tell it. */
export interface AlertSubject {
  readonly username: string;
  readonly finding: string;
  /** Tells two alerts of one finding apart that both must be told, such as two suspensions. */
  readonly occurrence?: string | undefined;
}

/** What a conditional put needs to give exactly one of many events the right to alert. */
export interface AlertAttempt extends AlertSubject {
  /** Epoch milliseconds. The put's condition: there is no window, or it has ended. */
  readonly untilMs: number;
  /** For the table's TTL, epoch seconds. */
  readonly expiresAt: number;
}

/** One alert per credential, finding and window: the window begins with the alert, so that two never stand side by side. */
export function alertAttempt({
  nowMs,
  windowSeconds,
  ...subject
}: AlertSubject & { readonly nowMs: number; readonly windowSeconds: number }): AlertAttempt {
  const untilMs = nowMs + windowSeconds * 1000;
  // TTL deletes late and never early, so the item outlives its window.
  return { ...subject, untilMs, expiresAt: Math.ceil(untilMs / 1000) + 60 };
}
