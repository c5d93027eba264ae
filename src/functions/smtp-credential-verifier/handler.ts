import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import type { CredentialEventType, EventPublisher } from '../../credential/credential-event.ts';
import { type Verification, type VerifyDeps, verifyCredential } from '../../credential/verify.ts';
import { logMessages } from '../../observability/log-catalogue.ts';
import { metrics } from '../../observability/metric-catalogue.ts';
import type { Observability } from '../../observability/observability.ts';
import type { Tracing } from '../../observability/tracing.ts';
import { forEachBounded } from '../for-each-bounded.ts';
import { createOutcomeReport, describeError, type OutcomeReport, toSesameError } from '../outcome-report.ts';
import { readVerificationRequest, type VerificationRequest } from './verification-request.ts';

/** How many credentials log in side by side. */
const CONCURRENCY = 10;

export interface VerifierDeps {
  readonly verifyDeps: VerifyDeps;
  readonly events: EventPublisher;
  readonly observability: Observability;
  readonly tracing: Tracing;
}

/** The queue's handler: each message names a credential whose key is to be proved by SMTP logins. */
export function createHandler(deps: VerifierDeps): (event: SQSEvent) => Promise<SQSBatchResponse> {
  return (event) =>
    deps.tracing.run(async () => {
      const failures: SQSBatchResponse['batchItemFailures'] = [];
      const { table, now } = deps.verifyDeps;
      const report = createOutcomeReport({ ...deps, table, now });
      await forEachBounded(event.Records, CONCURRENCY, async (record) => {
        if (!(await workOff(record, report, deps))) failures.push({ itemIdentifier: record.messageId });
      });
      await report.close();
      return { batchItemFailures: failures };
    });
}

/** Returns false when the message is to come again; the queue parks what has come too often. */
async function workOff(record: SQSRecord, report: OutcomeReport, deps: VerifierDeps): Promise<boolean> {
  const { observability, verifyDeps } = deps;
  const request = readVerificationRequest(record.body);
  if (request === undefined) {
    observability.count(metrics.verificationRequestsUnknown);
    observability.log('error', logMessages.verificationRequestUnknown, { message_id: record.messageId });
    return false;
  }
  // Several deployments may share a bus: what another one does is its own business.
  if (request.table !== verifyDeps.table) return true;
  const verification = await verifyCredential(request, verifyDeps).catch(
    (error: unknown): Verification => ({ result: 'failed', error: toSesameError(error), isNews: false }),
  );
  tell(verification, request, report, deps);
  return verification.result !== 'failed';
}

function tell(
  verification: Verification,
  request: VerificationRequest,
  report: OutcomeReport,
  { observability, verifyDeps }: VerifierDeps,
): void {
  const { table, username, accessKeyId, correlationId } = request;
  const details = { correlation_id: correlationId, username, access_key_id: accessKeyId };
  const addEvent = (type: CredentialEventType, more: { code?: string; reason?: string } = {}) =>
    report.addEvent({
      type,
      detail: {
        table,
        username,
        at: new Date(verifyDeps.now()).toISOString(),
        correlation_id: correlationId,
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
      break;
    case 'failed': {
      const { error, isNews } = verification;
      observability.count(metrics.verificationsFailed);
      observability.log('error', logMessages.verificationFailed, { ...details, ...describeError(error) });
      if (isNews) addEvent('verification failed', { code: error.code, reason: error.message });
      break;
    }
  }
}
