/** What makes two alerts the same one, so that it is sent once. */
export interface AlertSubject {
  readonly username: string;
  readonly finding: string;
  /** Distinguishes two alerts with the same finding that must both be sent, such as two suspensions. */
  readonly occurrence?: string | undefined;
}

/** The input of the conditional put that lets exactly one of many events send the alert. */
export interface AlertAttempt extends AlertSubject {
  /** Epoch milliseconds. The put succeeds if there is no window, or it has ended. */
  readonly untilMs: number;
  /** Epoch seconds, for the table's TTL. */
  readonly expiresAt: number;
}

/** One alert per credential, finding and window. A window starts with its alert, so windows never overlap. */
export function alertAttempt({
  nowMs,
  windowSeconds,
  ...subject
}: AlertSubject & { readonly nowMs: number; readonly windowSeconds: number }): AlertAttempt {
  const untilMs = nowMs + windowSeconds * 1000;
  // TTL deletes late, never early, so the item outlives its window.
  return { ...subject, untilMs, expiresAt: Math.ceil(untilMs / 1000) + 60 };
}
