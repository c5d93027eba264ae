import type { CredentialEvent } from '../credential/credential-event.ts';
import type { CredentialTable } from '../credential/credential-table.ts';
import { readRecord } from '../credential/record.ts';
import { logMessages } from '../observability/log-catalogue.ts';
import { metrics } from '../observability/metric-catalogue.ts';
import type { Observability } from '../observability/observability.ts';
import type { SuspensionEnds } from '../sending/sending-stores.ts';
import { buildSuspension } from '../sending/suspension.ts';
import type { AlertDesk } from './alert-desk.ts';

/** How often a record that changes meanwhile is looked at. */
const maxLooks = 3;

export interface SuspendDeps {
  readonly credentials: Pick<CredentialTable, 'read' | 'note'>;
  readonly ends: SuspensionEnds;
  readonly alerts: AlertDesk;
  readonly observability: Observability;
  readonly table: string;
  readonly now: () => number;
}

export interface SuspensionRequest {
  readonly username: string;
  readonly reason: Parameters<typeof buildSuspension>[0]['reason'];
  readonly evidence: string;
  readonly correlationId: string;
  /** Epoch milliseconds; without it only an administrator ends the suspension. */
  readonly untilMs?: number;
}

/**
 * Suspends a credential, if it may still work: one conditional write on its record. The table's stream does the rest, as for an
 * administrator's `disabled`. Returns the event to publish; undefined when there was nothing to suspend.
 */
export async function suspendCredential(
  request: SuspensionRequest,
  deps: SuspendDeps,
): Promise<CredentialEvent | undefined> {
  const { username, reason, evidence, correlationId, untilMs } = request;
  for (let look = 0; look < maxLooks; look += 1) {
    const item = await deps.credentials.read(username);
    if (item === undefined) return undefined;
    const nowMs = deps.now();
    const record = readRecord(username, item);
    const suspension = buildSuspension({
      record,
      reason,
      evidence,
      nowMs,
      ...(untilMs === undefined ? {} : { untilMs }),
    });
    if (suspension === undefined) return undefined;
    if (untilMs !== undefined) await deps.ends.remember(username, untilMs);
    const { written } = await deps.credentials.note(username, suspension.change, suspension.condition);
    if (!written) continue;
    deps.observability.count(metrics.credentialsSuspended);
    deps.observability.log('warn', logMessages.credentialSuspended, {
      correlation_id: correlationId,
      username,
      reason,
      evidence,
      ...(untilMs === undefined ? {} : { until: new Date(untilMs).toISOString() }),
    });
    await deps.alerts.tell({
      username,
      code: reason,
      subject: `${username} is suspended (${reason})`,
      evidence,
      correlationId,
    });
    return {
      type: 'suspended',
      detail: {
        table: deps.table,
        username,
        at: new Date(nowMs).toISOString(),
        correlation_id: correlationId,
        status: 'disabled',
        ...(record.accessKeyId === undefined ? {} : { access_key_id: record.accessKeyId }),
        code: reason,
        reason: evidence,
      },
    };
  }
  return undefined;
}
