import { toSesameError } from '../../credential/errors.ts';
import type { Outcome } from '../../credential/reconcile/contract.ts';
import { reconcile } from '../../credential/reconcile/reconcile.ts';
import { buildEventDetail } from '../../credential/record/event-detail.ts';
import { readRecord } from '../../credential/record/record.ts';
import type { DriftCandidate } from './sweep.ts';
import { keepFinding, reportFailedRead, reportFinding, type Sweep } from './sweep.ts';

/** Reports the differences, and repairs those that need no decision of a person. */
export async function repairDrift(sweep: Sweep, candidate: DriftCandidate): Promise<void> {
  const { findings, username } = candidate;
  for (const finding of findings) reportFinding(sweep, candidate, finding);
  const repairs = findings.filter(({ remedy }) => remedy === 'repair');
  const isRepaired =
    repairs.length > 0 && (await repair(sweep, candidate, repairs.map(({ message }) => message).join(' ')));
  const verifies = repairs.length === 0 && findings.some(({ remedy }) => remedy === 'verify');
  if (verifies) requestVerification(sweep, candidate);
  for (const finding of findings) {
    const repaired = isRepaired ? 'repaired' : 'failed';
    const asked = verifies || isRepaired ? 'asked' : 'open';
    const outcome = finding.remedy === 'repair' ? repaired : finding.remedy === 'verify' ? asked : 'open';
    await keepFinding(sweep, username, finding, outcome);
  }
}

/** @returns whether the record and IAM agree now */
async function repair(sweep: Sweep, { username }: DriftCandidate, reason: string): Promise<boolean> {
  const { deps, run, report, tally } = sweep;
  const about = { username, correlationId: run.correlationId };
  const outcome = await reconcile({ ...about, forceResync: true }, deps.reconcileDeps).catch(
    (error: unknown): Outcome => {
      tally.unrecorded += 1;
      return { result: 'failed', error: toSesameError(error) };
    },
  );
  report.add(outcome, about);
  if (outcome.result === 'failed') tally.failed += 1;
  if (outcome.result !== 'converged') return false;
  tally.repaired += 1;
  // Explains a new password right next to the password.
  const repaired = { at: new Date(deps.now()).toISOString(), reason };
  await deps.reconcileDeps.credentials
    .updateUnclaimed(username, { set: { repaired }, remove: [] }, { status: outcome.item['status'] })
    .catch((error: unknown) => reportFailedRead(sweep, { username }, error));
  return true;
}

/** Publishes the event that triggers the verifier once more. The first one may have been lost. */
function requestVerification({ deps, run, report }: Sweep, { username, item }: DriftCandidate): void {
  const { accessKeyId } = readRecord(username, item);
  report.addEvent({
    type: 'activated',
    detail: {
      ...buildEventDetail(
        { table: deps.reconcileDeps.settings.table, username, atMs: deps.now(), correlationId: run.correlationId },
        item,
      ),
      status: 'active',
      ...(accessKeyId === undefined ? {} : { access_key_id: accessKeyId }),
      reason: 'The key has not logged in yet; another attempt was requested.',
    },
  });
}
