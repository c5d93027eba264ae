import type { OutcomeReport } from '../../admin/outcome-report.ts';
import { alertSuspension, type NewSuspension, suspendCredential } from '../../admin/suspend-credential.ts';
import { buildEventDetail } from '../../credential/record/event-detail.ts';
import { type CredentialRecord, readRecord } from '../../credential/record/record.ts';
import { describeBreaches } from '../../mail-events/evidence.ts';
import { readSendQuota } from '../../mail-events/quota.ts';
import type { FeedbackLevel } from '../../mail-events/thresholds.ts';
import * as logMessages from '../../observability/log-messages.ts';
import * as metrics from '../../observability/metrics.ts';
import type { FeedbackDeps } from './deps.ts';
import { judgeCounters, quotaRequest, rateRequest } from './judge-counters.ts';

export interface CredentialToJudge {
  readonly record: CredentialRecord;
  readonly correlationId: string;
  /** There were hard bounces or complaints, so rates may have risen. */
  readonly hasFailures: boolean;
  /** When the mails were sent that have just been counted, epoch milliseconds: a quota may be exceeded. */
  readonly sentAtMs: readonly number[];
  /** Its messages were delivered before, and something failed then. */
  readonly isRedelivered: boolean;
}

/**
 * Checks a credential by its cached record, and acts only if a fresh record gives the same result.
 *
 * @throws SesameError if an alert could not be sent; everything else is done by then, and repeating it is safe
 */
export async function judgeCredential(
  credential: CredentialToJudge,
  report: OutcomeReport,
  deps: FeedbackDeps,
): Promise<void> {
  const { record, correlationId, hasFailures, sentAtMs } = credential;
  const { username } = record;
  const { perHour, perDay } = readSendQuota(record.item, deps.defaultQuotaPerDay);
  const hasQuota = perHour !== undefined || perDay !== undefined;
  const mayExceedRates = hasFailures || deps.recentFailures.has(username);
  if (!mayExceedRates && !(sentAtMs.length > 0 && hasQuota)) return;
  // Several processes count at the same time. The last one must see what the others counted, so it reads the counters
  // again.
  const buckets = await deps.counters.read(username, deps.now());
  const before = judgeCounters(buckets, record, deps, sentAtMs);
  if (before.feedback.level === 'ok' && before.quota === undefined) return;
  const item = await deps.credentials.read(username);
  if (item === undefined) return;
  const { feedback, quota } = judgeCounters(buckets, readRecord(username, item), deps, sentAtMs);
  const about = { username, correlationId };
  const exceedsRates = feedback.level === 'suspend' && deps.mode === 'suspend';
  const forRates = exceedsRates ? await suspendCredential(rateRequest(feedback, about), report, deps) : undefined;
  const forQuota = quota === undefined ? undefined : await suspendCredential(quotaRequest(quota, about), report, deps);
  // Last, because the topic of alerts may be unavailable.
  await notifyAll([
    ...[forRates, forQuota].filter((suspended) => suspended !== undefined).map(toAlert(correlationId, deps)),
    // Also if the credential is already off for its quota or by an administrator: its bounces are still news.
    ...(feedback.level === 'ok' || forRates !== undefined ? [] : [() => warn(feedback, credential, report, deps)]),
  ]);
}

function toAlert(correlationId: string, deps: FeedbackDeps): (suspended: NewSuspension) => () => Promise<void> {
  return (suspended) => () => alertSuspension(suspended, correlationId, deps);
}

/** Sends the alerts one after another. A failure does not stop the others. */
async function notifyAll(notifications: readonly (() => Promise<void>)[]): Promise<void> {
  const failures: unknown[] = [];
  for (const notify of notifications) await notify().catch((error: unknown) => failures.push(error));
  if (failures.length > 0) throw failures[0];
}

type BreachedLevel = Exclude<FeedbackLevel, { readonly level: 'ok' }>;

async function warn(
  { breaches }: BreachedLevel,
  { record: { username, item }, correlationId, isRedelivered }: CredentialToJudge,
  report: OutcomeReport,
  deps: FeedbackDeps,
): Promise<void> {
  const evidence = describeBreaches(breaches);
  const code = breaches[0]?.metric === 'complaint' ? 'ComplaintWarning' : 'BounceWarning';
  const isNews = await deps.alerts.notifyOnce({
    username,
    code,
    subject: `${username} has too many ${code === 'ComplaintWarning' ? 'complaints' : 'bounces'}`,
    evidence,
    correlationId,
  });
  if (isNews) {
    deps.observability.count(metrics.feedbackWarnings);
    deps.observability.log('warn', logMessages.feedbackWarning, {
      correlation_id: correlationId,
      username,
      finding: code,
      evidence,
    });
  }
  // The event of a redelivered message may not have been published.
  if (!isNews && !isRedelivered) return;
  report.addEvent({
    type: 'feedback warning',
    detail: {
      ...buildEventDetail({ table: deps.table, username, atMs: deps.now(), correlationId }, item),
      code,
      reason: evidence,
    },
  });
}
