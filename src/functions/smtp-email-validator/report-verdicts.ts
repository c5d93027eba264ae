import type { AlertNotifier } from '../../admin/alert-notifier.ts';
import type { Verdict, VerdictName } from '../../mail-events/sender-verdict.ts';
import * as logMessages from '../../observability/log-messages.ts';
import type { Metric } from '../../observability/metric-catalogue.ts';
import * as metrics from '../../observability/metrics.ts';
import type { LogMessage } from '../../observability/observability.ts';
import { quoteValue } from '../../values/quote-value.ts';
import type { ValidatorDeps } from './deps.ts';
import type { JudgedEvent } from './judge-events.ts';

/** How a verdict is reported. New violations are counted elsewhere. */
interface VerdictReport {
  readonly metric?: Metric;
  readonly level?: 'info' | 'warn' | 'error';
  readonly message?: LogMessage;
}

const verdictReports: Readonly<Record<VerdictName, VerdictReport>> = {
  allowed: { metric: metrics.sendersAllowed },
  violation: { level: 'error', message: logMessages.senderViolation },
  unreadable: { metric: metrics.sendersUnreadable, level: 'info', message: logMessages.senderUnreadable },
  'sends-while-disabled': {
    metric: metrics.sendsWhileDisabled,
    level: 'error',
    message: logMessages.sendsWhileDisabled,
  },
  'other-envelope': {
    metric: metrics.sendersOtherEnvelope,
    level: 'info',
    message: logMessages.senderOtherEnvelope,
  },
  'changed-since': { metric: metrics.sendersChangedSince, level: 'info', message: logMessages.senderChangedSince },
  'record-invalid': { metric: metrics.senderRecordsInvalid, level: 'warn', message: logMessages.senderRecordInvalid },
  'record-missing': { metric: metrics.senderRecordsMissing, level: 'error', message: logMessages.senderRecordMissing },
  'unknown-identity': {
    metric: metrics.senderIdentitiesUnknown,
    level: 'info',
    message: logMessages.senderIdentityUnknown,
  },
};

/** Logs and counts the verdicts. Never logs the subject or content of a mail. */
export function reportVerdicts(judged: readonly JudgedEvent[], { observability }: ValidatorDeps): void {
  for (const [name, ofKind] of Map.groupBy(judged, ({ verdict }) => verdict.verdict)) {
    const { metric, level, message } = verdictReports[name];
    if (metric !== undefined) observability.count(metric, ofKind.length);
    if (level === undefined || message === undefined) continue;
    for (const { received, verdict } of ofKind) {
      const { event } = received;
      observability.log(level, message, {
        correlation_id: event.messageId,
        event_type: event.type,
        ses_message_id: event.messageId,
        sent_at: new Date(event.sentAtMs ?? event.atMs).toISOString(),
        source_ip: event.sourceIp,
        caller_identity: event.callerIdentity,
        recipients: event.destination.length,
        ...verdict,
      });
    }
  }
}

/** Sends an alert for verdicts that need a person. */
export async function notifyOfVerdicts(judged: readonly JudgedEvent[], { alerts }: ValidatorDeps): Promise<void> {
  for (const { received, verdict } of judged) await notifyOfVerdict(verdict, received.event.messageId, alerts);
}

async function notifyOfVerdict(verdict: Verdict, correlationId: string, alerts: AlertNotifier): Promise<void> {
  if (verdict.verdict === 'sends-while-disabled') {
    const { username, status, suspensionReason } = verdict;
    await alerts.notifyOnce({
      username,
      code: 'SendsWhileDisabled',
      subject: `${username} sends although it is ${status}`,
      evidence:
        `Mail ${correlationId} was sent after the record became ${status}` +
        `${suspensionReason === undefined ? '' : ` (${suspensionReason})`}: a key of its IAM user still works. ` +
        'Look at the keys of the IAM user, and deactivate them.',
      correlationId,
    });
  }
  if (verdict.verdict === 'other-envelope') {
    const { username, senders } = verdict;
    await alerts.notifyOnce({
      username,
      code: 'SenderEnvelope',
      subject: `${username} uses another envelope sender`,
      evidence:
        `Mail ${correlationId} has the envelope sender ${quoteValue(senders[0]?.address)}, which the record does not allow; its From is allowed. ` +
        'If the program should do that, as mailing lists do, write allowed_envelope_senders on the record.',
      correlationId,
    });
  }
  if (verdict.verdict === 'unreadable') {
    const { username, unreadable } = verdict;
    const [first] = unreadable;
    await alerts.notifyOnce({
      username,
      code: 'SenderUnreadable',
      subject: `${username} sends with a sender that cannot be read`,
      evidence:
        `Mail ${correlationId} has in its ${first?.where === 'envelope' ? 'envelope' : `${first?.where} header`} ${quoteValue(first?.text)}, which is not an address, so it cannot be compared with the record. ` +
        'Look at the program that sends it: see the runbook sender-violation.',
      correlationId,
    });
  }
  if (verdict.verdict === 'record-invalid' || (verdict.verdict === 'changed-since' && verdict.isFailed === true)) {
    const { username } = verdict;
    const why =
      verdict.verdict === 'record-invalid'
        ? "the senders on its record can't be read"
        : `its record, which does not allow ${quoteValue(verdict.senders[0]?.address)}, could not be carried out`;
    await alerts.notifyOnce({
      username,
      code: 'SenderUnchecked',
      subject: `${username} sends, and its record has failed`,
      evidence:
        `Mail ${correlationId} was not held against the credential, because ${why}. IAM still applies the last good policy. ` +
        'Correct the record: see the runbook failed-credential.',
      correlationId,
    });
  }
  if (verdict.verdict === 'record-missing') {
    const { iamUserName } = verdict;
    await alerts.notifyOnce({
      username: iamUserName,
      code: 'SenderRecordMissing',
      subject: `${iamUserName} sends without a record`,
      evidence: `Mail ${correlationId} was sent by this IAM user, and no record names it. Its key works until somebody deactivates it: see the runbook orphan.`,
      correlationId,
    });
  }
}
