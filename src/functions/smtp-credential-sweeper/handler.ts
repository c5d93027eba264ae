import { createOutcomeReport } from '../../admin/outcome-report.ts';
import type { SweepPosition } from '../../credential/drift/sweep-position.ts';
import { SesameError } from '../../credential/errors.ts';
import { logMessages } from '../../observability/log-catalogue.ts';
import { findingMetrics, metrics } from '../../observability/metric-catalogue.ts';
import { rememberUnpublished } from '../runtime/remember-unpublished.ts';
import { createScheduledRun, type InvocationContext, type ScheduledEvent } from '../runtime/scheduled-run.ts';
import type { SweeperDeps } from './deps.ts';
import type { Sweep } from './sweep.ts';
import { sweepIdentities } from './sweep-identities.ts';
import { sweepOrphans } from './sweep-orphans.ts';
import { compareUsernames, sweepRecords } from './sweep-records.ts';
import { watchIdentities } from './watch-identities.ts';

/** What the sweeper is invoked with. Anything else counts as an ordinary sweep. */
export interface SweepEvent extends ScheduledEvent {
  /** `all`: everything of every user is read in this sweep, and not a part that takes turns. */
  readonly reads?: unknown;
}

/** The schedule's handler: compares the whole table with IAM, from where the run before stopped. */
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
        `${sweep.tally.unrecorded} looks or repairs failed, and no record tells of them. The log says why; the next sweep tries again.`,
      );
    });
}

/** Lambda or Scheduler calls a run again that came to the turn's end: another whole sweep would tell all of it once more. */
function hasFinished({ correlationId }: Sweep['run'], { by, fromUsername, fromIamUser }: SweepPosition): boolean {
  return by === correlationId && fromUsername === undefined && fromIamUser === undefined;
}

/** A full sweep that was cut short goes on. An ordinary one has read too little so far, so that a full one begins from the start. */
function beginFullSweep(stored: SweepPosition): SweepPosition {
  return stored.reads === 'all' ? stored : { sweepNumber: stored.sweepNumber, reads: 'all' };
}

/** Sweeps until all is seen or the time runs out. Returns where the next run begins. */
async function sweepFrom(sweep: Sweep, position: SweepPosition): Promise<SweepPosition> {
  const { sweepNumber, fromUsername, fromIamUser } = position;
  const stopped = { sweepNumber, ...(position.reads === undefined ? {} : { reads: position.reads }) };
  const { observability, inventory } = sweep.deps;
  const { used, quota } = await inventory.countUsers();
  observability.count(metrics.iamUsersUsed, used);
  observability.count(metrics.iamUsersQuota, quota);
  // Before the records: a user that is made meanwhile isn't on this list, and so is no orphan.
  const listed: string[] = [];
  for await (const names of inventory.listUsers()) listed.push(...names);
  // Once a sweep: a run that only goes on with users has it behind it.
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
  return stoppedAtUser === undefined ? { sweepNumber: sweepNumber + 1 } : { ...stopped, fromIamUser: stoppedAtUser };
}

function reportSweep({ deps, run, tally, sweepNumber, scope }: Sweep, isComplete: boolean): void {
  const { observability } = deps;
  const { findings, ...counts } = tally;
  // What was not found isn't counted as 0: each metric costs by the hour in which it is written.
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
