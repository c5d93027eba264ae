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

/** Patterns are parsed ones: their domain is in lower case. */
export function createIdentityMatcher(identities: readonly SendingIdentity[]): IdentityMatcher {
  const domains = new Set<string>();
  const addresses = new Map<string, string[]>();
  for (const { name } of identities) {
    const at = name.lastIndexOf('@');
    const domain = name.slice(at + 1).toLowerCase();
    if (at === -1) domains.add(domain);
    else addresses.set(domain, [...(addresses.get(domain) ?? []), name.slice(0, at + 1) + domain]);
  }

  function findNearestDomain(domain: string): string[] {
    for (let rest = domain; rest.includes('.'); rest = rest.slice(rest.indexOf('.') + 1)) {
      if (domains.has(rest)) return [rest];
    }
    return [];
  }

  function addressesUnder(pattern: string): readonly string[] {
    const domain = pattern.slice(pattern.lastIndexOf('@') + 1);
    if (!domain.startsWith('*.')) return addresses.get(domain) ?? [];
    return [...addresses].flatMap(([each, names]) => (each.endsWith(domain.slice(1)) ? names : []));
  }

  /** Many records have the same patterns. */
  const known = new Map<string, readonly string[]>();

  return {
    reachedBy(pattern) {
      const reached = known.get(pattern) ?? findReached(pattern);
      known.set(pattern, reached);
      return reached;
    },
    missedByCase(pattern) {
      const folded = pattern.toLowerCase();
      return addressesUnder(pattern).filter(
        (address) => !matchesAddressPattern(pattern, address) && matchesAddressPattern(folded, address.toLowerCase()),
      );
    },
  };

  function findReached(pattern: string): readonly string[] {
    const domain = pattern.slice(pattern.lastIndexOf('@') + 1);
    const own = addressesUnder(pattern).filter((address) => matchesAddressPattern(pattern, address));
    // Its one address is verified: no mail under it is sent as the domain.
    if (own.includes(pattern)) return own;
    if (!domain.startsWith('*.')) return [...own, ...findNearestDomain(domain)];
    const below = [...domains].filter((each) => each.endsWith(domain.slice(1)));
    return [...own, ...below, ...findNearestDomain(domain.slice(2))];
  }
}
