import { foldDomain } from '../credential/patterns/address-pattern.ts';
import { createIdentityMatcher } from '../credential/patterns/match-identities.ts';
import type { EmailIdentity } from '../deliverability/sending-account.ts';
import type { Facts } from './sending-fact.ts';

/** The identity that SES uses for an address. */
export interface ResolvedIdentity {
  /** Undefined: SES has none, or could not be asked. */
  readonly identity: EmailIdentity | undefined;
  readonly verification: 'verified' | 'unverified' | 'unknown';
  /** What the identity's ARN may end in. One, unless SES could not be asked. */
  readonly resourceNames: readonly string[];
  /** Why SES could not be asked. */
  readonly problem?: string;
}

/**
 * The names of the identities that an address can be sent as, most specific first: the address, its domain, the
 * parent domains. https://docs.aws.amazon.com/ses/latest/dg/creating-identities.html
 */
export function identityNamesOf(address: string): string[] {
  const folded = foldDomain(address);
  const labels = folded.slice(folded.lastIndexOf('@') + 1).split('.');
  const domains = labels.map((_, index) => labels.slice(index).join('.')).filter((name) => name.includes('.'));
  return [folded, ...domains];
}

/** Finds the most specific identity of an address. Verified ones come first. */
export function resolveIdentity(address: string, identities: Facts<EmailIdentity | undefined>): ResolvedIdentity {
  const names = identityNamesOf(address);
  const found: EmailIdentity[] = [];
  const problems: string[] = [];
  for (const name of names) {
    const fact = identities.get(name);
    if (fact === undefined) continue;
    if ('problem' in fact) problems.push(fact.problem);
    else if (fact.value !== undefined) found.push(fact.value);
  }
  const verified = found.filter(({ isVerified }) => isVerified);
  const identity = nearest(address, verified) ?? nearest(address, found);
  // IAM decides before SES looks for the identity: for an unknown sender the resource is the address itself.
  const certain = identity?.name ?? address;
  const [problem] = problems;
  if (problem === undefined) {
    return { identity, verification: verified.length > 0 ? 'verified' : 'unverified', resourceNames: [certain] };
  }
  const verification = verified.length > 0 ? 'verified' : 'unknown';
  return { identity: undefined, verification, resourceNames: [...new Set([address, ...names])], problem };
}

function nearest(address: string, identities: readonly EmailIdentity[]): EmailIdentity | undefined {
  const folded = foldDomain(address);
  const exact = identities.find(({ name }) => foldDomain(name) === folded);
  if (exact !== undefined) return exact;
  // Without addresses, because the matcher would take a "*" in this one for a wildcard.
  const domains = identities.filter(({ name }) => !name.includes('@'));
  const [name] = createIdentityMatcher(domains).reachedBy(folded);
  return domains.find((each) => each.name === name);
}
