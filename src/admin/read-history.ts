import type { CredentialTable } from '../credential/credential-table.ts';
import { SesameError } from '../credential/errors.ts';
import { type HistoryEntry, readHistoryEntry, sameEntry } from '../credential/history-entry.ts';
import { withAttribute } from '../mail-events/log-pattern.ts';
import type { LogSearch } from '../mail-events/log-search.ts';
import { credentialNotFound, requireRecord } from './require-record.ts';
import { searchLog } from './search-log.ts';

export interface ReadHistoryDeps {
  readonly table: string;
  readonly historyLog: LogSearch | undefined;
  readonly credentials: Pick<CredentialTable, 'read'>;
  readonly now: () => number;
}

export interface HistoryRequest {
  readonly username: string;
  /** Milliseconds since the epoch. A year ago, if not given. */
  readonly sinceMs?: number | undefined;
  /** Now, if not given. */
  readonly untilMs?: number | undefined;
  readonly cursor?: string | undefined;
}

export interface CredentialHistory {
  /** Oldest first. A page may be empty although more follow. */
  readonly entries: readonly HistoryEntry[];
  readonly nextCursor: string | undefined;
}

const YEAR_MS = 365 * 86_400_000;
/** A page ends soon after so many. */
const ENOUGH = 200;

/**
 * What happened to a credential, and who asked for it: also to one that was removed.
 *
 * @throws SesameError `HistoryLogMissing`, `InvalidCursor`, permanent; `CredentialNotFound` if there is neither a record nor a history
 */
export async function readHistory(request: HistoryRequest, deps: ReadHistoryDeps): Promise<CredentialHistory> {
  const { username, cursor } = request;
  const { table, historyLog, credentials, now } = deps;
  if (historyLog === undefined) throw historyLogMissing();
  // No record has so long a name, and a pattern has no room for it.
  if (username.length > 256) throw credentialNotFound(username);
  const nowMs = now();
  const { sinceMs = nowMs - YEAR_MS, untilMs = nowMs } = request;
  const query = {
    pattern: withAttribute('detail.username', username),
    fromMs: Math.max(0, sinceMs),
    toMs: untilMs,
    cursor,
    enough: ENOUGH,
  };
  const { lines, nextCursor } = await searchLog(historyLog, query, now).catch((error: unknown) => {
    throw error instanceof SesameError && error.code === 'ResourceNotFoundException' ? historyLogMissing() : error;
  });
  const read = lines.flatMap(({ text }) => readHistoryEntry(text, { table, username }) ?? []);
  const entries = [...new Map(read.map((entry) => [sameEntry(entry), entry])).values()].sort((a, b) =>
    a.at < b.at ? -1 : a.at > b.at ? 1 : 0,
  );
  if (entries.length === 0 && nextCursor === undefined && cursor === undefined) {
    await requireRecord(username, credentials);
  }
  return { entries, nextCursor };
}

function historyLogMissing(): SesameError {
  return new SesameError(
    'HistoryLogMissing',
    'conflict',
    'This deployment keeps no history of its credentials. Set history_log = true in Terraform; it begins then.',
  );
}
