import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type LedgerEntry,
  MAX_SLOTS_PER_WRITE,
  MAX_UNITS_PER_SLOT,
  MAX_UNITS_PER_WRITE,
  planLedgerWrites,
  slotOf,
  sumUnits,
} from './feedback-counter.ts';

const nowMs = Date.parse('2026-03-01T12:00:00.000Z');
const entries = fc.array(
  fc.record({
    username: fc.constantFrom('ann', 'bob'),
    sentAtMs: fc.integer({ min: nowMs - 3_600_000, max: nowMs }),
    feedback: fc.record({
      counter: fc.constantFrom('sends', 'deliveries', 'hard_bounces'),
      atMs: fc.integer({ min: nowMs - 7_200_000, max: nowMs }),
      seenKey: fc.constantFrom('mail-1', 'mail-2', 'mail-3'),
      unitKeys: fc.uniqueArray(fc.nat({ max: 300 }).map(String), { maxLength: 120 }),
      suppressible: fc.constant([]),
    }),
  }),
);

describe('the plan of the writes', () => {
  it('holds each thing once, in parts that DynamoDB takes', () => {
    fc.assert(
      fc.property(entries, (some) => {
        const writes = planLedgerWrites(some as LedgerEntry[], nowMs);
        const names = writes.flatMap(({ username, units }) => units.map(({ slot, id }) => `${username} ${slot} ${id}`));
        expect(new Set(names).size).toBe(names.length);
        const asked = some.flatMap(({ username, sentAtMs, feedback }) =>
          feedback.unitKeys.map((unit) => `${username} ${slotOf(sentAtMs)} ${feedback.seenKey} ${unit}`),
        );
        expect(names.length).toBe(new Set(asked).size);
        for (const { units } of writes) {
          expect(units.length).toBeGreaterThan(0);
          expect(units.length).toBeLessThanOrEqual(MAX_UNITS_PER_WRITE);
          const slots = [...Map.groupBy(units, ({ slot }) => slot).values()];
          expect(slots.length).toBeLessThanOrEqual(MAX_SLOTS_PER_WRITE);
          for (const ofSlot of slots) expect(ofSlot.length).toBeLessThanOrEqual(MAX_UNITS_PER_SLOT);
          const sums = [...sumUnits(units).values()].flatMap((sum) => Object.values(sum));
          expect(sums.reduce((sum, count) => sum + count, 0)).toBe(units.length);
        }
      }),
    );
  });

  it('puts a mail’s events into one slot, however late they come, and into the hour of their own', () => {
    const entry = (counter: 'sends' | 'hard_bounces', atMs: number): LedgerEntry => ({
      username: 'ann',
      sentAtMs: nowMs - 3_600_000,
      feedback: { counter, atMs, seenKey: `mail#${counter}`, unitKeys: ['kim'], suppressible: [] },
    });
    const [write, ...others] = planLedgerWrites(
      [entry('sends', nowMs - 3_600_000), entry('hard_bounces', nowMs)],
      nowMs,
    );
    expect(others).toEqual([]);
    expect(write?.units.map(({ slot }) => slot)).toEqual(['2026-03-01T11:00:00', '2026-03-01T11:00:00']);
    expect(write?.units.map(({ bucket }) => bucket)).toEqual(['2026-03-01T11', '2026-03-01T12']);
  });

  it("keeps a slot's item far below what DynamoDB takes, in a flood of 50,000 recipients a minute", () => {
    const flood = Array.from({ length: 1_000 }, (_, mail): LedgerEntry[] => {
      const sentAtMs = nowMs - 60_000 + mail * 60;
      const unitKeys = Array.from({ length: 50 }, (__, recipient) => `${recipient}`);
      const entry = (counter: 'sends' | 'deliveries'): LedgerEntry => ({
        username: 'ann',
        sentAtMs,
        feedback: { counter, atMs: sentAtMs, seenKey: `${mail}#${counter}`, unitKeys, suppressible: [] },
      });
      return [entry('sends'), entry('deliveries')];
    }).flat();
    const writes = planLedgerWrites(flood, nowMs);
    const units = writes.flatMap((write) => write.units);
    expect(units).toHaveLength(100_000);
    const sizes = [...Map.groupBy(units, ({ slot }) => slot).values()].map((ofSlot) => ofSlot.length * 12);
    expect(Math.max(...sizes)).toBeLessThan(40_000);
  });

  it('leaves out what is older than the oldest counter', () => {
    const old: LedgerEntry = {
      username: 'ann',
      sentAtMs: nowMs,
      feedback: {
        counter: 'sends',
        atMs: nowMs - 40 * 86_400_000,
        seenKey: 'mail',
        unitKeys: ['kim'],
        suppressible: [],
      },
    };
    expect(planLedgerWrites([old], nowMs)).toEqual([]);
  });
});
