import { describe, expect, it } from 'vitest';
import { createSendingQuota } from './sending-quota.ts';

describe('createSendingQuota', () => {
  it('allows the rate and no more, and refills', () => {
    let time = 0;
    const quota = createSendingQuota({ sendsPerSecond: 2, sendsPerDay: 100 }, () => time);
    expect([quota.take(1), quota.take(1), quota.take(1)]).toEqual(['taken', 'taken', 'rate']);
    time += 500;
    expect([quota.take(1), quota.take(1)]).toEqual(['taken', 'rate']);
  });

  it('allows a message with many recipients, and makes later ones wait', () => {
    let time = 0;
    const quota = createSendingQuota({ sendsPerSecond: 10, sendsPerDay: 100 }, () => time);
    expect(quota.take(50)).toBe('taken');
    time += 4000;
    expect(quota.take(1)).toBe('rate');
    time += 200;
    expect(quota.take(1)).toBe('taken');
  });

  it('counts recipients over 24 hours', () => {
    let time = 0;
    const quota = createSendingQuota({ sendsPerSecond: 100, sendsPerDay: 10 }, () => time);
    expect([quota.take(8), quota.take(3), quota.take(2)]).toEqual(['taken', 'daily', 'taken']);
    time += 86_400_000;
    expect(quota.take(10)).toBe('taken');
  });
});
