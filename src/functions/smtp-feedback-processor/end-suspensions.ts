import type { OutcomeReport } from '../../admin/outcome-report.ts';
import { alertSuspension, suspendCredential } from '../../admin/suspend-credential.ts';
import type { Item } from '../../credential/credential-table.ts';
import { describeError, SesameError, toSesameError } from '../../credential/errors.ts';
import { buildEventDetail } from '../../credential/record/event-detail.ts';
import { type CredentialRecord, readRecord } from '../../credential/record/record.ts';
import { buildSuspensionEnd, readSuspension } from '../../credential/record/suspension.ts';
import type { DueExpiry } from '../../mail-events/stores.ts';
import * as logMessages from '../../observability/log-messages.ts';
import * as metrics from '../../observability/metrics.ts';
import { forEachBounded } from '../runtime/for-each-bounded.ts';
import type { FeedbackDeps } from './deps.ts';
import { judgeCounters, requestSuspension } from './judge-counters.ts';

/** How many credentials are processed in parallel. */
const CONCURRENCY = 5;
/** How many items that can't be read one run deletes. */
const MOST_DISCARDED = 100;

/**
 * Ends the suspensions that are due: the record becomes `pending`, and the table's stream triggers the reconcile that
 * enables the keys. Skips a suspension that was ended or replaced, and replaces one if the counters require it. A
 * suspension that could not be ended or reported stays due, so the next run retries it.
 *
 * @param hasTime false if no further credential should be started; the next run continues
 * @throws SesameError if the due suspensions could not be read
 */
export async function endSuspensions(
  correlationId: string,
  hasTime: () => boolean,
  report: OutcomeReport,
  deps: FeedbackDeps,
): Promise<void> {
  const unreadable: string[] = [];
  const due = await deps.expiries.listDue(deps.now(), (sortKey) => unreadable.push(sortKey));
  await discard(unreadable, correlationId, deps);
  const failed = new Set<DueExpiry>();
  const ended = new Set<DueExpiry>();
  const fail = (end: DueExpiry, error: unknown) => {
    failed.add(end);
    deps.observability.log('error', logMessages.suspensionNotEnded, {
      correlation_id: correlationId,
      username: end.username,
      ...describeError(toSesameError(error)),
    });
  };
  await forEachBounded(due, CONCURRENCY, async (end) => {
    if (!hasTime()) return void failed.add(end);
    const about = { username: end.username, correlationId };
    try {
      const item = end.isEnded
        ? ((await deps.credentials.read(end.username)) ?? {})
        : await endSuspension(end, about, report, deps);
      if (item !== undefined) {
        ended.add(end);
        await reportSuspensionEnd(about, item, report, deps);
      }
    } catch (error) {
      fail(end, error);
    }
  });
  const unpublished = await report.publish();
  await forEachBounded(due, CONCURRENCY, async (end) => {
    const mustRepublish =
      ended.has(end) && (failed.has(end) || unpublished.has({ username: end.username, correlationId }));
    if (mustRepublish) failed.add(end);
    try {
      if (!failed.has(end)) await deps.expiries.remove(end.username, end.untilMs);
      // The record no longer shows that there is something to report.
      else if (mustRepublish && !end.isEnded) await deps.expiries.add(end.username, end.untilMs, { isEnded: true });
    } catch (error) {
      fail(end, error);
    }
  });
  if (failed.size > 0) deps.observability.count(metrics.suspensionsNotEnded, failed.size);
}

/** Items that somebody else wrote there would be read in every run. A failure to delete them must not delay the others. */
async function discard(sortKeys: readonly string[], correlationId: string, deps: FeedbackDeps): Promise<void> {
  if (sortKeys.length === 0) return;
  deps.observability.log('warn', logMessages.suspensionExpiryUnreadable, {
    correlation_id: correlationId,
    items: sortKeys.length,
    first: sortKeys[0]?.slice(0, 100),
  });
  await forEachBounded(sortKeys.slice(0, MOST_DISCARDED), CONCURRENCY, (sortKey) =>
    deps.expiries.discard(sortKey).catch(() => {}),
  );
}

interface About {
  readonly username: string;
  readonly correlationId: string;
}

/** Returns the record if its suspension has ended. */
async function endSuspension(
  end: DueExpiry,
  about: About,
  report: OutcomeReport,
  deps: FeedbackDeps,
): Promise<Item | undefined> {
  const item = await deps.credentials.read(end.username);
  if (item === undefined) return undefined;
  const record = readRecord(end.username, item);
  const change = buildSuspensionEnd(record, deps.now());
  if (change === undefined) {
    await alertIfItGoesOn(record, end, about, deps);
    return undefined;
  }
  const judgement = judgeCounters(await deps.counters.read(end.username, deps.now()), record, deps);
  const request = requestSuspension(judgement, about, deps);
  if (request !== undefined) {
    const suspended = await suspendCredential(request, report, deps);
    if (suspended === undefined) throw changedMeanwhile();
    await alertSuspension(suspended, about.correlationId, deps);
    return undefined;
  }
  const { written } = await deps.credentials.update(end.username, change.change, change.condition);
  if (!written) throw changedMeanwhile();
  deps.observability.count(metrics.suspensionsEnded);
  deps.observability.log('info', logMessages.suspensionEnded, {
    correlation_id: about.correlationId,
    username: end.username,
  });
  return item;
}

function changedMeanwhile(): SesameError {
  return new SesameError('RecordChanged', 'conflict', 'The record has changed. Sesame tries it again automatically.');
}

/** An earlier run may have replaced this suspension and then failed to send the alert. */
async function alertIfItGoesOn(
  record: CredentialRecord,
  { untilMs }: DueExpiry,
  { correlationId }: About,
  deps: FeedbackDeps,
): Promise<void> {
  const atMs = readSuspension(record.item)?.atMs;
  if (record.status !== 'disabled' || atMs === undefined || atMs < untilMs) return;
  await alertSuspension({ record }, correlationId, deps);
}

async function reportSuspensionEnd(
  { username, correlationId }: About,
  item: Item,
  report: OutcomeReport,
  deps: FeedbackDeps,
): Promise<void> {
  const reason = 'The time of its suspension is over; it may send again.';
  report.addEvent({
    type: 'suspension ended',
    detail: {
      ...buildEventDetail({ table: deps.table, username, atMs: deps.now(), correlationId }, item),
      status: 'pending',
      reason,
    },
  });
  await deps.alerts.notify({
    username,
    code: 'SuspensionEnded',
    subject: `${username} may send again`,
    evidence: reason,
    correlationId,
  });
}
