import { expect, it } from 'vitest';
import type { KeptFinding } from '../credential/drift/kept-finding.ts';
import type { SweepPosition } from '../credential/drift/sweep-position.ts';
import { readFindings } from './read-findings.ts';

const finding = (username: string, more: Partial<KeptFinding> = {}): KeptFinding => ({
  username,
  kind: 'policy-drift',
  message: `The policy of ${username} differs.`,
  outcome: 'repaired',
  atMs: Date.parse('2026-11-26T10:00:00.000Z'),
  correlationId: 'c',
  ...more,
});

function read(position: SweepPosition, kept: Readonly<Record<number, readonly KeptFinding[]>>, username?: string) {
  return readFindings(
    { username },
    {
      sweepPositions: { read: () => Promise.resolve(position) },
      findings: { read: (number) => Promise.resolve(kept[number] ?? []) },
    },
  );
}

it('tells what the last complete sweep found, the open ones first, each with what to do', async () => {
  const kept = {
    6: [finding('old')],
    7: [finding('a'), finding('b', { kind: 'orphan-user', outcome: 'open' }), finding('c', { outcome: 'failed' })],
  };
  const answer = await read({ sweepNumber: 8, updatedAt: '2026-11-26T10:05:00.000Z' }, kept);
  expect(answer).toMatchObject({ sweeps: 8, sweptAt: '2026-11-26T10:05:00.000Z', isRunning: false });
  expect(answer.findings.map(({ username, outcome }) => [username, outcome])).toEqual([
    ['b', 'open'],
    ['c', 'failed'],
    ['a', 'repaired'],
  ]);
  expect(answer.findings[0]).toMatchObject({ runbook: 'orphan', foundAt: '2026-11-26T10:00:00.000Z' });
  expect(answer.findings[2]).toMatchObject({ remedy: 'Nothing: the sweep has repaired it.' });
});

it('adds those of a sweep that is not complete, once each', async () => {
  const kept = { 7: [finding('a', { outcome: 'failed' }), finding('b')], 8: [finding('a')] };
  const answer = await read({ sweepNumber: 8, fromUsername: 'b' }, kept);
  expect(answer.isRunning).toBe(true);
  expect(answer.findings.map(({ username, outcome }) => [username, outcome])).toEqual([
    ['a', 'repaired'],
    ['b', 'repaired'],
  ]);
});

it('has none before the first sweep, and those of one credential on request', async () => {
  expect(await read({ sweepNumber: 0 }, {})).toEqual({ sweeps: 0, sweptAt: undefined, isRunning: false, findings: [] });
  const { findings } = await read({ sweepNumber: 1 }, { 0: [finding('a'), finding('b')] }, 'b');
  expect(findings.map(({ username }) => username)).toEqual(['b']);
});
