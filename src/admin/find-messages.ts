import type { CredentialTable } from '../credential/credential-table.ts';
import { SesameError } from '../credential/errors.ts';
import type { SendingScope } from '../credential/record/desired-state.ts';
import type { SuppressedAddresses } from '../deliverability/suppressed-addresses.ts';
import type { LogSearch } from '../mail-events/log-search.ts';
import { type MailReport, readMailReport } from '../mail-events/mail-report.ts';
import { isFinal, readRecipientStates } from '../mail-events/recipient-states.ts';
import type { CredentialLookup } from '../mail-events/stores.ts';
import { traceMessages } from '../mail-events/traced-message.ts';
import { describeMessages, type FoundMessage } from './found-message.ts';
import { type MessageWishes, readMessageQuery } from './message-query.ts';
import {
  type AskedTime,
  firstPlace,
  nextPlace,
  placeBefore,
  readCursor,
  type SearchPlace,
  writeCursor,
} from './message-windows.ts';
import { LOG_SEARCH_MS, searchLog } from './search-log.ts';

export interface FindMessagesRequest extends MessageWishes, AskedTime {
  /** The search ends soon after so many reports: at the end of a page of the log. */
  readonly limit?: number | undefined;
  readonly cursor?: string | undefined;
}

export interface FoundMessages {
  /** Oldest first. Reports of one mail may be spread over several answers. */
  readonly messages: readonly FoundMessage[];
  /** What was looked at for this answer: ISO 8601, and how many calls to CloudWatch Logs it took. */
  readonly lookedAt: { readonly since: string; readonly until: string; readonly calls: number };
  /** There is more to look at. */
  readonly nextCursor: string | undefined;
}

export interface FindMessagesDeps {
  readonly eventLog: LogSearch | undefined;
  readonly credentials: Pick<CredentialTable, 'read'>;
  readonly findUsernames: CredentialLookup['findUsernames'];
  readonly suppressed: SuppressedAddresses;
  readonly scope: SendingScope;
  readonly now: () => number;
}

/**
 * Finds mails in the log of SES's events: by SES's or the client's message id, recipient, credential and time. A mail whose id is known is looked for
 * from its own time on, in parts that grow, until every recipient has an outcome or the time is over.
 *
 * @throws SesameError `EventLogMissing`; `InvalidMessageId`, `InvalidAddress`, `InvalidUsername`, `InvalidTime`, `InvalidCursor`, permanent; of AWS
 */
export async function findMessages(request: FindMessagesRequest, deps: FindMessagesDeps): Promise<FoundMessages> {
  const { limit = 100, cursor, untilMs } = request;
  const { eventLog, now } = deps;
  if (eventLog === undefined) throw eventLogMissing();
  const nowMs = now();
  const query = readMessageQuery(request);
  const { log, count } = countCalls(eventLog);
  const reports: MailReport[] = [];
  const start = cursor === undefined ? firstPlace(request, query.sentAtMs, nowMs) : readCursor(cursor);
  let next: SearchPlace | undefined = start;
  let lookedUntilMs = start.fromMs;
  const mayStopEarly = () => untilMs === undefined && query.sentAtMs !== undefined && isSettled(reports);
  while (next !== undefined && reports.length < limit && now() - nowMs < LOG_SEARCH_MS && !mayStopEarly()) {
    const place: SearchPlace = next;
    const answer = await searchLog(
      log,
      {
        pattern: query.pattern,
        fromMs: place.fromMs,
        toMs: place.toMs,
        cursor: place.inner,
        enough: limit - reports.length,
        endMs: nowMs + LOG_SEARCH_MS,
      },
      now,
    ).catch((error: unknown) => {
      throw error instanceof SesameError && error.code === 'ResourceNotFoundException' ? eventLogMissing() : error;
    });
    const read = answer.lines.flatMap(({ text }) => readMailReport(text) ?? []);
    reports.push(...read.filter(query.fits));
    const isOver = answer.nextCursor === undefined;
    lookedUntilMs = Math.max(lookedUntilMs, isOver ? place.toMs : (answer.lines.at(-1)?.atMs ?? place.fromMs));
    next = isOver
      ? (nextPlace(place, query.sentAtMs) ??
        (reports.length === 0 ? placeBefore(request, query.sentAtMs, place) : undefined))
      : { ...place, inner: answer.nextCursor };
  }
  const isSought = request.messageId !== undefined || request.recipient !== undefined;
  return {
    messages: await describeMessages(
      traceMessages(reports),
      { recipient: query.recipient, readsSuppressions: isSought },
      deps,
    ),
    lookedAt: {
      since: new Date(start.fromMs).toISOString(),
      until: new Date(lookedUntilMs).toISOString(),
      calls: count(),
    },
    nextCursor: next === undefined ? undefined : writeCursor(next),
  };
}

/** Whether there is nothing more to learn about where the mail is. */
function isSettled(reports: readonly MailReport[]): boolean {
  if (reports.length === 0) return false;
  return traceMessages(reports).every(({ to, events }) =>
    readRecipientStates(to, events).every(({ state }) => isFinal(state)),
  );
}

function countCalls(log: LogSearch): { readonly log: LogSearch; readonly count: () => number } {
  let calls = 0;
  return {
    log: {
      readPage(query, token) {
        calls += 1;
        return log.readPage(query, token);
      },
    },
    count: () => calls,
  };
}

function eventLogMissing(): SesameError {
  return new SesameError(
    'EventLogMissing',
    'conflict',
    "This deployment keeps no log of SES's events. Set event_log = true in Terraform; it begins then.",
  );
}
