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
import { logMessages } from '../observability/log-catalogue.ts';
import { metrics } from '../observability/metric-catalogue.ts';
import type { Observability } from '../observability/observability.ts';
import type { AlertNotifier } from './alert-notifier.ts';
import type { OutcomeReport } from './outcome-report.ts';

/** How often a record that changes meanwhile is looked at. */
const maxAttempts = 3;
/** How long what went wrong at a suspension may come again: its queue parks a message well before. */
const republishSeconds = 6 * 3_600;

export interface SuspendDeps {
  readonly credentials: Pick<CredentialTable, 'read' | 'updateUnclaimed'>;
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

/** A suspension that stands on its record, and has yet to be alerted. */
export interface NewSuspension {
  readonly record: CredentialRecord;
}

/**
 * Suspends a credential, if it may still work or its suspension ends by itself sooner: one conditional write on its record. The table's
 * stream does the rest, as for an administrator's `disabled`. It is logged and counted, and its event goes to the report; people are
 * told by {@link alertSuspension}, which may fail. Returns undefined when there was nothing to suspend.
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
    // Also on a record that is full: switching off doesn't wait for somebody who makes room.
    const { written, item: left } = await writeMakingRoom(
      (change) => deps.credentials.updateUnclaimed(username, change, suspension.condition),
      suspension.change,
      item,
    );
    // Refused, and yet it stands there: the first try's answer was lost.
    if (!written && !isDeepStrictEqual(left?.['suspension'], suspension.change.set['suspension'])) continue;
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
 * Tells people of a suspension, once. Throws when they couldn't be told: it is tried again when the mail that caused the suspension is
 * delivered again.
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
 * Tells again of a suspension that one of these mails caused, as their messages come again only when something went wrong: people if
 * they weren't told, and the bus in any case.
 */
export async function republishSuspension(
  record: CredentialRecord,
  mails: { readonly messageIds: ReadonlySet<string>; readonly areRedelivered: boolean },
  report: Pick<OutcomeReport, 'addEvent'>,
  deps: SuspendDeps,
): Promise<void> {
  const { correlationId, atMs = 0 } = readSuspension(record.item) ?? {};
  if (record.status !== 'disabled' || correlationId === undefined || !mails.messageIds.has(correlationId)) return;
  // Complaints about the same mail arrive for days, and are no reason to tell of its suspension.
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
