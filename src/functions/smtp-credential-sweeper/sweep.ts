import type { IamInventory } from '../../credential/iam-inventory.ts';
import type { SendingIdentities } from '../../credential/sending-identities.ts';
import type { Finding, FindingKind } from '../../credential/sweep-finding.ts';
import type { SweepPositions } from '../../credential/sweep-position.ts';
import type { DeadLetterQueue } from '../../dead-letter/dead-letter.ts';
import { logMessages } from '../../observability/log-catalogue.ts';
import { describeError, type OutcomeReport, toSesameError } from '../outcome-report.ts';
import type { ReconcilingDeps } from '../reconcile-dependencies.ts';
import type { ScheduledRun } from '../scheduled-run.ts';

export interface SweeperDeps extends ReconcilingDeps {
  readonly inventory: IamInventory;
  readonly positions: SweepPositions;
  readonly deadLetters: DeadLetterQueue;
  readonly identities: SendingIdentities;
  /** What every user of ours is to have. */
  readonly permissionsBoundaryArn: string;
  readonly settleSeconds: number;
}

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
  readonly findings: Map<FindingKind, number>;
}

/** One run of the sweep, with all that its parts need. */
export interface Sweep {
  readonly deps: SweeperDeps;
  readonly run: ScheduledRun;
  readonly report: OutcomeReport;
  readonly tally: SweepTally;
  readonly turn: number;
}

/** How many users are looked at side by side. */
export const SWEEP_CONCURRENCY = 10;

/** Tells of a difference: log, event, count. */
export function tellFinding({ deps, run, report, tally }: Sweep, username: string, finding: Finding): void {
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
      table: deps.reconcileDeps.settings.table,
      username,
      at: new Date(deps.now()).toISOString(),
      correlation_id: correlationId,
      code: kind,
      reason: message,
    },
  });
}

/** Tells of a look that failed. No record does. */
export function tellFailedLook(
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
export async function waitToSettle({ deps }: Sweep, seenAtMs: number): Promise<void> {
  const waitMs = seenAtMs + deps.settleSeconds * 1000 - deps.now();
  if (waitMs > 0) await deps.reconcileDeps.sleep(waitMs);
}
