import { foldDomain, matchesAddressPattern } from './address-pattern.ts';
import type { SendingIdentity } from './sending-identities.ts';

/** Finds the verified identities that an address pattern matches. */
export interface IdentityMatcher {
  /**
   * The identities that mail under a pattern may be sent as. SES uses the most specific one: the address itself, its
   * domain, or the nearest parent domain. https://docs.aws.amazon.com/ses/latest/dg/creating-identities.html
   */
  reachedBy(pattern: string): readonly string[];
  /** The verified addresses that a pattern would match only if case were ignored. */
  missedByCase(pattern: string): readonly string[];
}

/** Patterns must be parsed, so their domain is in lower case. Identities are returned with SES's spelling. */
export function createIdentityMatcher(identities: readonly SendingIdentity[]): IdentityMatcher {
  /** SES's spelling by name with the domain in lower case, because SES compares domains without case. */
  const names = new Map(identities.map(({ name }) => [foldDomain(name), name]));
  const addresses = new Map<string, string[]>();
  for (const name of names.keys()) {
    if (!name.includes('@')) continue;
    const ofDomain = addresses.get(domainOf(name));
    if (ofDomain === undefined) addresses.set(domainOf(name), [name]);
    else ofDomain.push(name);
  }
  /** A cache, because many records have the same patterns. */
  const known = new Map<string, readonly string[]>();
  const asSesHasThem = (found: readonly string[]) => found.map((name) => names.get(name) ?? name);

  function findNearestDomain(domain: string): string[] {
    for (let rest = domain; rest.includes('.'); rest = rest.slice(rest.indexOf('.') + 1)) {
      if (names.has(rest)) return [rest];
    }
    return [];
  }

  function addressesUnder(pattern: string): readonly string[] {
    const domain = domainOf(pattern);
    if (!domain.startsWith('*.')) return addresses.get(domain) ?? [];
    return [...addresses].flatMap(([each, found]) => (each.endsWith(domain.slice(1)) ? found : []));
  }

  function findReached(pattern: string): readonly string[] {
    const domain = domainOf(pattern);
    const own = addressesUnder(pattern).filter((address) => matchesAddressPattern(pattern, address));
    // The pattern is a verified address itself, so its mail is never sent as the domain.
    if (own.includes(pattern)) return own;
    if (!domain.startsWith('*.')) return [...own, ...findNearestDomain(domain)];
    const below = [...names.keys()].filter((name) => !name.includes('@') && name.endsWith(domain.slice(1)));
    return [...own, ...below, ...findNearestDomain(domain.slice(2))];
  }

  return {
    reachedBy(pattern) {
      const reached = known.get(pattern) ?? asSesHasThem(findReached(pattern));
      known.set(pattern, reached);
      return reached;
    },
    missedByCase(pattern) {
      const folded = pattern.toLowerCase();
      return asSesHasThem(
        addressesUnder(pattern).filter(
          (address) => !matchesAddressPattern(pattern, address) && matchesAddressPattern(folded, address.toLowerCase()),
        ),
      );
    },
  };
}

/** The part after the last `@`, or the whole name if it has none. */
function domainOf(name: string): string {
  return name.slice(name.lastIndexOf('@') + 1);
}
