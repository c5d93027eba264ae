import type { Item } from '../../credential/credential-table.ts';
import { InvalidRecordError } from '../../credential/errors.ts';
import { parseAddressPatterns } from '../../credential/patterns/address-pattern.ts';
import { buildIdentityWarning } from '../../credential/patterns/identity-warning.ts';
import { createIdentityMatcher, type IdentityMatcher } from '../../credential/patterns/match-identities.ts';
import type { SendingIdentity } from '../../credential/patterns/sending-identities.ts';
import { reportFailedRead, type Sweep } from './sweep.ts';

/** What the walk over all records shows about SES's identities. */
export interface IdentityWatch {
  /** Notes what a record sends as. Cheap: nothing is asked. */
  see(username: string, item: Item): void;
  /** By identity: whose patterns reach it. */
  readonly senders: ReadonlyMap<string, Senders>;
  /** Records whose warning has to change; undefined removes it. */
  readonly warnings: readonly WarningChange[];
}

/** The first credential that may send as an identity, and how many may. */
export interface Senders {
  readonly first: string;
  readonly count: number;
}

export interface WarningChange {
  readonly username: string;
  readonly item: Item;
  readonly warning: string | undefined;
}

/** The attribute of a record that tells of patterns which miss a verified address by their case. */
export const IDENTITY_WARNING = 'identity_warning';

/** Reads SES's identities: one call for up to a thousand. Undefined when SES doesn't answer: all else is looked at all the same. */
export async function watchIdentities(sweep: Sweep): Promise<IdentityWatch | undefined> {
  const identities: SendingIdentity[] = [];
  try {
    for await (const page of sweep.deps.identities.list()) identities.push(...page);
  } catch (error) {
    reportFailedRead(sweep, {}, error);
    return undefined;
  }
  return createIdentityWatch(createIdentityMatcher(identities));
}

function createIdentityWatch(matcher: IdentityMatcher): IdentityWatch {
  const senders = new Map<string, Senders>();
  const warnings: WarningChange[] = [];
  return {
    senders,
    warnings,
    see(username, item) {
      const patterns = readPatterns(item);
      // Nobody sends with what is disabled; and without a status nobody has said what it is to be.
      if (patterns === undefined || typeof item['status'] !== 'string' || item['status'] === 'disabled') return;
      for (const identity of new Set(patterns.flatMap((pattern) => matcher.reachedBy(pattern)))) {
        const { first, count } = senders.get(identity) ?? { first: username, count: 0 };
        senders.set(identity, { first, count: count + 1 });
      }
      const warning = buildIdentityWarning(patterns, matcher);
      if (warning !== item[IDENTITY_WARNING]) warnings.push({ username, item, warning });
    },
  };
}

/** Undefined for a list that can't be read: the record says so itself. */
function readPatterns(item: Item): readonly string[] | undefined {
  const list = item['allowed_from_addresses'];
  if (!Array.isArray(list) && !(list instanceof Set)) return undefined;
  try {
    return parseAddressPatterns([...list]);
  } catch (error) {
    if (error instanceof InvalidRecordError) return undefined;
    throw error;
  }
}
