/** The answer to a request that had an idempotency key. */
export interface StoredAnswer {
  /** HTTP status. */
  readonly status: number;
  /** The body, as JSON text. Never holds a secret. */
  readonly body: string;
}

/** What is known of a key. */
export type KeyState =
  /** The caller does the work. `startedAtMs` stays the same if an earlier attempt has died. */
  | { readonly state: 'mine'; readonly startedAtMs: number; readonly isRepeat: boolean }
  /** Somebody else is doing it. */
  | { readonly state: 'running' }
  /** The key belongs to another request. */
  | { readonly state: 'other-request' }
  | { readonly state: 'done'; readonly answer: StoredAnswer };

/** Keys that make a repeated request harmless. A key is known for 24 hours from its first use, whatever TTL does. */
export interface IdempotencyKeys {
  /** @param requestDigest identifies the request's content */
  begin(key: string, requestDigest: string): Promise<KeyState>;
  /** Stores the answer. Whoever took the work over in the meantime keeps it. */
  finish(key: string, startedAtMs: number, answer: StoredAnswer): Promise<void>;
  /** Gives the work back at once, because it failed in a way that another try may mend. */
  release(key: string, startedAtMs: number): Promise<void>;
}

/** How long a key is known, in milliseconds. */
export const KEY_LIFETIME_MS = 24 * 3_600_000;
/** How long one attempt has a key for itself, in milliseconds: longer than API Gateway waits for a function. */
export const KEY_LEASE_MS = 60_000;
