import { fitsKey } from '../credential/credential-key.ts';
import type { CredentialTable } from '../credential/credential-table.ts';
import { SesameError } from '../credential/errors.ts';
import { type CredentialFilter, matchesFilter } from './credential-filter.ts';
import { type CredentialView, viewCredential } from './credential-view.ts';

export interface ListRequest {
  readonly filter?: CredentialFilter;
  /** Maximum number of credentials, 1 to 1,000. */
  readonly limit?: number;
  /** The `nextCursor` of the previous page. */
  readonly cursor?: string | undefined;
}

export interface CredentialPage {
  /** Sorted by name. */
  readonly credentials: readonly CredentialView[];
  /** The cursor of the next page. Undefined on the last page. */
  readonly nextCursor: string | undefined;
}

const maxLimit = 1_000;
/** The most that a page may hold, in bytes of JSON. Lambda takes an answer of 6 MB, in which every quote is escaped. */
const maxPageBytes = 2_500_000;

/**
 * Lists credentials, page by page. A page ends at the limit, or before it becomes too large for an answer. A cursor is
 * returned only if another matching credential exists, so only a sole page can be empty. A filter costs table reads: the table is read until the page is full.
 *
 * @throws SesameError `InvalidCursor`, `InvalidLimit`, permanent
 */
export async function listCredentials(
  { filter = {}, limit = 50, cursor }: ListRequest,
  { credentials, now }: { readonly credentials: Pick<CredentialTable, 'list'>; readonly now: () => number },
): Promise<CredentialPage> {
  if (!Number.isSafeInteger(limit) || limit < 1 || limit > maxLimit) {
    throw new SesameError('InvalidLimit', 'permanent', `A page has 1 to ${maxLimit} credentials, not ${limit}.`);
  }
  const after = cursor === undefined ? {} : { after: readCursor(cursor) };
  const nowMs = now();
  const found: CredentialView[] = [];
  let bytes = 0;
  for await (const page of credentials.list(after)) {
    for (const { username, item } of page) {
      const view = viewCredential(username, item, nowMs);
      if (!matchesFilter(view, filter)) continue;
      const last = found.at(-1);
      bytes += Buffer.byteLength(JSON.stringify(view));
      if (last !== undefined && (found.length === limit || bytes > maxPageBytes)) {
        return { credentials: found, nextCursor: writeCursor(last.username) };
      }
      found.push(view);
    }
  }
  return { credentials: found, nextCursor: undefined };
}

/** A cursor contains only a username, so a forged one can still only list credentials. */
function writeCursor(username: string): string {
  return Buffer.from(`1:${username}`).toString('base64url');
}

function readCursor(cursor: string): string {
  const text = Buffer.from(cursor, 'base64url').toString();
  const username = text.slice(2);
  if (!text.startsWith('1:') || writeCursor(username) !== cursor || !fitsKey(username)) {
    throw new SesameError('InvalidCursor', 'permanent', 'The cursor is invalid. Start again without one.');
  }
  return username;
}
