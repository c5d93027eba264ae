import type { CredentialEventDetail } from '../credential-event.ts';
import type { Item } from '../credential-table.ts';
import { readSpecAttribute } from './spec.ts';

/** Whose a credential is, and who asked for its last change. What can't be read is left out. */
export interface Attribution {
  readonly owner?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly requested_by?: string;
}

export function readAttribution(item: Item): Attribution {
  const owner = readSpecAttribute(item, 'owner');
  const labels = readSpecAttribute(item, 'labels');
  const requestedBy = readSpecAttribute(item, 'requested_by');
  return {
    ...(owner === undefined ? {} : { owner }),
    ...(labels === undefined ? {} : { labels }),
    ...(requestedBy === undefined ? {} : { requested_by: requestedBy }),
  };
}

/**
 * What every event of a credential says.
 *
 * @param item the record, where there is one
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
