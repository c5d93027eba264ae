import type { CredentialTable } from '../credential/credential-table.ts';
import { type CredentialDescription, describeCredential } from '../credential/record/describe-credential.ts';
import type { CounterReader, OpenAlerts } from '../mail-events/stores.ts';
import { sumWindows, type WindowName, windowNames } from '../mail-events/windows.ts';
import { requireRecord } from './require-record.ts';

/**
 * The violations of a credential that the table holds: how many, when, and which alerts were sent. The senders and
 * mails are in the validator's log and in the alerts.
 */
export interface CredentialViolations {
  readonly username: string;
  /** ISO 8601 */
  readonly at: string;
  /** Mails with a sender that the record does not allow, in rolling windows. */
  readonly windows: Readonly<Record<WindowName, number>>;
  /** The hours with violations, latest first; `hour` is `yyyy-mm-ddThh`, UTC. */
  readonly hours: readonly { readonly hour: string; readonly violations: number }[];
  /** Alerts that were sent, and until when they are not repeated (ISO 8601). */
  readonly alerts: readonly { readonly finding: string; readonly quietUntil: string }[];
  /** Why it is suspended, if it is. */
  readonly suspension?: CredentialDescription['suspension'];
}

export interface ReadViolationsDeps {
  readonly credentials: Pick<CredentialTable, 'read'>;
  readonly counters: CounterReader;
  readonly alerts: OpenAlerts;
  readonly now: () => number;
}

/** The alert codes of the sender check. */
const findings = [
  'SenderViolation',
  'SendsWhileDisabled',
  'SenderViolations',
  'SenderEnvelope',
  'SenderUnreadable',
  'SenderUnchecked',
];

/**
 * Reads a credential's violations.
 *
 * @throws SesameError `CredentialNotFound`, permanent; or what the table throws
 */
export async function readViolations(
  { username }: { readonly username: string },
  deps: ReadViolationsDeps,
): Promise<CredentialViolations> {
  const record = await requireRecord(username, deps.credentials);
  const nowMs = deps.now();
  const [buckets, alerts] = await Promise.all([deps.counters.read(username, nowMs), deps.alerts.read(username, nowMs)]);
  const sums = sumWindows(buckets, nowMs);
  const { suspension } = describeCredential(record, nowMs);
  return {
    username,
    at: new Date(nowMs).toISOString(),
    windows: Object.fromEntries(windowNames.map((name) => [name, sums[name].violations])) as Record<WindowName, number>,
    hours: buckets
      .filter(({ counters }) => counters.violations > 0)
      .map(({ bucket, counters }) => ({ hour: bucket, violations: counters.violations }))
      .sort((a, b) => (a.hour < b.hour ? 1 : -1)),
    alerts: alerts
      .filter(({ finding }) => findings.includes(finding))
      .map(({ finding, untilMs }) => ({ finding, quietUntil: new Date(untilMs).toISOString() })),
    ...(suspension === undefined ? {} : { suspension }),
  };
}
