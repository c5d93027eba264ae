import { expect, it } from 'vitest';
import type { Item } from '../credential-table.ts';
import { readRecord } from './record.ts';
import { shownStatus } from './shown-status.ts';

const off = { status: 'disabled', disabled_at: '2026-03-01T10:00:00.000Z' };

it.each<[Item, unknown]>([
  [{ status: 'active' }, 'active'],
  [{ status: 'pending' }, 'pending'],
  [{ status: 'failed' }, 'failed'],
  [off, 'disabled'],
  [{ status: 'disabled' }, 'disabling'],
  [{ ...off, claim: { by: 'run-1', at: '2026-03-01T10:00:00.000Z' } }, 'disabling'],
  [{ ...off, failure: { wish: 'disabled' } }, 'disabling'],
  [{ status: 'failed', failure: { wish: 'disabled' } }, 'disabling'],
  [{ status: 'pending', failure: { wish: 'disabled' } }, 'pending'],
  [{ status: 'Disabled' }, 'Disabled'],
  [{}, undefined],
])('a record %j is shown as %s', (item, status) => {
  expect(shownStatus(readRecord('john.doe', item))).toBe(status);
});
