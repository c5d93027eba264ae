import { type CredentialRecord, readRecord } from '../../credential/record.ts';
import { logMessages } from '../../observability/log-catalogue.ts';
import { metrics } from '../../observability/metric-catalogue.ts';
import { describeBreaches, describeQuota } from '../../sending/evidence.ts';
import { judgeQuota, type PassedQuota, readSendQuota } from '../../sending/quota.ts';
import { readCountedFromMs } from '../../sending/suspension.ts';
import { type FeedbackLevel, judgeFeedback } from '../../sending/thresholds.ts';
import { type CounterBucket, sumWindows } from '../../sending/windows.ts';
import type { OutcomeReport } from '../outcome-report.ts';
import { suspendCredential } from '../suspend-credential.ts';
import type { FeedbackDeps } from './handler.ts';

export interface CredentialToJudge {
  readonly record: CredentialRecord;
  readonly correlationId: string;
  /** There were hard bounces or complaints: rates may have risen. */
  readonly hasTrouble: boolean;
  /** There were sends: a quota may be passed. */
  readonly hasSends: boolean;
  /** More batches are on their way, and each is judged: counters of a short while ago will do. */
  readonly isMoreComing: boolean;
}

/** What the counters say about a credential. */
interface Judgement {
  readonly feedback: FeedbackLevel;
  readonly quota: PassedQuota | undefined;
}

/** Judges by what is known, and acts only when the counters and the record as they stand now say the same. */
export async function judgeCredential(
  { record, correlationId, hasTrouble, hasSends, isMoreComing }: CredentialToJudge,
  report: OutcomeReport,
  deps: FeedbackDeps,
): Promise<void> {
  const { username } = record;
  const { perHour, perDay } = readSendQuota(record.item);
  const hasQuota = perHour !== undefined || perDay !== undefined;
  const mayBeTroubled = hasTrouble || deps.counterCache.isTroubled(username);
  if (!mayBeTroubled && !(hasSends && hasQuota)) return;
  // Several processes count at the same time. The last of them must see what the others have counted.
  const { read, readFresh } = deps.counterCache;
  if (isFine(judge(await (isMoreComing ? read : readFresh)(username), record, deps))) return;
  const [buckets, item] = await Promise.all([readFresh(username), deps.credentials.read(username)]);
  if (item === undefined) return;
  const { feedback, quota } = judge(buckets, readRecord(username, item), deps);
  const about = { username, correlationId };
  const isTooMuch = feedback.level === 'suspend' && deps.mode === 'suspend';
  if (isTooMuch) await suspendForRates(feedback, about, report, deps);
  if (quota !== undefined) await suspendForQuota(quota, about, report, deps);
  // Last: the topic of alerts may be out of order.
  if (feedback.level !== 'ok' && !isTooMuch) await warn(feedback, about, report, deps);
}

function judge(buckets: readonly CounterBucket[], record: CredentialRecord, deps: FeedbackDeps): Judgement {
  const nowMs = deps.now();
  const windows = sumWindows(buckets, nowMs, readCountedFromMs(record.item));
  return {
    feedback: judgeFeedback(windows, deps.thresholds),
    quota: judgeQuota(buckets, readSendQuota(record.item), nowMs),
  };
}

function isFine({ feedback, quota }: Judgement): boolean {
  return feedback.level === 'ok' && quota === undefined;
}

interface About {
  readonly username: string;
  readonly correlationId: string;
}

type Trouble = Exclude<FeedbackLevel, { readonly level: 'ok' }>;

async function suspendForRates(
  { breaches }: Trouble,
  about: About,
  report: OutcomeReport,
  deps: FeedbackDeps,
): Promise<void> {
  const reason = breaches[0]?.metric === 'complaint' ? 'ComplaintRate' : 'BounceRate';
  const event = await suspendCredential({ ...about, reason, evidence: describeBreaches(breaches) }, deps);
  if (event !== undefined) report.addEvent(event);
}

async function suspendForQuota(
  quota: PassedQuota,
  about: About,
  report: OutcomeReport,
  deps: FeedbackDeps,
): Promise<void> {
  const { untilMs } = quota;
  const event = await suspendCredential(
    { ...about, reason: 'SendQuota', evidence: describeQuota(quota), untilMs },
    deps,
  );
  if (event !== undefined) report.addEvent(event);
}

async function warn({ breaches }: Trouble, about: About, report: OutcomeReport, deps: FeedbackDeps): Promise<void> {
  const { username, correlationId } = about;
  const evidence = describeBreaches(breaches);
  const code = breaches[0]?.metric === 'complaint' ? 'ComplaintWarning' : 'BounceWarning';
  const isNews = await deps.alerts.tellOnce({
    username,
    code,
    subject: `${username} has too many ${code === 'ComplaintWarning' ? 'complaints' : 'bounces'}`,
    evidence,
    correlationId,
  });
  if (!isNews) return;
  deps.observability.count(metrics.feedbackWarnings);
  deps.observability.log('warn', logMessages.feedbackWarning, {
    correlation_id: correlationId,
    username,
    finding: code,
    evidence,
  });
  report.addEvent({
    type: 'feedback warning',
    detail: {
      table: deps.table,
      username,
      at: new Date(deps.now()).toISOString(),
      correlation_id: correlationId,
      code,
      reason: evidence,
    },
  });
}
