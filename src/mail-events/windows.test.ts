import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { counterExpiresAt, dedupExpiresAt, readCounters } from './counter-items.ts';
import { bucketOf, noCounters, placeInBucket, startOfBucket, sumWindows } from './windows.ts';

const nowMs = Date.parse('2026-03-01T10:59:59.999Z');
const HOUR = 3_600_000;
const sends = (count: number) => ({ ...noCounters, sends: count });
const at = (text: string) => Date.parse(text);

describe('an hour', () => {
  it('has a UTC name that can be parsed back', () => {
    expect(bucketOf(nowMs)).toBe('2026-03-01T10');
    expect(startOfBucket('2026-03-01T10')).toBe(at('2026-03-01T10:00:00Z'));
    for (const text of ['', '2026-03-01', '2026-13-01T10', '2026-03-01T10:00', 'x'])
      expect(startOfBucket(text)).toBeNaN();
  });

  it('is chosen by the time of the event, up to 30 days back', () => {
    expect(placeInBucket(at('2026-02-20T03:30:00Z'), nowMs)).toBe('2026-02-20T03');
    expect(placeInBucket(at('2026-01-30T11:00:00Z'), nowMs)).toBe('2026-01-30T11');
    expect(placeInBucket(at('2026-01-30T10:59:59Z'), nowMs)).toBeUndefined();
    expect(placeInBucket(at('2031-01-01T00:00:00Z'), nowMs)).toBe('2026-03-01T10');
    expect(placeInBucket(0, nowMs)).toBeUndefined();
  });
});

describe('rolling windows', () => {
  it('hold 1, 24, 168 and 720 hours, including the current one', () => {
    const buckets = [0, 1, 23, 24, 167, 168, 719, 720].map((age, index) => ({
      bucket: bucketOf(nowMs - age * HOUR),
      counters: sends(10 ** index),
    }));
    const windows = sumWindows(buckets, nowMs);
    expect(windows.hour.sends).toBe(1);
    expect(windows.day.sends).toBe(111);
    expect(windows['7d'].sends).toBe(11_111);
    expect(windows['30d'].sends).toBe(1_111_111);
  });

  it('ignore hours that a suspension answered, future hours and invalid buckets', () => {
    const buckets = [
      { bucket: '2026-03-01T08', counters: sends(1) },
      { bucket: '2026-03-01T09', counters: sends(10) },
      { bucket: '2026-03-01T12', counters: sends(100) },
      { bucket: 'never', counters: sends(1000) },
    ];
    expect(sumWindows(buckets, nowMs).day.sends).toBe(11);
    expect(sumWindows(buckets, nowMs, at('2026-03-01T08:20:00Z')).day.sends).toBe(10);
  });

  it('do not depend on the order of events', () => {
    const times = fc.array(fc.integer({ min: nowMs - 800 * HOUR, max: nowMs }), { maxLength: 60 });
    fc.assert(
      fc.property(times, fc.nat(), (events, seed) => {
        const shuffled = [...events].sort((a, b) => ((a ^ seed) % 97) - ((b ^ seed) % 97));
        const sum = (list: number[]) =>
          sumWindows(
            list.flatMap((ms) => {
              const bucket = placeInBucket(ms, nowMs);
              return bucket === undefined ? [] : [{ bucket, counters: sends(1) }];
            }),
            nowMs,
          );
        expect(sum(shuffled)).toEqual(sum(events));
        const whole = Math.floor(nowMs / HOUR) * HOUR - 719 * HOUR;
        expect(sum(events)['30d'].sends).toBe(events.filter((ms) => ms >= whole).length);
      }),
    );
  });
});

describe('a counter item', () => {
  it('reads damaged numbers as 0', () => {
    expect(readCounters({ sends: 3, hard_bounces: '4', complaints: -1, rejects: Number.NaN })).toEqual(sends(3));
  });

  it('outlives its windows, and a dedup item outlives every redelivery', () => {
    const bucket = bucketOf(nowMs);
    expect(counterExpiresAt(bucket) * 1000).toBeGreaterThan(startOfBucket(bucket) + 31 * 24 * HOUR);
    expect(dedupExpiresAt(nowMs) * 1000).toBeGreaterThan(nowMs + 14 * 24 * HOUR);
  });
});
