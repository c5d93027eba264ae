import type { OutcomeReport } from '../../admin/outcome-report.ts';
import type { Item } from '../../credential/credential-table.ts';
import type { DriftFinding, DriftKind } from '../../credential/drift/drift-finding.ts';
import type { FindingOutcome } from '../../credential/drift/kept-finding.ts';
import type { SweepScope } from '../../credential/drift/plan-sweep-reads.ts';
import { describeError, toSesameError } from '../../credential/errors.ts';
import { buildEventDetail } from '../../credential/record/event-detail.ts';
import * as logMessages from '../../observability/log-messages.ts';
import type { ScheduledRun } from '../runtime/scheduled-run.ts';
import type { SweeperDeps } from './deps.ts';

/** The counts of a run, as they are logged. */
export interface SweepTally {
  looked: number;
  repaired: number;
  /** Failed reads and repairs. */
  failed: number;
  /** Failures that could not be written on their records. */
  unrecorded: number;
  oldestKeyDays: number;
  unusedKeys: number;
  readonly findings: Map<DriftKind, number>;
}

/** One run of the sweep, with everything that its parts need. */
export interface Sweep {
  readonly deps: SweeperDeps;
  readonly run: ScheduledRun;
  readonly report: OutcomeReport;
  readonly tally: SweepTally;
  readonly sweepNumber: number;
  readonly scope: SweepScope;
}

/** How many users are checked in parallel. */
export const SWEEP_CONCURRENCY = 10;

/** Reports a difference: log, event, count. */
export function reportFinding(
  { deps, run, report, tally }: Sweep,
  { username, item }: { readonly username: string; readonly item?: Item },
  finding: DriftFinding,
): void {
  const { kind, message, remedy } = finding;
  tally.findings.set(kind, (tally.findings.get(kind) ?? 0) + 1);
  const correlationId = run.correlationId;
  deps.observability.log('warn', logMessages.driftFound, {
    correlation_id: correlationId,
    username,
    finding: kind,
    remedy,
    details: message,
  });
  report.addEvent({
    type: 'drift found',
    detail: {
      ...buildEventDetail(
        { table: deps.reconcileDeps.settings.table, username, atMs: deps.now(), correlationId },
        item,
      ),
      code: kind,
      reason: message,
    },
  });
}

/** Keeps a reported difference for people, with what became of it. */
export async function keepFinding(
  sweep: Sweep,
  username: string,
  { kind, message }: DriftFinding,
  outcome: FindingOutcome,
): Promise<void> {
  const { deps, run, sweepNumber } = sweep;
  const finding = { username, kind, message, outcome, atMs: deps.now(), correlationId: run.correlationId };
  await deps.findings
    .keep(sweepNumber, finding)
    .catch((error: unknown) => reportFailedRead(sweep, { username }, error));
}

/** Reports a failed read, which no record shows. */
export function reportFailedRead(
  { deps, run, tally }: Sweep,
  about: Readonly<Record<string, string>>,
  error: unknown,
): void {
  tally.failed += 1;
  tally.unrecorded += 1;
  deps.observability.log('error', logMessages.sweepLookFailed, {
    correlation_id: run.correlationId,
    ...about,
    ...describeError(toSesameError(error)),
  });
}

/** Waits until a difference that was found at this time can be confirmed. */
export async function waitBeforeConfirming({ deps }: Sweep, seenAtMs: number): Promise<void> {
  const waitMs = seenAtMs + deps.confirmAfterSeconds * 1000 - deps.now();
  if (waitMs > 0) await deps.reconcileDeps.sleep(waitMs);
}

/** A record that differs from IAM and has yet to be confirmed: a function may have been working on it. */
export interface DriftCandidate {
  readonly username: string;
  readonly item: Item;
  readonly findings: readonly DriftFinding[];
  readonly seenAtMs: number;
}
