import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Fault } from '../support/fault-proxy.ts';
import { audit } from './crash/audit.ts';
import { createCrashFlows } from './crash/crash-flows.ts';
import { type Cell, type CrashLab, isSureToStrike, startCrashLab } from './crash/crash-lab.ts';

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

let lab: CrashLab;
/** Who never came to the call at which the fault was to strike. */
const missed = new Set<string>();
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
  // One call of all is left hanging for as long as the client's own time-out is.
  const isPatient = fault === 'time-out' && flowName === 'create' && call === 'iam:CreateAccessKey';
  const what = isPatient ? 'never answered' : fault;
  return { username, flowName, flow, column: fault, fault: { call, nth, what } };
}

/** Finds out which calls each flow makes, and makes a cell for each with each fault. */
async function discover(): Promise<LabCell[]> {
  const cells = Object.keys(createCrashFlows(lab.stack)).map((name) => createCell(name));
  await lab.prepare(cells);
  const { calls, open } = await lab.run(cells, 45);
  expect(open, 'without any fault').toEqual([]);
  return cells.flatMap(({ flowName, username }) => {
    const seen = new Map<string, number>();
    return (calls.get(username) ?? []).flatMap((call) => {
      const nth = (seen.get(call) ?? 0) + 1;
      seen.set(call, nth);
      return faults.map((fault) => createCell(flowName, { call, nth, fault }));
    });
  });
}

/** Runs the groups one after the other. Returns what went wrong, by username. */
async function strike(groups: readonly (readonly LabCell[])[]): Promise<Map<string, string>> {
  const cells = groups.flat();
  await lab.prepare(cells);
  const struck = new Set<string>();
  for (const group of groups) {
    for (const username of (await lab.run(group, 200)).struck) struck.add(username);
  }
  const records = await lab.readRecords();
  const names = cells.map(({ username }) => username);
  const problems = await audit(lab.stack, names, records);
  for (const cell of cells) {
    const { username, flow } = cell;
    if (!flow.isDone(records.get(username))) problems.set(username, JSON.stringify(records.get(username)));
    else if (!struck.has(username)) {
      missed.add(username);
      if (isSureToStrike(cell)) problems.set(username, 'the fault never struck');
    }
  }
  expect(await lab.countMessages(), 'messages left in queues').toBe(0);
  return problems;
}

describe('every flow, at every call, with every fault', () => {
  it('ends as it should', { timeout: 600_000 }, async () => {
    const startedMs = performance.now();
    const cells = await discover();
    const isKill = ({ column }: LabCell) => column !== undefined && kills.includes(column);
    const problems = await strike([cells.filter((cell) => !isKill(cell)), cells.filter(isKill)]);
    const seconds = Math.round((performance.now() - startedMs) / 1000);
    const { kills: killed } = lab.proxy.counts;
    console.log(
      `${drawTable(cells, problems)}\n${cells.length} cells, ${problems.size} lost, ${missed.size} not met, ${killed} kills, ${seconds} s`,
    );
    expect([...problems].map(([username, problem]) => `${username}: ${problem}`)).toEqual([]);
    expect(new Set(cells.map(({ flowName }) => flowName)).size).toBeGreaterThanOrEqual(9);
  });
});

/** Flows and their calls, by faults. */
function drawTable(cells: readonly LabCell[], problems: ReadonlyMap<string, string>): string {
  const rows = new Map<string, string[]>();
  for (const { flowName, fault, column, username } of cells) {
    const row = `${flowName}: ${fault?.call} ${fault?.nth}`;
    const marks = rows.get(row) ?? [];
    marks[faults.indexOf(column as (typeof faults)[number])] = problems.has(username)
      ? 'LOST'
      : missed.has(username)
        ? 'not met'
        : 'survived';
    rows.set(row, marks);
  }
  const line = (name: string, marks: readonly string[]) =>
    name.padEnd(58) + marks.map((mark) => mark.padEnd(15)).join('');
  return [line('flow and call', faults), ...[...rows].map(([name, marks]) => line(name, marks))].join('\n');
}
