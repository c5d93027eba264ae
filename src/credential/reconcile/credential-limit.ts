/** How many credentials a deployment may have. */
export interface CredentialLimit {
  readonly most: number;
  /** Takes a place for a new credential. Returns false if there is none left. */
  take(): Promise<boolean>;
}

/** How long a count is used. Within that time, other processes may create a few credentials more than allowed. */
const COUNT_SECONDS = 60;

/**
 * Limits the number of credentials, without reading the table for each: what this process creates is added to a count of the
 * last minute. Concurrent takes share one count.
 *
 * @param count counts the credentials that have an IAM user
 */
export function createCredentialLimit(
  most: number,
  { count, now }: { readonly count: () => Promise<number>; readonly now: () => number },
): CredentialLimit {
  let known: { readonly total: Promise<number>; readonly untilMs: number } | undefined;
  let taken = 0;
  return {
    most,
    async take() {
      if (known === undefined || now() >= known.untilMs) {
        known = { total: count(), untilMs: now() + COUNT_SECONDS * 1000 };
        taken = 0;
      }
      const current = known;
      const total = await current.total.catch((error: unknown) => {
        if (known === current) known = undefined;
        throw error;
      });
      if (total + taken >= most) return false;
      taken += 1;
      return true;
    },
  };
}
