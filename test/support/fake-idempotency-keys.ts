import {
  type IdempotencyKeys,
  KEY_LEASE_MS,
  KEY_LIFETIME_MS,
  type StoredAnswer,
} from '../../src/credential/idempotency-keys.ts';

/** Idempotency keys in memory, with the rules of the port. */
export function createFakeIdempotencyKeys(now: () => number): IdempotencyKeys {
  const known = new Map<
    string,
    { digest: string; startedAtMs: number; leasedUntilMs: number; answer?: StoredAnswer | undefined }
  >();
  return {
    begin(key, digest) {
      const nowMs = now();
      const entry = known.get(key);
      if (entry === undefined || entry.startedAtMs + KEY_LIFETIME_MS <= nowMs) {
        known.set(key, { digest, startedAtMs: nowMs, leasedUntilMs: nowMs + KEY_LEASE_MS });
        return Promise.resolve({ state: 'mine', startedAtMs: nowMs, isRepeat: false });
      }
      if (entry.digest !== digest) return Promise.resolve({ state: 'other-request' });
      if (entry.answer !== undefined) return Promise.resolve({ state: 'done', answer: entry.answer });
      if (entry.leasedUntilMs > nowMs) return Promise.resolve({ state: 'running' });
      entry.leasedUntilMs = nowMs + KEY_LEASE_MS;
      return Promise.resolve({ state: 'mine', startedAtMs: entry.startedAtMs, isRepeat: true });
    },
    finish(key, startedAtMs, answer) {
      const entry = known.get(key);
      if (entry?.startedAtMs === startedAtMs) entry.answer = answer;
      return Promise.resolve();
    },
    release(key, startedAtMs) {
      const entry = known.get(key);
      if (entry?.startedAtMs === startedAtMs) entry.leasedUntilMs = 0;
      return Promise.resolve();
    },
  };
}
