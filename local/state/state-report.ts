import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';

/** What the emulator tells of the state that it keeps; see emulator/state_snapshots.py. */
export type StateReport =
  /** All that had changed until `at` (ISO 8601) is saved. `last` belongs to the stop. */
  | { kind: 'saved'; at: string; last: boolean }
  /** What was saved before still stands; what changed since isn't saved. */
  | { kind: 'failed'; at: string; last: boolean; reason: string }
  /** The saved state can't be used, and nothing of it was changed. One sentence for each fault. */
  | { kind: 'refused'; faults: string[] }
  /** Another emulator keeps its state there; `owner` is its process id. */
  | { kind: 'in-use'; owner: string };

/** Calls `onReport` with each report of a stream of JSON lines. Resolves when the stream ends. */
export async function followStateReports(stream: Readable, onReport: (report: StateReport) => void): Promise<void> {
  const lines = createInterface({ input: stream });
  lines.on('line', (line) => {
    const report = parse(line);
    if (report) onReport(report);
  });
  stream.on('error', () => lines.close());
  await new Promise((resolve) => lines.once('close', resolve));
}

/** A process that is killed may leave half a line. */
function parse(line: string): StateReport | undefined {
  try {
    return JSON.parse(line) as StateReport;
  } catch {
    return undefined;
  }
}
