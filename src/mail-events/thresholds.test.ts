import { describe, expect, it } from 'vitest';
import { describeBreaches } from './evidence.ts';
import { defaultThresholds, judgeFeedback, judgeViolations } from './thresholds.ts';
import { type Counters, noCounters, type WindowName } from './windows.ts';

function inWindows(counters: Partial<Counters>, ...names: WindowName[]): Record<WindowName, Counters> {
  const windows = { hour: noCounters, day: noCounters, '7d': noCounters, '30d': noCounters };
  for (const name of names) windows[name] = { ...noCounters, ...counters };
  return windows;
}

const all: WindowName[] = ['hour', 'day', '7d', '30d'];

describe('the thresholds', () => {
  it('are the limits of SES for an account', () => {
    expect(defaultThresholds.bounce).toMatchObject({ warnRate: 0.05, suspendRate: 0.1 });
    expect(defaultThresholds.complaint).toMatchObject({ warnRate: 0.001, suspendRate: 0.005 });
  });

  it.each<[string, Partial<Counters>, string]>([
    ['nothing', {}, 'ok'],
    ['one bounce of thirteen', { sends: 13, hard_bounces: 1 }, 'ok'],
    ['thirteen of thirteen', { sends: 13, hard_bounces: 13 }, 'ok'],
    ['99 of 99', { sends: 99, hard_bounces: 99 }, 'ok'],
    ['4.9 %', { sends: 1000, hard_bounces: 49 }, 'ok'],
    ['5 %', { sends: 1000, hard_bounces: 50 }, 'warn'],
    ['9.9 %', { sends: 1000, hard_bounces: 99 }, 'warn'],
    ['10 %', { sends: 100, hard_bounces: 10 }, 'suspend'],
    ['soft bounces only', { sends: 100, soft_bounces: 100 }, 'ok'],
    ['one complaint of 500', { sends: 500, complaints: 1 }, 'ok'],
    ['two complaints of 500', { sends: 500, complaints: 2 }, 'warn'],
    ['two complaints of 10,000', { sends: 10_000, complaints: 2 }, 'ok'],
    ['0.5 % complaints', { sends: 1000, complaints: 5 }, 'suspend'],
    ['complaints below the volume', { sends: 499, complaints: 100 }, 'ok'],
    ['bounces whose Send events never came', { hard_bounces: 60, deliveries: 240 }, 'suspend'],
    ['bounces of earlier mails', { sends: 2, hard_bounces: 90 }, 'ok'],
  ])('%s', (_, counters, level) => {
    expect(judgeFeedback(inWindows(counters, ...all)).level).toBe(level);
  });

  it('apply to each window separately, and list the worst breach first', () => {
    const windows = inWindows({ sends: 1000, hard_bounces: 60 }, '7d', '30d');
    windows.day = { ...noCounters, sends: 200, hard_bounces: 40 };
    const result = judgeFeedback(windows);
    expect(result.level === 'suspend' && result.breaches.map(({ window, level }) => `${window} ${level}`)).toEqual([
      'day suspend',
      '7d warn',
      '30d warn',
    ]);
    expect(result.level === 'suspend' && describeBreaches(result.breaches.slice(0, 1))).toBe(
      '40 hard bounces of 200 recipients in 24 hours: 20 %, the limit is 10 %.',
    );
    expect(judgeFeedback(inWindows({ sends: 1000, hard_bounces: 900 }, 'hour')).level).toBe('ok');
  });

  it('can be configured', () => {
    const bounce = { warnRate: 0.5, suspendRate: 0.9, minimumSends: 2, minimumCount: 1 };
    const thresholds = { ...defaultThresholds, bounce, windows: ['hour'] as const };
    expect(judgeFeedback(inWindows({ sends: 2, hard_bounces: 1 }, 'hour'), thresholds).level).toBe('warn');
    expect(judgeFeedback(inWindows({ sends: 2, hard_bounces: 2 }, 'hour'), thresholds).level).toBe('suspend');
  });
});

describe('violations', () => {
  it('suspend from the configured number, and only in the mode suspend', () => {
    const rule = { mode: 'suspend', suspendAfter: 3, window: 'day' } as const;
    expect(judgeViolations(inWindows({ violations: 2 }, ...all), rule)).toBe(false);
    expect(judgeViolations(inWindows({ violations: 3 }, ...all), rule)).toBe(true);
    expect(judgeViolations(inWindows({ violations: 3 }, '7d', '30d'), rule)).toBe(false);
    expect(judgeViolations(inWindows({ violations: 99 }, ...all), { ...rule, mode: 'observe' })).toBe(false);
  });
});
