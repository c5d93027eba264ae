import type { Outcome } from './reconcile.ts';
import type { Item } from './record.ts';
import { describeSuspension } from './suspension.ts';
import type { Transition } from './transition.ts';

/** The source of every event of ours on the bus. */
export const EVENT_SOURCE = 'sesame';

/** What happened to a credential, for whoever listens: `docs/events.md` documents each with its JSON schema. */
export type CredentialEventType =
  | 'activated'
  | 'failed'
  | 'disabled'
  | 'enabled'
  | 'changed'
  | 'rotated'
  | 'rotation due'
  | 'rotation undone'
  | 'old key retired'
  | 'old key deleted'
  | 'old key still in use'
  | 'suspended'
  | 'deleted'
  | 'verified'
  | 'verification failed'
  | 'drift found'
  | 'violation'
  | 'feedback warning'
  | 'suspension ended';

/** An event's detail. Never a secret; an access key id is the SMTP username and no secret. */
export interface CredentialEventDetail {
  readonly table: string;
  readonly username: string;
  /** ISO 8601 */
  readonly at: string;
  readonly correlation_id: string;
  readonly status?: string;
  readonly access_key_id?: string;
  /** Until when the previous key works at least: ISO 8601. */
  readonly previous_key_works_until?: string;
  /** In words: why it failed, was suspended, or differs. */
  readonly reason?: string;
  readonly code?: string;
}

export interface CredentialEvent {
  readonly type: CredentialEventType;
  readonly detail: CredentialEventDetail;
}

/**
 * The most events that one call publishes.
 * https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html
 */
export const EVENTS_PER_CALL = 10;

/** What a publisher of these events has to know beside the bus's name. */
export const eventPublishing = { source: EVENT_SOURCE, eventsPerCall: EVENTS_PER_CALL } as const;

export interface EventPublisher {
  /** Publishes events in as few calls as possible. Throws when some of them could not be published. */
  publish(events: readonly CredentialEvent[]): Promise<void>;
}

const typeOfTransition: Record<Transition, CredentialEventType> = {
  activated: 'activated',
  recreated: 'activated',
  enabled: 'enabled',
  disabled: 'disabled',
  changed: 'changed',
  suspended: 'suspended',
  rotated: 'rotated',
  'rotation-due': 'rotation due',
  'rotation-undone': 'rotation undone',
  'key-retired': 'old key retired',
  'key-deleted': 'old key deleted',
  'still-in-use': 'old key still in use',
};

/** The event that an outcome calls for; undefined when nothing happened that anybody needs to know. */
export function eventOfOutcome(
  outcome: Outcome,
  about: { readonly table: string; readonly username: string; readonly correlationId: string; readonly nowMs: number },
): CredentialEvent | undefined {
  const base = {
    table: about.table,
    username: about.username,
    at: new Date(about.nowMs).toISOString(),
    correlation_id: about.correlationId,
  };
  switch (outcome.result) {
    case 'settled':
      return outcome.transition === undefined
        ? undefined
        : {
            type: typeOfTransition[outcome.transition],
            detail: { ...base, ...describeItem(outcome.item), ...describeCause(outcome.transition, outcome.item) },
          };
    case 'missing':
      return outcome.deletedIamUserName === undefined ? undefined : { type: 'deleted', detail: base };
    case 'invalid':
    case 'failed':
      if (outcome.isNews === false) return undefined;
      return { type: 'failed', detail: { ...base, code: outcome.error.code, reason: outcome.error.message } };
    case 'busy':
      return undefined;
  }
}

function describeItem(item: Item): Partial<CredentialEventDetail> {
  const previous = item['previous_key'] as Readonly<Record<string, unknown>> | undefined;
  return {
    ...text('status', item['status']),
    ...text('access_key_id', item['access_key_id']),
    ...text('previous_key_works_until', previous?.['retire_after']),
  };
}

/** Why a credential was switched off by the system. Whatever happens to it afterwards is about something else. */
function describeCause(transition: Transition, item: Item): Partial<CredentialEventDetail> {
  const isAbout = transition === 'suspended' || (transition === 'disabled' && item['suspension'] !== undefined);
  return isAbout ? describeSuspension(item) : {};
}

function text(name: string, value: unknown): Record<string, string> {
  return typeof value === 'string' ? { [name]: value } : {};
}
