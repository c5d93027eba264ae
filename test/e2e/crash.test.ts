import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Fault } from '../support/fault-proxy.ts';
import { audit } from './crash/audit.ts';
import { createCrashFlows } from './crash/crash-flows.ts';
import { type Cell, type CrashLab, startCrashLab } from './crash/crash-lab.ts';

const faults = [
  'killed before',
  'killed after',
  'answer lost',
  'throttled',
  'server error',
  'access denied',
  'time-out',
] as const satisfies Fault[];
const kills: readonly Fault[] = ['killed before', 'killed after'];

/**
 * A process may be dead already when a fault should kill it, and its retry may make other calls. So a cell whose fault didn't
 * strike is repeated with a new username, together with fewer and fewer others.
 */
const maxRounds = 12;

/** How often each flow is recorded: while IAM lags, a call may be repeated in one run and not in the next. */
const recordings = 4;

let lab: CrashLab;
let usernames = 0;

beforeAll(async () => {
  lab = await startCrashLab();
});
afterAll(() => lab.stop());

interface LabCell extends Cell {
  readonly column?: Fault;
}

function createCell(flowName: string, at?: { call: string; nth: number; fault: Fault }): LabCell {
  usernames += 1;
  const username = `crash-${String(usernames).padStart(4, '0')}`;
  const flow = createCrashFlows(lab.stack)[flowName];
  if (flow === undefined) throw new Error(`There's no flow ${flowName}.`);
  if (at === undefined) return { username, flowName, flow };
  const { call, nth, fault } = at;
  // Only one call hangs for as long as the client's own timeout.
  const isPatient = fault === 'time-out' && flowName === 'create' && call === 'iam:CreateAccessKey';
  const what = isPatient ? 'never answered' : fault;
  return { username, flowName, flow, column: fault, fault: { call, nth, what } };
}

/**
 * Records each flow several times, and makes a cell for each call and fault. A call counts as often as it occurs in every
 * recording: a further repetition, which only a long lag of IAM causes, may not come when its cell waits for it.
 */
async function discover(): Promise<LabCell[]> {
  const names = Object.keys(createCrashFlows(lab.stack));
  const cells = names.flatMap((name) => Array.from({ length: recordings }, () => createCell(name)));
  await lab.prepare(cells);
  const { calls, open } = await lab.run(cells, 45);
  expect(open, 'without any fault').toEqual([]);
  return names.flatMap((flowName) => {
    const counts = cells
      .filter((cell) => cell.flowName === flowName)
      .map(({ username }) => countEach(calls.get(username) ?? []));
    return [...(counts[0] ?? [])].flatMap(([call]) => {
      const always = Math.min(...counts.map((count) => count.get(call) ?? 0));
      return Array.from({ length: always }, (_, index) => index + 1).flatMap((nth) =>
        faults.map((fault) => createCell(flowName, { call, nth, fault })),
      );
    });
  });
}

function countEach(calls: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const call of calls) counts.set(call, (counts.get(call) ?? 0) + 1);
  return counts;
}

/** Runs the cells in parallel. Returns the problems by username, and the usernames whose fault struck. */
async function strike(
  cells: readonly LabCell[],
): Promise<{ problems: Map<string, string>; struck: ReadonlySet<string> }> {
  await lab.prepare(cells);
  const { struck, published } = await lab.run(cells, 200);
  const records = await lab.readRecords();
  const names = cells.map(({ username }) => username);
  const problems = await audit(lab.stack, names, records);
  for (const { username, flow } of cells) {
    if (!flow.isDone(records.get(username))) problems.set(username, JSON.stringify(records.get(username)));
    else if (!flow.publishes.some((type) => published.get(username)?.has(type)))
      problems.set(username, `only published ${[...(published.get(username) ?? [])].join()}`);
  }
  expect(await lab.countMessages(), 'messages left in queues').toBe(0);
  return { problems, struck };
}

/** Runs cells until every fault has struck. Returns the problems and the number of rounds. */
async function strikeAll(cells: LabCell[]): Promise<{ problems: Map<string, string>; rounds: number }> {
  const problems = new Map<string, string>();
  let missed = cells;
  for (let round = 1; round <= maxRounds; round += 1) {
    const result = await strike(missed);
    for (const [username, problem] of result.problems) problems.set(username, problem);
    missed = missed.filter(({ username }) => !result.struck.has(username));
    if (missed.length === 0) return { problems, rounds: round };
    missed = missed.map((cell) => retry(cells, cell));
  }
  for (const { username } of missed) problems.set(username, 'the fault never struck');
  return { problems, rounds: maxRounds };
}

/** Replaces a cell by one with a new username. */
function retry(cells: LabCell[], cell: LabCell): LabCell {
  usernames += 1;
  const again = { ...cell, username: `crash-${String(usernames).padStart(4, '0')}` };
  cells[cells.indexOf(cell)] = again;
  return again;
}

describe('every flow, at every call, with every fault', () => {
  it('ends as it should', { timeout: 600_000 }, async () => {
    const startedMs = performance.now();
    const cells = await discover();
    const isKill = ({ column }: LabCell) => column !== undefined && kills.includes(column);
    const others = cells.filter((cell) => !isKill(cell));
    const killed = cells.filter(isKill);
    const results = [await strikeAll(others), await strikeAll(killed)];
    const problems = new Map(results.flatMap((result) => [...result.problems]));
    const seconds = Math.round((performance.now() - startedMs) / 1000);
    const { kills: count } = lab.proxy.counts;
    console.log(
      `${drawTable([...others, ...killed], problems)}\n${cells.length} cells, ${problems.size} lost, ${count} kills, ` +
        `${results.map(({ rounds }) => rounds).join(' and ')} rounds, ${seconds} s`,
    );
    expect([...problems].map(([username, problem]) => `${username}: ${problem}`)).toEqual([]);
    expect(new Set(cells.map(({ flowName }) => flowName)).size).toBeGreaterThanOrEqual(9);
  });
});

/** Draws a table of flows and their calls, with a column per fault. */
function drawTable(cells: readonly LabCell[], problems: ReadonlyMap<string, string>): string {
  const rows = new Map<string, string[]>();
  for (const { flowName, fault, column, username } of cells) {
    const row = `${flowName}: ${fault?.call} ${fault?.nth}`;
    const marks = rows.get(row) ?? [];
    marks[faults.indexOf(column as (typeof faults)[number])] = problems.has(username) ? 'LOST' : 'survived';
    rows.set(row, marks);
  }
  const line = (name: string, marks: readonly string[]) =>
    name.padEnd(58) + marks.map((mark) => mark.padEnd(15)).join('');
  return [line('flow and call', faults), ...[...rows].map(([name, marks]) => line(name, marks))].join('\n');
}
