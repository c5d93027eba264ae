import { createCounterReader } from '../src/aws/dynamodb/sending-counters.ts';
import { type CredentialDescription, describeCredential } from '../src/credential/record/describe-credential.ts';
import { readRecord } from '../src/credential/record/record.ts';
import { type Counters, sumWindows, type WindowName } from '../src/mail-events/windows.ts';
import { createCredentialRecords } from './credential-records.ts';
import { createLocalClients } from './local-clients.ts';
import type { LocalDescription } from './local-description.ts';

/** How a credential is, and what was counted of its mails. */
export interface CredentialStats
  extends Pick<CredentialDescription, 'since' | 'problems' | 'warnings' | 'key' | 'rotation' | 'expiry'> {
  readonly username: string;
  /** `disabling` while it is to be off and may still work. */
  readonly status: unknown;
  readonly suspension?: { readonly reason: string; readonly until?: string };
  /** ISO 8601 */
  readonly at: string;
  /** Rolling windows, in steps of an hour. */
  readonly windows: Readonly<Record<WindowName, Counters>>;
}

/**
 * Reads a credential's counters from a running stack.
 *
 * @throws Error when there is no such credential, or when the stack doesn't answer
 */
export async function readStats(description: LocalDescription, username: string): Promise<CredentialStats> {
  const clients = createLocalClients(description);
  try {
    const item = await createCredentialRecords(clients.dynamodb, description.table).read(username);
    if (item === undefined) throw new Error(`There is no credential "${username}" in the table ${description.table}.`);
    const nowMs = Date.now();
    const buckets = await createCounterReader(() => clients.dynamodb, description.table).read(username, nowMs);
    const described = describeCredential(readRecord(username, item), nowMs);
    const { state, since, suspension, problems, warnings, key, rotation, expiry } = described;
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
  } finally {
    clients.destroy();
  }
}
