import type { OutcomeReport } from '../../admin/outcome-report.ts';
import { alertSuspension, suspendCredential } from '../../admin/suspend-credential.ts';
import type { CredentialEvent } from '../../credential/credential-event.ts';
import { buildEventDetail } from '../../credential/record/event-detail.ts';
import type { CredentialRecord } from '../../credential/record/record.ts';
import { readCountedFromMs } from '../../credential/record/suspension.ts';
import { describeViolation, describeViolationCount } from '../../mail-events/evidence.ts';
import { violationFeedback } from '../../mail-events/feedback.ts';
import { countableId, planFeedbackWrites } from '../../mail-events/feedback-counter.ts';
import type { Verdict } from '../../mail-events/sender-verdict.ts';
import { judgeViolations } from '../../mail-events/thresholds.ts';
import { sumWindows } from '../../mail-events/windows.ts';
import * as metrics from '../../observability/metrics.ts';
import type { ValidatorDeps } from './deps.ts';
import type { JudgedEvent } from './judge-events.ts';

/** A mail with senders that its record does not allow. */
export type ViolatingEvent = JudgedEvent & { readonly verdict: Extract<Verdict, { readonly verdict: 'violation' }> };

/**
 * Counts a user's violations, suspends after too many, and alerts once. Safe to repeat: nothing is counted or alerted
 * twice. The alert comes last, because its topic may be unavailable.
 */
export async function actOnViolations(
  record: CredentialRecord,
  violations: readonly ViolatingEvent[],
  report: OutcomeReport,
  deps: ValidatorDeps,
): Promise<void> {
  const { username } = record;
  await countNewViolations(record, violations, report, deps);
  const [first] = violations;
  if (first === undefined) return;
  const evidence = describe(first);
  const correlationId = first.received.event.messageId;
  const total = await countViolations(username, deps);
  const tooMany = total === undefined ? '' : describeViolationCount(total, deps.rule.window);
  const suspended =
    total === undefined
      ? undefined
      : await suspendCredential(
          { username, reason: 'SenderViolations', evidence: `${tooMany} The last one: ${evidence}`, correlationId },
          report,
          deps,
        );
  if (suspended !== undefined) await alertSuspension(suspended, correlationId, deps);
  await deps.alerts.notifyOnce({
    username,
    code: 'SenderViolation',
    subject: `${username} sends as somebody else`,
    evidence,
    correlationId,
  });
}

/** Publishes new violations right after counting them, because they are no longer new at the next attempt. */
async function countNewViolations(
  record: CredentialRecord,
  violations: readonly ViolatingEvent[],
  report: OutcomeReport,
  deps: ValidatorDeps,
): Promise<void> {
  const { username } = record;
  const byCountableId = new Map<string, ViolatingEvent>();
  const entries = violations.map((violation) => {
    const { event } = violation.received;
    const feedback = violationFeedback(event);
    for (const countableKey of feedback.countableKeys)
      byCountableId.set(countableId(feedback, countableKey), violation);
    return { username, feedback, sentAtMs: event.sentAtMs ?? event.atMs };
  });
  for (const write of planFeedbackWrites(entries, deps.now())) {
    const newIds = new Set((await deps.feedbackCounter.write(write)).map(({ id }) => id));
    // If a message is redelivered, the counter's response may have been lost, or the event never published. Publishing
    // a violation twice is better than never.
    const toPublish = write.countables.flatMap(({ id }) => {
      const violation = byCountableId.get(id);
      return violation !== undefined && (newIds.has(id) || violation.received.isRedelivered) ? [violation] : [];
    });
    deps.observability.count(metrics.senderViolations, toPublish.length);
    for (const violation of toPublish) report.addEvent(toEvent(record, violation, deps));
  }
}

/** The number of violations in the window, if it is too high. */
async function countViolations(username: string, deps: ValidatorDeps): Promise<number | undefined> {
  const { rule, counters, credentials, now } = deps;
  if (rule.mode !== 'suspend') return undefined;
  const [buckets, item] = await Promise.all([counters.read(username, now()), credentials.read(username)]);
  if (item === undefined) return undefined;
  const windows = sumWindows(buckets, now(), readCountedFromMs(item, now()));
  return judgeViolations(windows, rule) ? windows[rule.window].violations : undefined;
}

function describe({ received, verdict }: ViolatingEvent): string {
  return describeViolation(received.event, verdict.senders, verdict.moreSenders);
}

function toEvent(
  { username, item }: CredentialRecord,
  violation: ViolatingEvent,
  { table, now }: ValidatorDeps,
): CredentialEvent {
  const correlationId = violation.received.event.messageId;
  return {
    type: 'violation',
    detail: {
      ...buildEventDetail({ table, username, atMs: now(), correlationId }, item),
      code: 'SenderViolation',
      reason: describe(violation),
    },
  };
}
