import { expect, it } from 'vitest';
import { noCounters } from '../mail-events/windows.ts';
import { readStatistics } from './read-statistics.ts';

const nowMs = Date.parse('2026-11-26T10:30:00.000Z');

const depsWith = (item: Record<string, unknown> | undefined) => ({
  credentials: { read: async () => item },
  counters: {
    read: async () => [
      { bucket: '2026-11-26T10', counters: { ...noCounters, sends: 2, violations: 1 } },
      { bucket: '2026-11-25T10', counters: { ...noCounters, sends: 5 } },
    ],
  },
  now: () => nowMs,
});

it("sums a credential's counters, and returns its status and suspension", async () => {
  const suspension = { reason: 'SendQuota', at: '2026-11-26T10:00:00.000Z', until: '2026-11-26T11:00:00.000Z' };
  const statistics = await readStatistics({ username: 'jane' }, depsWith({ status: 'disabled', suspension }));
  expect(statistics).toMatchObject({
    username: 'jane',
    status: 'disabling',
    suspension: { reason: 'SendQuota', until: '2026-11-26T11:00:00.000Z' },
    at: '2026-11-26T10:30:00.000Z',
    windows: { hour: { sends: 2, violations: 1 }, day: { sends: 2 }, '7d': { sends: 7 }, '30d': { sends: 7 } },
  });
  expect(await readStatistics({ username: 'jane' }, depsWith({ status: 'active' }))).not.toHaveProperty('suspension');
});

it('fails without a record', async () => {
  await expect(readStatistics({ username: 'jane' }, depsWith(undefined))).rejects.toMatchObject({
    code: 'CredentialNotFound',
    kind: 'permanent',
  });
});
