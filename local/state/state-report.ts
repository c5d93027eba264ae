import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';

/** The emulator's reports about its saved state and its stop; see emulator/state_snapshots.py and launch.py. */
export type StateReport =
  /** All changes up to `at` (ISO 8601) are saved. `last` marks the save at the stop. */
  | { kind: 'saved'; at: string; last: boolean }
  /** The previous save is still good; later changes aren't saved. */
  | { kind: 'failed'; at: string; last: boolean; reason: string }
  /** The saved state can't be used and wasn't changed. One sentence for each fault. */
  | { kind: 'refused'; faults: string[] }
  /** Another emulator uses the folder; `owner` is its process id. */
  | { kind: 'in-use'; owner: string }
  /** The stop waits up to so many seconds for these functions to finish. */
  | { kind: 'waiting'; functions: string[]; seconds: number }
  /** No function runs any more, or the time is up. */
  | { kind: 'drained' };

/** Calls `onReport` for each JSON line of a stream. Resolves when the stream ends. */
export async function followStateReports(stream: Readable, onReport: (report: StateReport) => void): Promise<void> {
  const lines = createInterface({ input: stream });
  lines.on('line', (line) => {
    const report = parse(line);
    if (report) onReport(report);
  });
  stream.on('error', () => lines.close());
  await new Promise((resolve) => lines.once('close', resolve));
}

/** A killed process may leave an incomplete line. */
function parse(line: string): StateReport | undefined {
  try {
    return JSON.parse(line) as StateReport;
  } catch {
    return undefined;
  }
}
