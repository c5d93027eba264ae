import { SesameError } from '../credential/errors.ts';
import type { LogLine, LogQuery, LogSearch } from '../mail-events/log-search.ts';

/** Where a search goes on: its times, and AWS's own token. */
interface Place {
  readonly fromMs: number;
  readonly toMs: number;
  readonly token: string;
}

export interface SearchRequest extends LogQuery {
  /** The `nextCursor` of the answer before: it names the times as well, so those given here don't count. */
  readonly cursor?: string | undefined;
  /** The search stops at the end of a page once it has so many lines. */
  readonly enough: number;
  /** When it stops at the end of a page in any case, milliseconds since the epoch. Without it, in time for API Gateway's answer. */
  readonly endMs?: number | undefined;
}

export interface SearchAnswer {
  readonly lines: readonly LogLine[];
  /** Undefined: everything has been looked at. */
  readonly nextCursor: string | undefined;
}

/** So long may a search take before it answers with what it has: API Gateway gives up after 30 seconds. */
export const LOG_SEARCH_MS = 12_000;

/**
 * Searches a log group until it has enough, everything has been looked at, or the time is over. CloudWatch Logs looks at a part of the group in
 * each call, and may find nothing in many of them.
 *
 * @throws SesameError `InvalidCursor`; of AWS
 */
export async function searchLog(
  log: LogSearch,
  { pattern, cursor, enough, endMs: givenEndMs, ...times }: SearchRequest,
  now: () => number,
): Promise<SearchAnswer> {
  const start = cursor === undefined ? undefined : readCursor(cursor);
  const { fromMs, toMs } = start ?? times;
  const endMs = givenEndMs ?? now() + LOG_SEARCH_MS;
  const lines: LogLine[] = [];
  let token = start?.token;
  do {
    const page = await log.readPage({ pattern, fromMs, toMs }, token).catch((error: unknown) => {
      throw start !== undefined && isRefusedToken(error) ? invalidCursor() : error;
    });
    lines.push(...page.lines);
    token = page.token;
  } while (token !== undefined && lines.length < enough && now() < endMs);
  return { lines, nextCursor: token === undefined ? undefined : writeCursor({ fromMs, toMs, token }) };
}

/** A cursor names no log group and no pattern, so a forged one finds nothing that its request may not see. */
function writeCursor({ fromMs, toMs, token }: Place): string {
  return Buffer.from(JSON.stringify([fromMs, toMs, token])).toString('base64url');
}

function readCursor(cursor: string): Place {
  try {
    const [fromMs, toMs, token] = JSON.parse(Buffer.from(cursor, 'base64url').toString()) as unknown[];
    if (!isTime(fromMs) || !isTime(toMs) || typeof token !== 'string' || token === '') throw invalidCursor();
    const place = { fromMs, toMs, token };
    if (writeCursor(place) !== cursor) throw invalidCursor();
    return place;
  } catch {
    throw invalidCursor();
  }
}

function isTime(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isRefusedToken(error: unknown): boolean {
  return error instanceof SesameError && error.code === 'InvalidParameterException';
}

function invalidCursor(): SesameError {
  return new SesameError('InvalidCursor', 'permanent', 'The cursor is invalid, or too old. Start again without one.');
}
