import type { SQSBatchResponse, SQSRecord } from 'aws-lambda';
import { type UnpublishedEvents, unpublishedError } from '../../admin/outcome-report.ts';
import { describeError, toSesameError } from '../../credential/errors.ts';
import type { ParkingQueue } from '../../dead-letter/parked-message.ts';
import { type EventOrigin, findForeignOrigin } from '../../mail-events/foreign-event.ts';
import type { SendingEvent } from '../../mail-events/sending-event.ts';
import { readSesEvent } from '../../mail-events/ses-event.ts';
import * as logMessages from '../../observability/log-messages.ts';
import * as metrics from '../../observability/metrics.ts';
import type { Observability } from '../../observability/observability.ts';
import { forEachBounded } from './for-each-bounded.ts';

/** An event and the message that contained it. */
export interface ReceivedEvent {
  readonly messageId: string;
  /** The message was delivered before, so an event or alert may not have been sent then. */
  readonly isRedelivered: boolean;
  readonly event: SendingEvent;
}

export interface SendingMessagesDeps {
  readonly origin: EventOrigin;
  readonly parking: ParkingQueue;
  readonly observability: Observability;
  readonly now: () => number;
}

/** Collects the messages that must be delivered again, each once, whatever failed. */
export interface Failures {
  add(events: readonly { readonly messageId: string }[], error: unknown): void;
  /** There is no time for these: they are delivered again although nothing failed. */
  postpone(events: readonly { readonly messageId: string }[]): void;
  /** Registers the events that were read, so that {@link addUnpublished} can find their messages. */
  watch(events: readonly ReceivedEvent[]): void;
  addUnpublished(unpublished: UnpublishedEvents): void;
  response(): SQSBatchResponse;
}

export function createFailures(observability: Observability): Failures {
  const messageIds = new Set<string>();
  const watched: ReceivedEvent[] = [];

  function add(events: readonly { readonly messageId: string }[], error: unknown): void {
    for (const { messageId } of events) messageIds.add(messageId);
    observability.count(metrics.sendingEventsFailed, events.length);
    observability.log('error', logMessages.sendingEventsFailed, {
      messages: events.length,
      first_message_id: events[0]?.messageId,
      ...describeError(toSesameError(error)),
    });
  }

  return {
    add,
    postpone(events) {
      for (const { messageId } of events) messageIds.add(messageId);
      observability.log('warn', logMessages.workPostponed, { messages: events.length });
    },
    watch: (events) => void watched.push(...events),
    addUnpublished({ events }) {
      const mails = new Set(events.map(({ detail }) => detail.correlation_id));
      add(
        watched.filter(({ event }) => mails.has(event.messageId)),
        unpublishedError,
      );
    },
    response: () => ({ batchItemFailures: [...messageIds].map((itemIdentifier) => ({ itemIdentifier })) }),
  };
}

/**
 * Reads SES events from queue messages. A message that is not understood is parked for a person. If parking fails, the
 * message is delivered again until the queue itself parks it. An event of another account or configuration set is
 * counted, and has no other effect.
 */
export async function readSendingMessages(
  records: readonly SQSRecord[],
  failures: Failures,
  deps: SendingMessagesDeps,
): Promise<ReceivedEvent[]> {
  const events: ReceivedEvent[] = [];
  await forEachBounded(records, 10, async (record) => {
    const read = readSesEvent(record.body);
    const isRedelivered = Number(record.attributes?.ApproximateReceiveCount ?? 1) > 1;
    if (read.result === 'event') {
      const foreign = findForeignOrigin(read.event, deps.origin);
      if (foreign === undefined) events.push({ messageId: record.messageId, isRedelivered, event: read.event });
      else reportForeign(read.event, foreign, deps);
    }
    if (read.result !== 'not-understood') return;
    await park(record, read, deps).catch((error: unknown) => failures.add([record], error));
  });
  failures.watch(events);
  deps.observability.count(metrics.sendingEventsRead, events.length);
  return events;
}

function reportForeign(event: SendingEvent, foreign: string, { observability }: SendingMessagesDeps): void {
  observability.count(metrics.sendingEventsForeign);
  observability.log('warn', logMessages.sendingEventForeign, {
    correlation_id: event.messageId,
    foreign,
    sending_account_id: event.sendingAccountId,
    configuration_set: event.configurationSet,
    caller_identity: event.callerIdentity,
  });
}

async function park(
  record: SQSRecord,
  { code, reason }: { readonly code: string; readonly reason: string },
  { parking, observability, now }: SendingMessagesDeps,
): Promise<void> {
  observability.count(metrics.sendingEventsNotUnderstood);
  observability.log('warn', logMessages.sendingEventNotUnderstood, {
    message_id: record.messageId,
    error_code: code,
    error_message: reason,
  });
  await parking.park({
    body: record.body,
    attributes: {
      sourceForm: 'ses-event',
      errorType: code,
      errorMessage: reason.replace(/[^\x20-\x7e]/g, '?').slice(0, 500) || code,
      lastTriedAt: new Date(now()).toISOString(),
      correlationId: record.messageId,
    },
  });
}
