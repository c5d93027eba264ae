import { createOutcomeReport } from '../../admin/outcome-report.ts';
import type { SweepPosition } from '../../credential/drift/sweep-position.ts';
import { SesameError } from '../../credential/errors.ts';
import * as logMessages from '../../observability/log-messages.ts';
import { findingMetrics } from '../../observability/metric-catalogue.ts';
import * as metrics from '../../observability/metrics.ts';
import { rememberUnpublished } from '../runtime/remember-unpublished.ts';
import { createScheduledRun, type InvocationContext, type ScheduledEvent } from '../runtime/scheduled-run.ts';
import type { SweeperDeps } from './deps.ts';
import type { Sweep } from './sweep.ts';
import { sweepIdentities } from './sweep-identities.ts';
import { sweepOrphans } from './sweep-orphans.ts';
import { sweepPolicies } from './sweep-policies.ts';
import { compareUsernames, sweepRecords } from './sweep-records.ts';
import { watchIdentities } from './watch-identities.ts';

/** The sweeper's input. Anything unknown starts an ordinary sweep. */
export interface SweepEvent extends ScheduledEvent {
  /** `all` reads everything of every user in this sweep, instead of a rotating part. */
  readonly reads?: unknown;
}

/** The schedule's handler: compares the whole table with IAM, starting where the previous run stopped. */
export function createHandler(
  deps: SweeperDeps,
): (event: SweepEvent | null | undefined, context: InvocationContext) => Promise<void> {
  return (event, context) =>
    deps.tracing.run(async () => {
      const stored = await deps.positions.read();
      const run = createScheduledRun(event, context, deps.confirmAfterSeconds * 1000);
      if (hasFinished(run, stored)) return;
      const position = event?.reads === 'all' ? beginFullSweep(stored) : stored;
      const sweep: Sweep = {
        deps,
        run,
        report: createOutcomeReport({ ...deps, table: deps.reconcileDeps.settings.table }),
        tally: {
          looked: 0,
          repaired: 0,
          failed: 0,
          unrecorded: 0,
          oldestKeyDays: 0,
          unusedKeys: 0,
          findings: new Map(),
        },
        sweepNumber: position.sweepNumber,
        scope: position.reads ?? position.sweepNumber,
      };
      try {
        const next = await sweepFrom(sweep, position);
        await deps.positions.write(next, run.correlationId);
        reportSweep(sweep, next.sweepNumber !== position.sweepNumber);
      } finally {
        await sweep.report.close((unpublished) => rememberUnpublished(unpublished, deps));
      }
      if (sweep.tally.unrecorded === 0) return;
      throw new SesameError(
        'SweepIncomplete',
        'retryable',
        `${sweep.tally.unrecorded} checks or repairs failed and could not be recorded on a record. The log says why; the next sweep retries them.`,
      );
    });
}

/**
 * Lambda or Scheduler may repeat a run that finished its sweep. Another whole sweep would report everything once more.
 */
function hasFinished({ correlationId }: Sweep['run'], { by, fromUsername, fromIamUser }: SweepPosition): boolean {
  return by === correlationId && fromUsername === undefined && fromIamUser === undefined;
}

/**
 * Continues a full sweep that was cut short. An ordinary one has read too little so far, so a full sweep starts from
 * the beginning.
 */
function beginFullSweep(stored: SweepPosition): SweepPosition {
  return stored.reads === 'all' ? stored : { sweepNumber: stored.sweepNumber, reads: 'all' };
}

/** Sweeps until everything is checked or the time runs out. Returns the position for the next run. */
async function sweepFrom(sweep: Sweep, position: SweepPosition): Promise<SweepPosition> {
  const { sweepNumber, fromUsername, fromIamUser } = position;
  const stopped = { sweepNumber, ...(position.reads === undefined ? {} : { reads: position.reads }) };
  const { observability, inventory } = sweep.deps;
  const { used, quota } = await inventory.countUsers();
  observability.count(metrics.iamUsersUsed, used);
  observability.count(metrics.iamUsersQuota, quota);
  // Listed before the records are read: a user that is created later is not on the list, so it cannot be taken for an
  // orphan.
  const listed: string[] = [];
  for await (const names of inventory.listUsers()) listed.push(...names);
  // Once per sweep: a run that continues with the users has already done this.
  const identityWatch = fromIamUser === undefined ? await watchIdentities(sweep) : undefined;
  const { referenced, stoppedAt } = await sweepRecords(
    sweep,
    (username) => {
      if (fromIamUser !== undefined) return false;
      return fromUsername === undefined || compareUsernames(username, fromUsername) >= 0;
    },
    (username, item) => identityWatch?.see(username, item),
  );
  if (stoppedAt !== undefined) return { ...stopped, fromUsername: stoppedAt };
  if (identityWatch !== undefined) await sweepIdentities(sweep, identityWatch);
  const without = listed.filter((name) => !referenced.has(name) && name >= (fromIamUser ?? '')).sort();
  const stoppedAtUser = await sweepOrphans(sweep, without);
  if (stoppedAtUser === undefined) await sweepPolicies(sweep, referenced);
  return stoppedAtUser === undefined ? { sweepNumber: sweepNumber + 1 } : { ...stopped, fromIamUser: stoppedAtUser };
}

function reportSweep({ deps, run, tally, sweepNumber, scope }: Sweep, isComplete: boolean): void {
  const { observability } = deps;
  const { findings, ...counts } = tally;
  // Zeros are not written, because CloudWatch charges for each metric by the hour.
  for (const [kind, count] of findings) observability.count(findingMetrics[kind], count);
  if (tally.repaired > 0) observability.count(metrics.driftRepaired, tally.repaired);
  observability.count(metrics.oldestKeyAge, tally.oldestKeyDays);
  if (scope === 'all' || sweepNumber % 4 === 3) observability.count(metrics.keysUnused, tally.unusedKeys);
  observability.count(isComplete ? metrics.sweepsCompleted : metrics.runsCutShort);
  observability.log(isComplete ? 'info' : 'warn', logMessages.sweepRunDone, {
    correlation_id: run.correlationId,
    turn: sweepNumber,
    reads: scope === 'all' ? 'all' : 'part',
    complete: isComplete,
    ...counts,
    findings: Object.fromEntries(findings),
    peak_memory_megabytes: Math.round(process.resourceUsage().maxRSS / 1024),
  });
}
