import type { CredentialTable } from '../credential/credential-table.ts';
import { type CredentialDescription, describeCredential } from '../credential/record/describe-credential.ts';
import type { CounterReader } from '../mail-events/stores.ts';
import { type Counters, sumWindows, type WindowName } from '../mail-events/windows.ts';
import { requireRecord } from './require-record.ts';

/** The state of a credential and the counters of its mail. */
export interface CredentialStatistics
  extends Pick<CredentialDescription, 'since' | 'problems' | 'warnings' | 'key' | 'rotation' | 'expiry'> {
  readonly username: string;
  /** `disabling` while it should be off but may still work. */
  readonly status: unknown;
  readonly suspension?: { readonly reason: string; readonly until?: string };
  /** ISO 8601 */
  readonly at: string;
  /** Rolling windows that advance hourly. */
  readonly windows: Readonly<Record<WindowName, Counters>>;
}

export interface ReadStatisticsDeps {
  readonly credentials: Pick<CredentialTable, 'read'>;
  readonly counters: CounterReader;
  readonly now: () => number;
}

/**
 * Reads a credential's counters.
 *
 * @throws SesameError `CredentialNotFound`, permanent; or what the table throws
 */
export async function readStatistics(
  { username }: { readonly username: string },
  { credentials, counters, now }: ReadStatisticsDeps,
): Promise<CredentialStatistics> {
  const record = await requireRecord(username, credentials);
  const nowMs = now();
  const buckets = await counters.read(username, nowMs);
  const { state, since, suspension, problems, warnings, key, rotation, expiry } = describeCredential(record, nowMs);
  const until = suspension?.until === undefined ? {} : { until: suspension.until };
  return {
    username,
    status: state,
    ...(since === undefined ? {} : { since }),
    ...(suspension === undefined ? {} : { suspension: { reason: suspension.code, ...until } }),
    problems,
    warnings,
    ...(key === undefined ? {} : { key }),
    rotation,
    ...(expiry === undefined ? {} : { expiry }),
    at: new Date(nowMs).toISOString(),
    windows: sumWindows(buckets, nowMs),
  };
}
