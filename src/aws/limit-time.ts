/** A person waits for the answer, so a call and its retries end after this. */
const MOST_MS = 8_000;

/** Options of a call that must not take long. */
export function limitTime(): { readonly abortSignal: AbortSignal } {
  return { abortSignal: AbortSignal.timeout(MOST_MS) };
}
