import type { OutcomeReport } from '../../admin/outcome-report.ts';
import type { Item } from '../../credential/credential-table.ts';
import type { DriftFinding, DriftKind } from '../../credential/drift/drift-finding.ts';
import type { SweepScope } from '../../credential/drift/plan-sweep-reads.ts';
import { describeError, toSesameError } from '../../credential/errors.ts';
import { buildEventDetail } from '../../credential/record/event-detail.ts';
import { logMessages } from '../../observability/log-catalogue.ts';
import type { ScheduledRun } from '../runtime/scheduled-run.ts';
import type { SweeperDeps } from './deps.ts';

/** What a run has seen and done so far. */
export interface SweepTally {
  looked: number;
  repaired: number;
  /** Looks and repairs that failed. */
  failed: number;
  /** Of these failures no record tells. */
  unrecorded: number;
  oldestKeyDays: number;
  unusedKeys: number;
  readonly findings: Map<DriftKind, number>;
}

/** One run of the sweep, with all that its parts need. */
export interface Sweep {
  readonly deps: SweeperDeps;
  readonly run: ScheduledRun;
  readonly report: OutcomeReport;
  readonly tally: SweepTally;
  readonly sweepNumber: number;
  readonly scope: SweepScope;
}

/** How many users are looked at side by side. */
export const SWEEP_CONCURRENCY = 10;

/** Tells of a difference: log, event, count. */
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

/** Tells of a look that failed. No record does. */
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

/** Waits until something that was seen then has had its time to settle. */
export async function waitBeforeConfirming({ deps }: Sweep, seenAtMs: number): Promise<void> {
  const waitMs = seenAtMs + deps.confirmAfterSeconds * 1000 - deps.now();
  if (waitMs > 0) await deps.reconcileDeps.sleep(waitMs);
}

/** A record that differs from IAM, as long as nobody shows that it was just being worked on. */
export interface DriftCandidate {
  readonly username: string;
  readonly item: Item;
  readonly findings: readonly DriftFinding[];
  readonly seenAtMs: number;
}
