import { isDeepStrictEqual } from 'node:util';
import type { CredentialEvent } from '../credential/credential-event.ts';
import type { CredentialTable } from '../credential/credential-table.ts';
import { buildEventDetail } from '../credential/record/event-detail.ts';
import { writeMakingRoom } from '../credential/record/make-room.ts';
import { type CredentialRecord, readRecord } from '../credential/record/record.ts';
import { runbookOfCode } from '../credential/record/runbook.ts';
import {
  buildSuspension,
  describeSuspension,
  readSuspension,
  type SendingSuspensionCode,
} from '../credential/record/suspension.ts';
import type { SuspensionExpiries } from '../mail-events/stores.ts';
import * as logMessages from '../observability/log-messages.ts';
import * as metrics from '../observability/metrics.ts';
import type { Observability } from '../observability/observability.ts';
import type { AlertNotifier } from './alert-notifier.ts';
import type { OutcomeReport } from './outcome-report.ts';

/** How often a suspension is attempted while other writers change the record. */
const maxAttempts = 3;
/** How long a redelivered mail may repeat the reports of its suspension. Its queue parks the message well before. */
const republishSeconds = 6 * 3_600;

export interface SuspendDeps {
  readonly credentials: Pick<CredentialTable, 'read' | 'update'>;
  readonly expiries: SuspensionExpiries;
  readonly alerts: AlertNotifier;
  readonly observability: Observability;
  readonly table: string;
  readonly now: () => number;
}

export interface SuspensionRequest {
  readonly username: string;
  readonly reason: SendingSuspensionCode;
  readonly evidence: string;
  readonly correlationId: string;
  /** Epoch milliseconds; without it only an administrator ends the suspension. */
  readonly untilMs?: number;
}

/** A suspension that is written on its record and must be alerted. */
export interface NewSuspension {
  readonly record: CredentialRecord;
}

/**
 * Suspends a credential with one conditional write, if it may still work or has a suspension that expires sooner. The
 * table's stream triggers the rest, as for an administrator's `disabled`. Logs, counts and publishes the suspension.
 * {@link alertSuspension} sends the alert, which may fail. Returns undefined if there was nothing to suspend.
 */
export async function suspendCredential(
  request: SuspensionRequest,
  report: Pick<OutcomeReport, 'addEvent'>,
  deps: SuspendDeps,
): Promise<NewSuspension | undefined> {
  const { username, reason, evidence, correlationId, untilMs } = request;
  for (let attempt = 0; attempt < maxAttempts; attempt += 1) {
    const item = await deps.credentials.read(username);
    if (item === undefined) return undefined;
    const suspension = buildSuspension({ ...request, record: readRecord(username, item), nowMs: deps.now() });
    if (suspension === undefined) return undefined;
    if (untilMs !== undefined) await deps.expiries.add(username, untilMs);
    // Makes room on a full record: suspending must not wait for an administrator.
    const result = await writeMakingRoom(
      (change) => deps.credentials.update(username, change, suspension.condition),
      suspension.change,
      item,
    );
    // Refused, although the suspension is on the record: the response of the first attempt was lost.
    if (!result.written && !isDeepStrictEqual(result.item?.['suspension'], suspension.change.set['suspension']))
      continue;
    deps.observability.count(metrics.credentialsSuspended);
    deps.observability.log('warn', logMessages.credentialSuspended, {
      correlation_id: correlationId,
      username,
      reason,
      evidence,
      ...(untilMs === undefined ? {} : { until: new Date(untilMs).toISOString() }),
    });
    const suspended = { record: readRecord(username, { ...item, ...suspension.change.set }) };
    report.addEvent(suspendedEvent(suspended, correlationId, deps));
    return suspended;
  }
  return undefined;
}

/**
 * Sends the alert of a suspension, once. Throws if that fails. The redelivered mail that caused the suspension then
 * retries it.
 */
export async function alertSuspension(
  { record }: NewSuspension,
  correlationId: string,
  { alerts }: Pick<SuspendDeps, 'alerts'>,
): Promise<void> {
  const { username, item } = record;
  const { code, reason } = describeSuspension(item);
  const { atMs, untilMs } = readSuspension(item) ?? {};
  await alerts.notifyOnce({
    username,
    code,
    subject: `${username} is suspended (${code})`,
    evidence: reason,
    correlationId,
    occurrence: [atMs, untilMs].join('-'),
  });
}

/**
 * Reports a suspension again if one of these mails caused it, because a message is redelivered only after a failure.
 * The event is always published again, the alert only if it was not sent.
 */
export async function republishSuspension(
  record: CredentialRecord,
  mails: { readonly messageIds: ReadonlySet<string>; readonly areRedelivered: boolean },
  report: Pick<OutcomeReport, 'addEvent'>,
  deps: SuspendDeps,
): Promise<void> {
  const { correlationId, atMs = 0 } = readSuspension(record.item) ?? {};
  if (record.status !== 'disabled' || correlationId === undefined || !mails.messageIds.has(correlationId)) return;
  // Complaints about the same mail arrive for days. They must not report its suspension again.
  if (deps.now() - atMs > republishSeconds * 1000) return;
  if (mails.areRedelivered) report.addEvent(suspendedEvent({ record }, correlationId, deps));
  await alertSuspension({ record }, correlationId, deps);
}

function suspendedEvent(
  { record }: NewSuspension,
  correlationId: string,
  { table, now }: Pick<SuspendDeps, 'table' | 'now'>,
): CredentialEvent {
  const { username, accessKeyId, item } = record;
  const cause = describeSuspension(item);
  return {
    type: 'suspended',
    detail: {
      ...buildEventDetail({ table, username, atMs: readSuspension(item)?.atMs ?? now(), correlationId }, item),
      status: 'disabled',
      ...(accessKeyId === undefined ? {} : { access_key_id: accessKeyId }),
      ...cause,
      runbook: runbookOfCode(cause.code),
    },
  };
}
