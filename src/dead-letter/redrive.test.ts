import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SesameError } from '../credential/errors.ts';
import { busyDelaySeconds, countAttempts, decideNext, retryDelaySeconds, toAttemptResult } from './redrive.ts';

const settings = { maxAttempts: 8, backoffBaseSeconds: 10, backoffLimitSeconds: 900 };
const error = new SesameError('ThrottlingException', 'retryable', 'Too fast.');
const busy = { result: 'busy', retryAfterSeconds: 42, error } as const;
const failed = { result: 'failed', error } as const;

describe('decideNext', () => {
  it('deletes a finished message at any attempt', () => {
    expect(decideNext({ result: 'done' }, 99, settings, 0)).toEqual({ next: 'delete' });
  });

  it('waits after each failure, and parks after the last attempt', () => {
    expect(decideNext(failed, 7, settings, 1)).toEqual({ next: 'wait', seconds: 640, error });
    expect(decideNext(failed, 8, settings, 1)).toEqual({ next: 'park', error });
  });

  it('waits for the claim of a busy record, and parks only after twice as many attempts', () => {
    expect(decideNext(busy, 15, settings, 1)).toEqual({ next: 'wait', seconds: 42, error });
    expect(decideNext(busy, 16, settings, 1)).toEqual({ next: 'park', error });
  });
});

it('doubles the delay each time up to the limit, half of it random', () => {
  expect([1, 2, 3, 7, 8, 30].map((attempts) => retryDelaySeconds(attempts, settings, 1))).toEqual([
    10, 20, 40, 640, 900, 900,
  ]);
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 1_000 }), fc.double({ min: 0, max: 1, noNaN: true }), (attempts, random) => {
      const seconds = retryDelaySeconds(attempts, settings, random);
      const full = retryDelaySeconds(attempts, settings, 1);
      expect(Number.isInteger(seconds) && seconds >= full / 2 && seconds <= full).toBe(true);
    }),
  );
});

it('treats a permanent fault as done, because it is on the record', () => {
  expect(toAttemptResult({ result: 'invalid', error }, error)).toEqual({ result: 'done' });
  expect(toAttemptResult({ result: 'missing' }, error)).toEqual({ result: 'done' });
  expect(toAttemptResult({ result: 'failed', error }, error)).toEqual(failed);
  expect(toAttemptResult({ result: 'busy', retryAfterSeconds: 42 }, error)).toEqual(busy);
});

it('retries a dead letter of a busy record twice before the lease ends, without counting these attempts', () => {
  expect([1, 2, 3, 10].map((received) => busyDelaySeconds(received, 42))).toEqual([10, 42, 42, 42]);
  expect(busyDelaySeconds(1, 4)).toBe(4);
  expect([1, 2, 3, 4, 10].map((received) => countAttempts(received, true))).toEqual([1, 1, 1, 2, 8]);
  expect([1, 2, 10].map((received) => countAttempts(received, false))).toEqual([1, 2, 10]);
});
