import type { CredentialEventDetail } from '../credential-event.ts';
import type { Item } from '../credential-table.ts';
import { readAttribution } from './attribution.ts';

/**
 * Builds the part of the detail that all events of a credential have.
 *
 * @param item the record, if there is one
 */
export function buildEventDetail(
  about: {
    readonly table: string;
    readonly username: string;
    /** Epoch milliseconds. */
    readonly atMs: number;
    readonly correlationId: string;
  },
  item: Item | undefined,
): CredentialEventDetail {
  return {
    table: about.table,
    username: about.username,
    at: new Date(about.atMs).toISOString(),
    correlation_id: about.correlationId,
    ...(item === undefined ? {} : readAttribution(item)),
  };
}
