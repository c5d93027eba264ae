import { describe, expect, it } from 'vitest';
import { sesEvents } from '../../test/support/ses-events.ts';
import { alertAttempt } from './alert-window.ts';
import { describeQuota, describeViolation } from './evidence.ts';
import { judgeQuota, readSendQuota } from './quota.ts';
import { readSesEvent } from './ses-event.ts';
import { noCounters } from './windows.ts';

const nowMs = Date.parse('2026-03-01T10:30:00.000Z');
const sends = (bucket: string, count: number) => ({ bucket, counters: { ...noCounters, sends: count } });

describe('a quota', () => {
  it('is a whole number above 0, or missing', () => {
    expect(readSendQuota({ quota_per_hour: 10, quota_per_day: 50 })).toEqual({ perHour: 10, perDay: 50 });
    expect(readSendQuota({ quota_per_day: 50 }, 7)).toEqual({ perHour: undefined, perDay: 50 });
    expect(readSendQuota({ quota_per_day: 'x' }, 7)).toEqual({ perHour: undefined, perDay: 7, isDayDefault: true });
    for (const value of [0, -1, 1.5, '10', null, Number.NaN]) {
      expect(readSendQuota({ quota_per_hour: value })).toEqual({ perHour: undefined, perDay: undefined });
    }
  });

  it('is exceeded by more recipients than it allows in this clock hour or day', () => {
    const quota = { perHour: 10, perDay: 50 };
    const earlier = sends('2026-03-01T09', 30);
    expect(judgeQuota([earlier, sends('2026-03-01T10', 10)], quota, nowMs)).toBeUndefined();
    const hour = judgeQuota([earlier, sends('2026-03-01T10', 11)], quota, nowMs);
    expect(hour).toMatchObject({ window: 'hour', sends: 11, limit: 10, untilMs: Date.parse('2026-03-01T11:00:00Z') });
    expect(hour && describeQuota(hour)).toContain('2026-03-01T11:00:00.000Z');
    expect(judgeQuota([earlier, sends('2026-03-01T10', 21)], quota, nowMs)).toMatchObject({
      window: 'day',
      sends: 51,
      limit: 50,
      untilMs: Date.parse('2026-03-02T00:00:00Z'),
    });
    expect(judgeQuota([sends('2026-02-28T23', 999), sends('2026-03-02T01', 999)], quota, nowMs)).toBeUndefined();
    expect(judgeQuota([sends('2026-03-01T10', 999)], readSendQuota({}), nowMs)).toBeUndefined();
  });

  it("that is the deployment's default is named so in the evidence", () => {
    const judge = (item: Record<string, unknown>) =>
      judgeQuota([sends('2026-03-01T10', 21)], readSendQuota(item, 20), nowMs);
    for (const item of [{}, { quota_per_day: 'x' }, { quota_per_hour: 10 }]) {
      const passed = judge(item);
      expect(passed).toMatchObject({ window: 'day', sends: 21, limit: 20, isDefault: true });
      expect(passed && describeQuota(passed)).toContain('the quota is 20 (the default');
    }
    expect(judge({ quota_per_hour: 10, quota_per_day: 30 })).not.toHaveProperty('isDefault');
  });

  describe('of mails that are counted late', () => {
    const quota = { perHour: 10, perDay: 50 };
    const sentAtMs = [Date.parse('2026-03-01T09:59:59Z')];
    const lastHour = sends('2026-03-01T09', 11);

    it('is exceeded in the hour in which they were sent, until the running hour ends', () => {
      expect(judgeQuota([lastHour], quota, nowMs)).toBeUndefined();
      const passed = judgeQuota([lastHour], quota, nowMs, { sentAtMs });
      expect(passed).toMatchObject({ window: 'hour', sends: 11, untilMs: Date.parse('2026-03-01T11:00:00Z') });
      expect(passed && describeQuota(passed)).toContain(
        '11 recipients in the hour from 2026-03-01T09:00:00.000Z (UTC)',
      );
    });

    it('is exceeded in the day in which they were sent', () => {
      const yesterday = { sentAtMs: [Date.parse('2026-02-28T23:59:00Z')] };
      const passed = judgeQuota(
        [sends('2026-02-28T03', 30), sends('2026-02-28T23', 21)],
        { perHour: undefined, perDay: 50 },
        nowMs,
        yesterday,
      );
      expect(passed).toMatchObject({ window: 'day', sends: 51, untilMs: Date.parse('2026-03-02T00:00:00Z') });
    });

    it('was answered already where a suspension came after the hour began', () => {
      const countedFromMs = Date.parse('2026-03-01T09:30:00Z');
      expect(judgeQuota([lastHour], quota, nowMs, { sentAtMs, countedFromMs })).toBeUndefined();
    });
  });
});

describe('an alert', () => {
  it('is sent once per credential, finding and window', () => {
    const attempt = alertAttempt({ username: 'jane', finding: 'violation', nowMs, windowSeconds: 3600 });
    expect(attempt).toMatchObject({
      username: 'jane',
      finding: 'violation',
      untilMs: nowMs + 3_600_000,
    });
    expect(attempt.expiresAt * 1000).toBeGreaterThan(attempt.untilMs);
  });

  it('names the mail and its senders, and nothing of its content', () => {
    const read = readSesEvent(sesEvents()['Send']);
    if (read.result !== 'event') throw new Error('no event');
    const senders = ['a', 'b', 'c', 'd'].map((name) => ({
      where: 'from' as const,
      address: `${name}@example.net`,
      isBeyondAscii: false,
    }));
    const text = describeViolation(read.event, senders, 2);
    expect(text).toContain('"a@example.net" in the From header');
    expect(text).toContain('and 3 more');
    expect(text).toContain('192.0.2.7');
    expect(text).not.toContain('kim@example.org');
    expect(text).not.toContain('Numbers');
  });
});
