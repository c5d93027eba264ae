import { existsSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Item } from '../credential-table.ts';
import { describeCredential } from './describe-credential.ts';
import { readRecord } from './record.ts';

const nowMs = Date.parse('2026-11-26T12:00:00.000Z');
const at = '2026-11-20T12:00:00.000Z';
const about = (item: Item) => describeCredential(readRecord('jane', item), nowMs);
const active: Item = {
  status: 'active',
  access_key_id: 'AKIAJANE',
  encrypted_password: 'ciphertext',
  key_created_at: '2026-11-16T11:00:00.000Z',
  verified_at: '2026-11-16T11:01:00.000Z',
  last_transition: { name: 'activated', at, correlation_id: 'event-1' },
};

describe('the description of a credential', () => {
  it('that works has a key with its age, and no problem', () => {
    expect(about(active)).toEqual({
      username: 'jane',
      state: 'active',
      since: at,
      problems: [],
      warnings: [],
      key: {
        accessKeyId: 'AKIAJANE',
        createdAt: '2026-11-16T11:00:00.000Z',
        ageDays: 10,
        verification: 'verified',
      },
      rotation: { phase: 'none' },
    });
    expect(JSON.stringify(about(active))).not.toContain('ciphertext');
  });

  it.each<[string, Item, object]>([
    ['pending', { status: 'pending' }, { state: 'pending', problems: [], rotation: { phase: 'none' } }],
    [
      'failed',
      {
        status: 'failed',
        failure: { code: 'PolicyQuotaReached', message: 'Too many.', at, since: '2026-11-19T12:00:00.000Z' },
      },
      {
        state: 'failed',
        since: '2026-11-19T12:00:00.000Z',
        problems: [{ code: 'PolicyQuotaReached', text: 'Too many.', runbook: 'iam-quota-reached' }],
      },
    ],
    [
      'on its way off',
      { ...active, status: 'disabled', failure: { code: 'TimeoutError', message: 'Late.', at, wish: 'disabled' } },
      {
        state: 'disabling',
        since: at,
        problems: [
          { code: 'NotDisabled', runbook: 'not-disabled', remedy: expect.any(String) },
          { code: 'TimeoutError', runbook: 'failed-credential' },
        ],
      },
    ],
    [
      'suspended for a while',
      {
        ...active,
        status: 'disabled',
        disabled_at: at,
        suspension: { reason: 'SendQuota', at, evidence: '11 of 10', until: '2026-11-26T13:00:00.000Z' },
      },
      {
        state: 'disabled',
        since: at,
        suspension: { code: 'SendQuota', reason: '11 of 10', at, until: '2026-11-26T13:00:00.000Z' },
        problems: [
          { code: 'SendQuota', runbook: 'suspended-credential', remedy: expect.stringContaining('automatically') },
        ],
      },
    ],
    [
      'whose login fails',
      { ...active, verified_at: undefined, verification_failure: { code: 'LoginRefused', message: '535.', at } },
      {
        key: { verification: 'failed' },
        problems: [{ code: 'LoginRefused', text: '535.', runbook: 'verification-failed' }],
      },
    ],
    [
      'with an old key that is still in use',
      {
        ...active,
        previous_key: { access_key_id: 'AKIAOLD', retire_after: '2026-10-01T00:00:00.000Z', reported_at: at },
        warning: 'Nobody receives.',
      },
      {
        rotation: { phase: 'retire', previousKeyWorksUntil: '2026-10-01T00:00:00.000Z' },
        problems: [{ code: 'OldKeyInUse', runbook: 'old-key-in-use' }],
        warnings: [{ code: 'Warning', text: 'Nobody receives.' }],
      },
    ],
    ['due for rotation', { ...active, rotate_after_days: 10 }, { rotation: { phase: 'rotate' } }],
    [
      'with an end to come',
      { ...active, valid_until: '2026-12-31' },
      { expiry: { at: '2027-01-01T00:00:00.000Z', isOver: false }, problems: [] },
    ],
    [
      'whose end has come',
      { ...active, valid_until: '2026-11-26T12:00:00Z' },
      { expiry: { isOver: true }, problems: [{ code: 'Expired', runbook: 'suspended-credential' }] },
    ],
  ])('%s', (_title, item, expected) => {
    expect(about(item)).toMatchObject(expected);
  });

  it('never throws, even for damaged records, and names existing runbooks', () => {
    const value = fc.oneof(
      fc.anything(),
      fc.constantFrom('active', 'disabled', 'failed', at, '+275760-09-13T00:00:00.000Z'),
      fc.record({
        reason: fc.string(),
        at: fc.string(),
        code: fc.string(),
        message: fc.anything(),
        retire_after: fc.string(),
      }),
    );
    const names = ['status', 'failure', 'suspension', 'verification_failure', 'previous_key', 'last_transition'];
    const times = ['valid_until', 'disabled_at', 'key_created_at', 'verified_at', 'expiry_announced'];
    const item = fc.record(Object.fromEntries([...names, ...times].map((name) => [name, value])), { requiredKeys: [] });
    fc.assert(
      fc.property(item, (each) => {
        const { problems } = about(each as Item);
        for (const { code, text, runbook } of problems) {
          expect(typeof code).toBe('string');
          expect(typeof text).toBe('string');
          expect(existsSync(join(import.meta.dirname, `../../../docs/runbooks/${runbook}.md`)), runbook).toBe(true);
        }
      }),
      { numRuns: 500 },
    );
  });
});
