import { asMap, asText, parseMap } from '../values/json-map.ts';
import { EVENT_SOURCE } from './credential-event.ts';

/** Something that happened to a credential, as its event tells. */
export interface HistoryEntry {
  /** ISO 8601 */
  readonly at: string;
  /** The event's type: `docs/events.md` lists them. */
  readonly event: string;
  readonly correlationId: string;
  /** Who asked for the last change, and from where. */
  readonly requestedBy?: string;
  readonly requestedFrom?: string;
  readonly status?: string;
  readonly code?: string;
  readonly reason?: string;
  readonly accessKeyId?: string;
  readonly validUntil?: string;
  readonly previousKeyWorksUntil?: string;
  readonly owner?: string;
  readonly runbook?: string;
}

/** The attributes of an event's detail, by what a history entry calls them. */
const attributes = {
  requestedBy: 'requested_by',
  requestedFrom: 'requested_from',
  status: 'status',
  code: 'code',
  reason: 'reason',
  accessKeyId: 'access_key_id',
  validUntil: 'valid_until',
  previousKeyWorksUntil: 'previous_key_works_until',
  owner: 'owner',
  runbook: 'runbook',
} as const satisfies Partial<Record<keyof HistoryEntry, string>>;

/**
 * Reads an event in EventBridge's envelope. Whoever may publish on the bus can write anything there, so what can't be read is left out.
 *
 * @returns undefined for what is no event of this credential
 */
export function readHistoryEntry(text: string, of: { readonly table: string; readonly username: string }) {
  const envelope = parseMap(text);
  const detail = asMap(envelope?.['detail']);
  if (envelope?.['source'] !== EVENT_SOURCE || detail === undefined) return undefined;
  if (detail['table'] !== of.table || detail['username'] !== of.username) return undefined;
  const at = asText(detail['at']);
  const event = asText(envelope['detail-type']);
  if (at === undefined || Number.isNaN(Date.parse(at)) || event === undefined) return undefined;
  const given = Object.entries(attributes).flatMap(([name, attribute]) => {
    const value = asText(detail[attribute]);
    return value === undefined ? [] : [[name, value]];
  });
  const entry = { at, event, correlationId: asText(detail['correlation_id']) ?? '', ...Object.fromEntries(given) };
  return entry as HistoryEntry;
}

/** Events may be published more than once. */
export function sameEntry({ at, event, correlationId, code = '' }: HistoryEntry): string {
  return JSON.stringify([at, event, correlationId, code]);
}
