/** The source of all Sesame events on the bus. */
export const EVENT_SOURCE = 'sesame';

/** What happened to a credential. `docs/events.md` describes every type for the receivers, with its JSON schema. */
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
  | 'suspension ended'
  | 'revealed';

/** The detail of an event. Never contains a secret: an access key id is the SMTP username, which isn't secret. */
export interface CredentialEventDetail {
  readonly table: string;
  readonly username: string;
  /** ISO 8601 */
  readonly at: string;
  readonly correlation_id: string;
  /** The owner, as on the record. */
  readonly owner?: string;
  readonly labels?: Readonly<Record<string, string>>;
  /** Who requested the record's last change. */
  readonly requested_by?: string;
  /** From where. An IP address, or `unknown`. */
  readonly requested_from?: string;
  readonly status?: string;
  readonly access_key_id?: string;
  /** When the credential expires: ISO 8601. Only in `expiry due`. */
  readonly valid_until?: string;
  /** The earliest time at which the previous key may be retired: ISO 8601. */
  readonly previous_key_works_until?: string;
  /** For people: why the credential failed, was suspended, or differs. */
  readonly reason?: string;
  readonly code?: string;
  /** The runbook that says what to do: the name of a file under docs/runbooks, without its extension. */
  readonly runbook?: string;
}

export interface CredentialEvent {
  readonly type: CredentialEventType;
  readonly detail: CredentialEventDetail;
}

/**
 * The maximum number of events in one call.
 * https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html
 */
export const EVENTS_PER_CALL = 10;

/** What a publisher of these events needs besides the name of the bus. */
export const eventPublishing = { source: EVENT_SOURCE, eventsPerCall: EVENTS_PER_CALL } as const;

export interface EventPublisher {
  /** Publishes events in as few calls as possible. Throws if some of them could not be published. */
  publish(events: readonly CredentialEvent[]): Promise<void>;
}
