import { type CredentialEvent, EVENTS_PER_CALL, type EventPublisher } from '../credential/credential-event.ts';
import type { Item } from '../credential/credential-table.ts';
import { describeError, SesameError, toSesameError } from '../credential/errors.ts';
import type { Outcome } from '../credential/reconcile/contract.ts';
import { eventOfOutcome } from '../credential/reconcile/event-of-outcome.ts';
import { readAttribution } from '../credential/record/attribution.ts';
import { runbookOfCode } from '../credential/record/runbook.ts';
import { readSuspension } from '../credential/record/suspension.ts';
import type { Transition } from '../credential/transition.ts';
import * as logMessages from '../observability/log-messages.ts';
import { type Metric, transitionMetrics } from '../observability/metric-catalogue.ts';
import * as metrics from '../observability/metrics.ts';
import type { Observability } from '../observability/observability.ts';

export interface OutcomeReportDeps {
  readonly observability: Observability;
  readonly events: EventPublisher;
  readonly table: string;
  readonly now: () => number;
}

/**
 * Reports the outcome for each credential: a log line and metrics immediately, events as soon as they fill a call.
 * Publishing runs in the background, so a process that dies in the middle of a batch loses few events.
 */
export interface OutcomeReport {
  add(outcome: Outcome, about: { readonly username: string; readonly correlationId: string }): void;
  addEvent(event: CredentialEvent): void;
  /**
   * Publishes the collected events and waits for all of them. Never throws: a failure is logged and counted. Returns
   * all events so far that could not be published.
   */
  publish(): Promise<UnpublishedEvents>;
  /**
   * Publishes the remaining events and writes the metrics. Call it once, at the end of an invocation.
   *
   * @param remember receives the events that could not be published. Re-queue their correlation ids: reconciling with
   * the same username and id publishes the event again.
   */
  close(remember: (unpublished: UnpublishedEvents) => Promise<void> | void): Promise<void>;
}

/** Events that could not be published. */
export interface UnpublishedEvents {
  readonly events: readonly CredentialEvent[];
  has(about: { readonly username: string; readonly correlationId: string }): boolean;
}

export function createOutcomeReport({ observability, events, table, now }: OutcomeReportDeps): OutcomeReport {
  const collected: CredentialEvent[] = [];
  const publishing: Promise<void>[] = [];
  const unpublishedEvents: CredentialEvent[] = [];
  const unpublished: UnpublishedEvents = {
    events: unpublishedEvents,
    has: ({ username, correlationId }) =>
      unpublishedEvents.some(({ detail }) => detail.username === username && detail.correlation_id === correlationId),
  };

  function collect(event: CredentialEvent): void {
    collected.push(event);
    if (collected.length >= EVENTS_PER_CALL) publishCollected();
  }

  function publishCollected(): void {
    const batch = collected.splice(0);
    const published = events.publish(batch).catch((error: unknown) => {
      unpublishedEvents.push(...batch);
      observability.count(metrics.eventsUnpublished, batch.length);
      observability.log('error', logMessages.eventsUnpublished, describeError(toSesameError(error)));
    });
    publishing.push(published);
  }

  async function publish(): Promise<UnpublishedEvents> {
    if (collected.length > 0) publishCollected();
    await Promise.all(publishing.splice(0));
    return unpublished;
  }

  function logAndCount(outcome: Outcome, details: Record<string, unknown>): void {
    switch (outcome.result) {
      case 'converged':
        observability.log('info', logMessages.credentialConverged, {
          ...details,
          transition: outcome.transition ?? 'none',
        });
        if (outcome.transition !== undefined && outcome.isRepeat !== true) {
          observability.count(metricOf(outcome.transition, outcome.item));
        }
        if (outcome.warning !== undefined) {
          observability.log('warn', logMessages.receivingRuleMissing, { ...details, warning: outcome.warning });
        }
        break;
      case 'missing':
        if (outcome.deletedIamUserName === undefined) {
          observability.log('info', logMessages.credentialMissing, details);
        } else {
          if (outcome.isRepeat !== true) observability.count(metrics.credentialsDeleted);
          observability.log('info', logMessages.credentialDeleted, {
            ...details,
            iam_user: outcome.deletedIamUserName,
          });
        }
        break;
      case 'busy':
        observability.log('info', logMessages.credentialBusy, details);
        break;
      case 'invalid':
        observability.count(metrics.credentialsInvalid);
        observability.log('warn', logMessages.credentialInvalid, { ...details, ...describeFailure(outcome.error) });
        break;
      case 'failed':
        observability.count(metrics.credentialsFailed);
        observability.log('error', logMessages.credentialFailed, { ...details, ...describeFailure(outcome.error) });
        break;
    }
  }

  function add(outcome: Outcome, about: { readonly username: string; readonly correlationId: string }): void {
    const { username, correlationId } = about;
    if (outcome.result === 'invalid' && outcome.before !== undefined) add(outcome.before, about);
    const { owner, requested_by } = readAttribution(('item' in outcome ? outcome.item : undefined) ?? {});
    logAndCount(outcome, {
      correlation_id: correlationId,
      username,
      ...(owner === undefined ? {} : { owner }),
      ...(requested_by === undefined ? {} : { requested_by }),
    });
    const event = eventOfOutcome(outcome, { table, username, correlationId, nowMs: now() });
    if (event !== undefined) collect(event);
  }

  return {
    add,
    addEvent: collect,
    publish,
    async close(remember) {
      const published = publish();
      observability.flush();
      if ((await published).events.length > 0) await remember(unpublished);
      observability.flush(); // Includes the count of unpublished events.
    },
  };
}

/** A planned expiry must not trigger the alarm for suspensions, so it has its own metric. */
function metricOf(transition: Transition, item: Item): Metric {
  const isExpiry = transition === 'suspended' && readSuspension(item)?.reason === 'Expired';
  return isExpiry ? metrics.credentialsExpired : transitionMetrics[transition];
}

function describeFailure(error: SesameError): Record<string, unknown> {
  return { ...describeError(error), runbook: runbookOfCode(error.code) };
}

/** The error of work that is retried only because its events could not be published. */
export const unpublishedError = new SesameError(
  'EventsUnpublished',
  'retryable',
  'The result is on the record, but EventBridge did not accept the event.',
);
