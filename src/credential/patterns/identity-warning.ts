import { quoteValue } from '../../values/quote-value.ts';
import type { IdentityMatcher } from './match-identities.ts';

/** How many patterns a warning lists. */
const MOST_NAMED = 5;

/**
 * Builds a record's `identity_warning`: patterns that miss a verified address only by case. Undefined if there are
 * none. An address that another pattern of the record allows is not reported.
 */
export function buildIdentityWarning(patterns: readonly string[], matcher: IdentityMatcher): string | undefined {
  const allowed = new Set(patterns.flatMap((pattern) => matcher.reachedBy(pattern)));
  const twins = patterns.flatMap((pattern) =>
    matcher
      .missedByCase(pattern)
      .filter((address) => !allowed.has(address))
      .map((address) => `${quoteValue(pattern)} does not allow ${address}`),
  );
  if (twins.length === 0) return undefined;
  const more = twins.length > MOST_NAMED ? `, and ${twins.length - MOST_NAMED} more` : '';
  return (
    `allowed_from_addresses: ${twins.slice(0, MOST_NAMED).join(', ')}${more}. SES has verified ${twins.length === 1 ? 'that address' : 'those addresses'} ` +
    'in another case, and compares the part before the "@" with its case. Write it as the sender writes it, or allow both.'
  );
}
