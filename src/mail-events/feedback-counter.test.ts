import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  dedupWindowOf,
  type FeedbackEntry,
  MAX_DEDUP_WINDOWS_PER_WRITE,
  MAX_ITEMS_PER_DEDUP_WINDOW,
  MAX_ITEMS_PER_WRITE,
  planFeedbackWrites,
  sumCountables,
} from './feedback-counter.ts';

const nowMs = Date.parse('2026-03-01T12:00:00.000Z');
const entries = fc.array(
  fc.record({
    username: fc.constantFrom('ann', 'bob'),
    sentAtMs: fc.integer({ min: nowMs - 3_600_000, max: nowMs }),
    feedback: fc.record({
      counter: fc.constantFrom('sends', 'deliveries', 'hard_bounces'),
      atMs: fc.integer({ min: nowMs - 7_200_000, max: nowMs }),
      dedupKey: fc.constantFrom('mail-1', 'mail-2', 'mail-3'),
      countableKeys: fc.uniqueArray(fc.nat({ max: 300 }).map(String), { maxLength: 120 }),
      suppressible: fc.constant([]),
    }),
  }),
);

describe('planFeedbackWrites', () => {
  it('plans each countable once, in writes that DynamoDB accepts', () => {
    fc.assert(
      fc.property(entries, (some) => {
        const writes = planFeedbackWrites(some as FeedbackEntry[], nowMs);
        const names = writes.flatMap(({ username, countables }) =>
          countables.map(({ dedupWindow, id }) => `${username} ${dedupWindow} ${id}`),
        );
        expect(new Set(names).size).toBe(names.length);
        const asked = some.flatMap(({ username, sentAtMs, feedback }) =>
          feedback.countableKeys.map((unit) => `${username} ${dedupWindowOf(sentAtMs)} ${feedback.dedupKey} ${unit}`),
        );
        expect(names.length).toBe(new Set(asked).size);
        for (const { countables } of writes) {
          expect(countables.length).toBeGreaterThan(0);
          expect(countables.length).toBeLessThanOrEqual(MAX_ITEMS_PER_WRITE);
          const slots = [...Map.groupBy(countables, ({ dedupWindow }) => dedupWindow).values()];
          expect(slots.length).toBeLessThanOrEqual(MAX_DEDUP_WINDOWS_PER_WRITE);
          for (const ofSlot of slots) expect(ofSlot.length).toBeLessThanOrEqual(MAX_ITEMS_PER_DEDUP_WINDOW);
          const sums = [...sumCountables(countables).values()].flatMap((sum) => Object.values(sum));
          expect(sums.reduce((sum, count) => sum + count, 0)).toBe(countables.length);
        }
      }),
    );
  });

  it('puts all events of a mail into one dedup window, and counts each in its own hour', () => {
    const entry = (counter: 'sends' | 'hard_bounces', atMs: number): FeedbackEntry => ({
      username: 'ann',
      sentAtMs: nowMs - 3_600_000,
      feedback: { counter, atMs, dedupKey: `mail#${counter}`, countableKeys: ['kim'], suppressible: [] },
    });
    const [write, ...others] = planFeedbackWrites(
      [entry('sends', nowMs - 3_600_000), entry('hard_bounces', nowMs)],
      nowMs,
    );
    expect(others).toEqual([]);
    expect(write?.countables.map(({ dedupWindow }) => dedupWindow)).toEqual([
      '2026-03-01T11:00:00',
      '2026-03-01T11:00:00',
    ]);
    expect(write?.countables.map(({ bucket }) => bucket)).toEqual(['2026-03-01T11', '2026-03-01T12']);
  });

  it("keeps a dedup item far below DynamoDB's limit in a flood of 50,000 recipients a minute", () => {
    const flood = Array.from({ length: 1_000 }, (_, mail): FeedbackEntry[] => {
      const sentAtMs = nowMs - 60_000 + mail * 60;
      const countableKeys = Array.from({ length: 50 }, (__, recipient) => `${recipient}`);
      const entry = (counter: 'sends' | 'deliveries'): FeedbackEntry => ({
        username: 'ann',
        sentAtMs,
        feedback: { counter, atMs: sentAtMs, dedupKey: `${mail}#${counter}`, countableKeys, suppressible: [] },
      });
      return [entry('sends'), entry('deliveries')];
    }).flat();
    const writes = planFeedbackWrites(flood, nowMs);
    const units = writes.flatMap((write) => write.countables);
    expect(units).toHaveLength(100_000);
    const sizes = [...Map.groupBy(units, ({ dedupWindow }) => dedupWindow).values()].map(
      (ofSlot) => ofSlot.length * 12,
    );
    expect(Math.max(...sizes)).toBeLessThan(40_000);
  });

  it('drops events that are older than the oldest counter', () => {
    const old: FeedbackEntry = {
      username: 'ann',
      sentAtMs: nowMs,
      feedback: {
        counter: 'sends',
        atMs: nowMs - 40 * 86_400_000,
        dedupKey: 'mail',
        countableKeys: ['kim'],
        suppressible: [],
      },
    };
    expect(planFeedbackWrites([old], nowMs)).toEqual([]);
  });
});
