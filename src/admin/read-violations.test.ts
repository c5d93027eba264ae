import { expect, it } from 'vitest';
import { noCounters } from '../mail-events/windows.ts';
import { readViolations } from './read-violations.ts';

const nowMs = Date.parse('2026-11-26T10:30:00.000Z');
const suspension = { reason: 'SenderViolations', at: '2026-11-26T10:00:00.000Z', evidence: '3 mails as boss@' };

const depsWith = (item: Record<string, unknown> | undefined) => ({
  credentials: { read: async () => item },
  counters: {
    read: async () => [
      { bucket: '2026-11-25T09', counters: { ...noCounters, violations: 2 } },
      { bucket: '2026-11-26T10', counters: { ...noCounters, sends: 9, violations: 3 } },
      { bucket: '2026-11-26T09', counters: { ...noCounters, sends: 4 } },
    ],
  },
  alerts: {
    read: async () => [
      { username: 'jane', finding: 'SenderViolation', untilMs: nowMs + 1000 },
      { username: 'jane', finding: 'BounceRate', untilMs: nowMs + 1000 },
    ],
  },
  now: () => nowMs,
});

it('returns the number and hours of violations, the alerts and the suspension', async () => {
  expect(await readViolations({ username: 'jane' }, depsWith({ status: 'disabled', suspension }))).toEqual({
    username: 'jane',
    at: '2026-11-26T10:30:00.000Z',
    windows: { hour: 3, day: 3, '7d': 5, '30d': 5 },
    hours: [
      { hour: '2026-11-26T10', violations: 3 },
      { hour: '2026-11-25T09', violations: 2 },
    ],
    alerts: [{ finding: 'SenderViolation', quietUntil: '2026-11-26T10:30:01.000Z' }],
    suspension: { code: 'SenderViolations', reason: '3 mails as boss@', at: '2026-11-26T10:00:00.000Z' },
  });
});

it('fails without a record', async () => {
  await expect(readViolations({ username: 'jane' }, depsWith(undefined))).rejects.toMatchObject({
    code: 'CredentialNotFound',
  });
});
