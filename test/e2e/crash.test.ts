import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Fault } from '../support/fault-proxy.ts';
import { audit } from './crash/audit.ts';
import { type CrashFlow, createCrashFlows } from './crash/crash-flows.ts';
import { type Cell, type CrashLab, startCrashLab } from './crash/crash-lab.ts';

const harmless: Fault[] = ['answer lost', 'throttled', 'server error', 'access denied', 'time-out', 'never answered'];
const kills: Fault[] = ['killed before', 'killed after'];
const faults = [...kills, ...harmless.filter((fault) => fault !== 'never answered')];

let lab: CrashLab;
let flows: Record<string, CrashFlow>;
let usernames = 0;

beforeAll(async () => {
  lab = await startCrashLab();
  flows = createCrashFlows(lab.stack);
});
afterAll(() => lab.stop());

function createCell(flowName: string, fault?: NonNullable<Cell['fault']>): Cell {
  usernames += 1;
  const username = `crash-${String(usernames).padStart(4, '0')}`;
  return { username, flowName, flow: flows[flowName] as CrashFlow, ...(fault === undefined ? {} : { fault }) };
}

/** Finds out which calls each flow makes. */
async function discover(): Promise<Cell[]> {
  const cells = Object.keys(flows).map((name) => createCell(name));
  await lab.prepare(cells);
  const { calls, open } = await lab.run(cells, 45);
  expect(open, 'without any fault').toEqual([]);
  return cells.flatMap(({ flowName, username }) => {
    const seen = new Map<string, number>();
    return (calls.get(username) ?? []).flatMap((call) => {
      const nth = (seen.get(call) ?? 0) + 1;
      seen.set(call, nth);
      // One call of all is left hanging for as long as the client's own time-out is.
      const isPatient = flowName === 'create' && call === 'iam:CreateAccessKey';
      return faults.map((what) =>
        createCell(flowName, { call, nth, what: isPatient && what === 'time-out' ? 'never answered' : what }),
      );
    });
  });
}

describe('every flow, at every call, with every fault', () => {
  it('ends as it should', { timeout: 600_000 }, async () => {
    const startedMs = performance.now();
    const cells = await discover();
    await lab.prepare(cells);
    const preparedMs = performance.now();
    const struck = new Set<string>();
    for (const group of [harmless, kills]) {
      const some = cells.filter(({ fault }) => fault !== undefined && group.includes(fault.what));
      for (const username of (await lab.run(some, 150)).struck) struck.add(username);
    }
    const problems = await findProblems(cells, struck);
    const table = drawTable(cells, problems);
    const seconds = (ms: number) => Math.round((performance.now() - ms) / 1000);
    console.log(
      `${table}\n${cells.length} cells, ${problems.size} lost, ${lab.proxy.counts.kills} kills, ` +
        `${seconds(startedMs)} s (${seconds(preparedMs)} s without preparation)`,
    );
    expect([...problems].map(([username, problem]) => `${username}: ${problem}`)).toEqual([]);
    expect(await lab.countMessages(), 'messages left in queues').toBe(0);
    expect(new Set(cells.map(({ flowName }) => flowName)).size).toBe(Object.keys(flows).length);
  });
});

async function findProblems(cells: readonly Cell[], struck: ReadonlySet<string>): Promise<Map<string, string>> {
  const records = await lab.readRecords();
  const problems = await audit(
    lab.stack,
    cells.map(({ username }) => username),
    records,
  );
  for (const { username, flow, fault } of cells) {
    // A kill that never struck came too late: another one had ended the process already.
    const mayMiss = fault !== undefined && kills.includes(fault.what);
    if (!flow.isDone(records.get(username))) problems.set(username, JSON.stringify(records.get(username)));
    else if (!struck.has(username) && !mayMiss) problems.set(username, 'the fault never struck');
  }
  return problems;
}

/** Flows and their calls, by faults. */
function drawTable(cells: readonly Cell[], problems: ReadonlyMap<string, string>): string {
  const rows = new Map<string, string[]>();
  for (const { flowName, fault, username } of cells) {
    const row = `${flowName}: ${fault?.call} ${fault?.nth}`;
    const column = faults.indexOf(fault?.what === 'never answered' ? 'time-out' : (fault?.what as Fault));
    const marks = rows.get(row) ?? faults.map(() => '-');
    marks[column] = problems.has(username) ? 'LOST' : 'survived';
    rows.set(row, marks);
  }
  const line = (name: string, marks: readonly string[]) =>
    name.padEnd(58) + marks.map((mark) => mark.padEnd(15)).join('');
  return [line('flow and call', faults), ...[...rows].map(([name, marks]) => line(name, marks))].join('\n');
}
