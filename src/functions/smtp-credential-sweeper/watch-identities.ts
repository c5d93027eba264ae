import type { Item } from '../../credential/credential-table.ts';
import { InvalidRecordError } from '../../credential/errors.ts';
import { parseAddressPatterns } from '../../credential/patterns/address-pattern.ts';
import { buildIdentityWarning } from '../../credential/patterns/identity-warning.ts';
import { createIdentityMatcher, type IdentityMatcher } from '../../credential/patterns/match-identities.ts';
import type { SendingIdentity } from '../../credential/patterns/sending-identities.ts';
import { FORMER_IDENTITY_WARNING, PATTERN_CASE_DIFFERS, readWarnings } from '../../credential/record/warning.ts';
import { reportFailedRead, type Sweep } from './sweep.ts';

/** What the records say about the identities of SES. */
export interface IdentityWatch {
  /** Registers what a record may send as. Makes no call. */
  see(username: string, item: Item): void;
  /** By identity: the credentials whose patterns match it. */
  readonly senders: ReadonlyMap<string, Senders>;
  /** Records whose warning must be changed; undefined removes it. */
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

/** Lists the identities of SES, up to a thousand per call. Undefined if SES fails; the rest of the sweep continues. */
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
      // Disabled records cannot send, and a record without a status has no desired state yet.
      if (patterns === undefined || typeof item['status'] !== 'string' || item['status'] === 'disabled') return;
      for (const identity of new Set(patterns.flatMap((pattern) => matcher.reachedBy(pattern)))) {
        const { first, count } = senders.get(identity) ?? { first: username, count: 0 };
        senders.set(identity, { first, count: count + 1 });
      }
      const warning = buildIdentityWarning(patterns, matcher);
      const known = readWarnings(item).find(({ code }) => code === PATTERN_CASE_DIFFERS)?.text;
      if (warning !== known || item[FORMER_IDENTITY_WARNING] !== undefined) warnings.push({ username, item, warning });
    },
  };
}

/** Undefined for an invalid list. The record already reports that. */
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
