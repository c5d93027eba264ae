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
  | 'expiry due'
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
  /** Whose it is, as the record says. */
  readonly owner?: string;
  readonly labels?: Readonly<Record<string, string>>;
  /** Who asked for the record's last change. */
  readonly requested_by?: string;
  readonly status?: string;
  readonly access_key_id?: string;
  /** When the credential ends: ISO 8601. Of `expiry due` only. */
  readonly valid_until?: string;
  /** Until when the previous key works at least: ISO 8601. */
  readonly previous_key_works_until?: string;
  /** In words: why it failed, was suspended, or differs. */
  readonly reason?: string;
  readonly code?: string;
  /** Which runbook says what to do: the name of a file under docs/runbooks, without its extension. */
  readonly runbook?: string;
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
