import { describe, expect, it } from 'vitest';
import type { Item } from '../credential-table.ts';
import { readRecord } from './record.ts';
import {
  buildDisabledForGood,
  buildSuspension,
  buildSuspensionEnd,
  readCountedFromMs,
  readSuspension,
} from './suspension.ts';

const nowMs = Date.parse('2026-03-01T10:30:00.000Z');
const at = '2026-03-01T10:30:00.000Z';
const record = (item: Item) => readRecord('jane', item);

describe('a suspension', () => {
  const active = record({ status: 'active', access_key_id: 'AKIAIOSFODNN7EXAMPLE' });

  it('disables the record, only while its key works and is the same', () => {
    expect(buildSuspension({ record: active, reason: 'BounceRate', evidence: 'Many bounced.', nowMs })).toEqual({
      change: {
        set: {
          status: 'disabled',
          suspension: { reason: 'BounceRate', at, evidence: 'Many bounced.' },
          counted_from: at,
        },
        remove: [],
      },
      condition: { status: 'active', access_key_id: 'AKIAIOSFODNN7EXAMPLE' },
    });
    expect(
      buildSuspension({ record: record({ status: 'active' }), reason: 'BounceRate', evidence: '', nowMs })?.condition,
    ).toEqual({
      status: 'active',
    });
    const failed = record({ status: 'failed', access_key_id: 'AKIAIOSFODNN7EXAMPLE' });
    expect(buildSuspension({ record: failed, reason: 'BounceRate', evidence: '', nowMs })?.condition).toEqual({
      status: 'failed',
      access_key_id: 'AKIAIOSFODNN7EXAMPLE',
    });
    for (const status of ['disabled', 'pending', 'failed', 7]) {
      expect(
        buildSuspension({ record: record({ status }), reason: 'BounceRate', evidence: '', nowMs }),
      ).toBeUndefined();
    }
  });

  it('leaves a record alone that has an unfinished request to disable', () => {
    const item = {
      status: 'failed',
      access_key_id: 'AKIAIOSFODNN7EXAMPLE',
      failure: { code: 'Throttling', wish: 'disabled' },
    };
    const untilMs = nowMs + 1_800_000;
    expect(
      buildSuspension({ record: record(item), reason: 'SendQuota', evidence: '', nowMs, untilMs }),
    ).toBeUndefined();
    expect(buildSuspension({ record: record(item), reason: 'BounceRate', evidence: '', nowMs })).toBeUndefined();
  });

  it('keeps its evidence short', () => {
    const write = buildSuspension({ record: active, reason: 'SenderViolations', evidence: 'x'.repeat(9000), nowMs });
    expect(write && readSuspension(write.change.set)?.evidence?.length).toBe(500);
  });

  it('by a quota ends when its time is over, and does not reset the bounces', () => {
    const untilMs = nowMs + 1_800_000;
    const write = buildSuspension({ record: active, reason: 'SendQuota', evidence: 'e', nowMs, untilMs });
    const set: Item = write?.change.set ?? {};
    expect(set).not.toHaveProperty('counted_from');
    expect(readSuspension(set)).toEqual({ reason: 'SendQuota', atMs: nowMs, untilMs, evidence: 'e' });
    expect(buildSuspensionEnd(record(set), untilMs - 1)).toBeUndefined();
    expect(buildSuspensionEnd(record(set), untilMs)).toEqual({
      change: { set: { status: 'pending' }, remove: [] },
      condition: { status: 'disabled', suspension: set['suspension'] },
    });
    expect(buildSuspensionEnd(record({ ...set, status: 'pending' }), untilMs)).toBeUndefined();
  });

  it('is replaced only by one that lasts longer', () => {
    const untilMs = nowMs + 1_800_000;
    const ends = { reason: 'SendQuota', at, evidence: 'e', until: new Date(untilMs).toISOString() };
    const off = record({ status: 'disabled', suspension: ends, access_key_id: 'AKIAIOSFODNN7EXAMPLE' });
    const replace = (more: { untilMs?: number }) =>
      buildSuspension({ record: off, reason: 'BounceRate', evidence: 'b', nowMs: nowMs + 1, ...more });
    expect(replace({})).toEqual({
      change: {
        set: {
          status: 'disabled',
          suspension: { reason: 'BounceRate', at: '2026-03-01T10:30:00.001Z', evidence: 'b' },
          counted_from: '2026-03-01T10:30:00.001Z',
        },
        remove: [],
      },
      condition: { status: 'disabled', suspension: ends },
    });
    expect(replace({ untilMs: untilMs + 1 })?.condition).toEqual({ status: 'disabled', suspension: ends });
    expect(replace({ untilMs })).toBeUndefined();
    const { until: _, ...lasting } = ends;
    for (const suspension of [lasting, { ...lasting, until: 'some day' }, 'damaged', undefined]) {
      const item = { status: 'disabled', ...(suspension === undefined ? {} : { suspension }) };
      expect(buildSuspension({ record: record(item), reason: 'BounceRate', evidence: '', nowMs })).toBeUndefined();
    }
  });

  it('loses its end when an administrator disables the record', () => {
    const suspension = { reason: 'SendQuota', at, until: '2026-03-01T11:00:00.000Z' };
    const off = { status: 'disabled', suspension };
    for (const status of ['pending', 'failed', 'active']) {
      expect(buildDisabledForGood({ ...off, status }, { ...off, suspension: { ...suspension } })).toEqual({
        change: { set: {}, remove: ['suspension'] },
        condition: { status: 'disabled', suspension },
      });
    }
    // Our own suspension, an edit of something else, one without an end, no suspension, a new or deleted record.
    expect(buildDisabledForGood({ status: 'active' }, off)).toBeUndefined();
    expect(
      buildDisabledForGood({ ...off, status: 'active', suspension: { ...suspension, at: 'x' } }, off),
    ).toBeUndefined();
    expect(buildDisabledForGood(off, { ...off, description: 'd' })).toBeUndefined();
    const lasting = { reason: 'BounceRate', at };
    expect(
      buildDisabledForGood({ status: 'pending', suspension: lasting }, { status: 'disabled', suspension: lasting }),
    ).toBeUndefined();
    expect(buildDisabledForGood({ status: 'pending' }, { status: 'disabled' })).toBeUndefined();
    expect(buildDisabledForGood(undefined, off)).toBeUndefined();
    expect(buildDisabledForGood({ ...off, status: 'pending' }, undefined)).toBeUndefined();
    expect(buildDisabledForGood({ ...off, status: 'disabled' }, { ...off, status: 'pending' })).toBeUndefined();
  });

  it('without an end can only be ended by an administrator', () => {
    const item = { status: 'disabled', suspension: { reason: 'BounceRate', at } };
    expect(buildSuspensionEnd(record(item), nowMs * 2)).toBeUndefined();
  });

  it.each([undefined, null, 7, [], new Set(['x']), {}, { reason: 7 }])(
    'that says nothing is none: %j',
    (suspension) => {
      expect(readSuspension({ suspension })).toBeUndefined();
    },
  );

  it('says since when counters count', () => {
    expect(readCountedFromMs({ counted_from: at }, nowMs)).toBe(nowMs);
    expect(readCountedFromMs({ counted_from: at }, nowMs - 120_000)).toBe(nowMs);
    expect(readCountedFromMs({ counted_from: at }, nowMs - 120_001)).toBeUndefined();
    expect(readCountedFromMs({ counted_from: '2099-01-01T00:00:00.000Z' }, nowMs)).toBeUndefined();
    expect(readCountedFromMs({ counted_from: 'once' }, nowMs)).toBeUndefined();
    expect(readCountedFromMs({}, nowMs)).toBeUndefined();
  });
});
