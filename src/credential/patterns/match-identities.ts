import { matchesAddressPattern } from './address-pattern.ts';
import type { SendingIdentity } from './sending-identities.ts';

/** Verified identities, ready to be asked which of them an address pattern reaches. */
export interface IdentityMatcher {
  /**
   * The identities that mail under a pattern may be sent as. SES takes the most specific one: the address itself, its domain, the
   * nearest parent domain. https://docs.aws.amazon.com/ses/latest/dg/creating-identities.html
   */
  reachedBy(pattern: string): readonly string[];
  /** The verified addresses that a pattern would allow if upper and lower case were the same, and doesn't. */
  missedByCase(pattern: string): readonly string[];
}

/** Patterns are parsed ones: their domain is in lower case. Identities come back as SES has them. */
export function createIdentityMatcher(identities: readonly SendingIdentity[]): IdentityMatcher {
  /** By name with the domain in lower case, as SES compares them: the name that SES has. */
  const names = new Map(identities.map(({ name }) => [foldDomain(name), name]));
  const addresses = Map.groupBy(
    [...names.keys()].filter((name) => name.includes('@')),
    domainOf,
  );
  /** Many records have the same patterns. */
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
    // Its one address is verified: no mail under it is sent as the domain.
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

/** What stands behind the last `@`: all of it where there is none. */
function domainOf(name: string): string {
  return name.slice(name.lastIndexOf('@') + 1);
}

function foldDomain(name: string): string {
  return name.slice(0, name.lastIndexOf('@') + 1) + domainOf(name).toLowerCase();
}
