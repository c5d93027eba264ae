import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { createOutcomeReport, type OutcomeReport, type UnpublishedEvents } from '../../admin/outcome-report.ts';
import type { CredentialEventType } from '../../credential/credential-event.ts';
import { describeError, toSesameError } from '../../credential/errors.ts';
import { buildEventDetail } from '../../credential/record/event-detail.ts';
import { STREAK_GRACE_MS, type Verification, verifyCredential } from '../../credential/verify/verify.ts';
import * as logMessages from '../../observability/log-messages.ts';
import * as metrics from '../../observability/metrics.ts';
import { forEachBounded } from '../runtime/for-each-bounded.ts';
import { createHasTime, type TimedContext } from '../runtime/time-left.ts';
import type { VerifierDeps } from './deps.ts';
import { readVerificationRequest, type VerificationRequest } from './verification-request.ts';

/** How many credentials log in in parallel. */
const CONCURRENCY = 10;

/** The queue's handler: each message names a credential whose key must be verified by SMTP logins. */
export function createHandler(
  deps: VerifierDeps,
): (event: SQSEvent, context?: TimedContext) => Promise<SQSBatchResponse> {
  return (event, context) =>
    deps.tracing.run(async () => {
      const failures = new Set<string>();
      const { table, now, settings } = deps.verifyDeps;
      const hasTime = createHasTime(context, settings.limitMs + STREAK_GRACE_MS);
      const report = createOutcomeReport({ ...deps, table, now });
      await forEachBounded(event.Records, CONCURRENCY, async (record) => {
        if (!hasTime()) deps.observability.log('warn', logMessages.workPostponed, { messages: 1 });
        else if (await processMessage(record, report, deps)) return;
        failures.add(record.messageId);
      });
      await report.close((unpublished) => {
        for (const record of event.Records) if (isUnpublished(record, unpublished)) failures.add(record.messageId);
      });
      return { batchItemFailures: [...failures].map((itemIdentifier) => ({ itemIdentifier })) };
    });
}

function isUnpublished({ body }: SQSRecord, unpublished: UnpublishedEvents): boolean {
  const request = readVerificationRequest(body);
  return request !== undefined && unpublished.has(request);
}

/** How often a message was received, including this time; undefined if SQS did not say. */
function receiveCount({ attributes }: SQSRecord): number | undefined {
  const count = Number(attributes?.ApproximateReceiveCount);
  return Number.isNaN(count) ? undefined : count;
}

/**
 * Returns false if the message must be delivered again. The queue parks it after too many deliveries. One that can't be
 * read is dropped: anybody may publish events on a bus, and no retry makes it readable.
 */
async function processMessage(record: SQSRecord, report: OutcomeReport, deps: VerifierDeps): Promise<boolean> {
  const { observability, verifyDeps } = deps;
  const request = readVerificationRequest(record.body);
  if (request === undefined) {
    observability.count(metrics.verificationRequestsUnknown);
    observability.log('warn', logMessages.verificationRequestUnknown, { message_id: record.messageId });
    return true;
  }
  // Several deployments may share a bus. Requests of the others are ignored.
  if (request.table !== verifyDeps.table) return true;
  const count = receiveCount(record);
  const verification = await verifyCredential({ ...request, isFirstAttempt: count === 1 }, verifyDeps).catch(
    (error: unknown): Verification => ({
      result: 'failed',
      error: toSesameError(error),
      isNews: false,
      item: undefined,
    }),
  );
  reportVerification(verification, { ...request, isRedelivered: count !== undefined && count > 1 }, report, deps);
  if (verification.result === 'waiting') await waitForSecondAttempt(record, request, deps);
  return verification.result !== 'failed' && verification.result !== 'waiting';
}

/** If the delay cannot be set, the queue's own visibility time-out applies. */
async function waitForSecondAttempt(
  { receiptHandle, messageId }: SQSRecord,
  { correlationId, username }: VerificationRequest,
  { delay, secondAttemptSeconds, observability }: VerifierDeps,
): Promise<void> {
  await delay.delay(receiptHandle, secondAttemptSeconds).catch((error: unknown) => {
    observability.log('warn', logMessages.messageNotDelayed, {
      correlation_id: correlationId,
      username,
      message_id: messageId,
      ...describeError(toSesameError(error)),
    });
  });
}

function reportVerification(
  verification: Verification,
  request: VerificationRequest & { readonly isRedelivered: boolean },
  report: OutcomeReport,
  { observability, verifyDeps }: VerifierDeps,
): void {
  const { table, username, accessKeyId, correlationId, isRedelivered } = request;
  const details = { correlation_id: correlationId, username, access_key_id: accessKeyId };
  const addEvent = (type: CredentialEventType, more: { code?: string; reason?: string; runbook?: string } = {}) =>
    report.addEvent({
      type,
      detail: {
        ...buildEventDetail({ table, username, atMs: verifyDeps.now(), correlationId }, verification.item),
        access_key_id: accessKeyId,
        ...more,
      },
    });
  switch (verification.result) {
    case 'verified':
      observability.count(metrics.credentialsVerified);
      observability.log('info', logMessages.credentialVerified, { ...details, logins: verification.logins });
      addEvent('verified');
      break;
    case 'skipped':
      observability.log('info', logMessages.verificationSkipped, { ...details, reason: verification.reason });
      // This is a redelivery, so the event may not have been published.
      if (verification.reason === 'verified before' && isRedelivered) addEvent('verified');
      break;
    case 'waiting':
      observability.log('warn', logMessages.verificationWaits, { ...details, ...describeError(verification.error) });
      break;
    case 'failed':
    case 'unreadable': {
      const { error, isNews } = verification;
      observability.count(metrics.verificationsFailed);
      observability.log('error', logMessages.verificationFailed, { ...details, ...describeError(error) });
      if (isNews)
        addEvent('verification failed', { code: error.code, reason: error.message, runbook: 'verification-failed' });
      break;
    }
  }
}
