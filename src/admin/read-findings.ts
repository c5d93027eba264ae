import type { DriftKind } from '../credential/drift/drift-finding.ts';
import { type FindingRepair, repairOfFinding } from '../credential/drift/finding-repairs.ts';
import type { FindingOutcome, KeptFindings } from '../credential/drift/kept-finding.ts';
import type { SweepPositions } from '../credential/drift/sweep-position.ts';

export interface ReadFindingsDeps {
  readonly sweepPositions: Pick<SweepPositions, 'read'>;
  readonly findings: KeptFindings;
}

export interface ReportedFinding extends FindingRepair {
  readonly username: string;
  readonly kind: DriftKind;
  readonly message: string;
  readonly outcome: FindingOutcome;
  /** ISO 8601 */
  readonly foundAt: string;
  readonly correlationId: string;
}

export interface SweepFindings {
  /** The number of complete sweeps so far. */
  readonly sweeps: number;
  /** When the last run of a sweep ended: ISO 8601. Undefined: there was none yet. */
  readonly sweptAt: string | undefined;
  /** A sweep has begun and isn't complete: its findings come beside those of the complete one. */
  readonly isRunning: boolean;
  /** Those that are open come first. */
  readonly findings: readonly ReportedFinding[];
}

/** What the last sweep found, each with what became of it and what to do. */
export async function readFindings(
  { username }: { readonly username?: string | undefined },
  { sweepPositions, findings }: ReadFindingsDeps,
): Promise<SweepFindings> {
  const { sweepNumber, fromUsername, fromIamUser, updatedAt } = await sweepPositions.read();
  const numbers = sweepNumber === 0 ? [0] : [sweepNumber - 1, sweepNumber];
  const kept = (await Promise.all(numbers.map((number) => findings.read(number)))).flat();
  const latest = new Map(
    kept.map((finding) => [JSON.stringify([finding.username, finding.kind, finding.message]), finding]),
  );
  const found = [...latest.values()]
    .filter((finding) => username === undefined || finding.username === username)
    .map(({ atMs, ...finding }) => ({
      ...finding,
      ...repairOfFinding(finding.kind, finding.outcome),
      foundAt: new Date(atMs).toISOString(),
    }));
  return {
    sweeps: sweepNumber,
    sweptAt: updatedAt,
    isRunning: fromUsername !== undefined || fromIamUser !== undefined,
    findings: found.sort((a, b) => rank(a) - rank(b) || (a.username < b.username ? -1 : 1)),
  };
}

const order: readonly FindingOutcome[] = ['open', 'failed', 'asked', 'repaired'];

function rank({ outcome }: ReportedFinding): number {
  return order.indexOf(outcome);
}
