import { domainToASCII } from 'node:url';
import { quoteCharacter, quoteValue } from '../../values/quote-value.ts';
import { InvalidRecordError } from '../errors.ts';
import { type ParsedEntry, parseList } from './parse-list.ts';
import { isPublicSuffix } from './public-suffix.cjs';

/** Maximum number of patterns in one list of a record. */
export const MAX_PATTERNS = 100;
/** Maximum length of a pattern in characters: 64 for the local part, the `@`, and room for a domain. */
export const MAX_PATTERN_LENGTH = 320;

const MAX_LOCAL_LENGTH = 64;
const MAX_DOMAIN_LENGTH = 253;
const DOMAIN_LABEL = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;
const BEYOND_ATEXT_AND_DOT = /[^A-Za-z0-9!#$%&'+\-/=^_`{|}~.]/u;
const FORMS = 'Use "name@example.com", "*@example.com", "prefix*@example.com" or "*@*.example.com".';

/** The attributes of a record that hold address patterns. */
export type PatternAttribute = 'allowed_from_addresses' | 'allowed_envelope_senders' | 'allowed_recipients';

/**
 * Parses one address pattern: `local@domain`, `*@domain`, `prefix*@domain` or `*@*.domain`. The domain is returned in
 * lower case and punycode. The local part is unchanged, because SES compares addresses case-sensitively.
 *
 * @throws InvalidRecordError `InvalidAddressPattern`, with attribute, value, reason and remedy
 * @see https://docs.aws.amazon.com/ses/latest/dg/sending-authorization-policy-examples.html
 */
export function parseAddressPattern(value: unknown, attribute: PatternAttribute = 'allowed_from_addresses'): string {
  const entry = readPattern(value);
  if ('fault' in entry) throw new InvalidRecordError('InvalidAddressPattern', `${attribute}: ${entry.fault}`);
  return entry.text;
}

/**
 * Parses a record's list of address patterns: at least one, at most {@link MAX_PATTERNS}. Returns them sorted, without
 * duplicates.
 *
 * @throws InvalidRecordError `InvalidAddressPattern`, which lists the first three faults and counts the others
 */
export function parseAddressPatterns(
  values: readonly unknown[],
  attribute: PatternAttribute = 'allowed_from_addresses',
): readonly string[] {
  const rule = {
    attribute,
    code: 'InvalidAddressPattern',
    maxEntries: MAX_PATTERNS,
    emptyRemedy: `Add at least one address pattern${attribute === 'allowed_from_addresses' ? '' : ', or remove the attribute'}. ${FORMS}`,
    tooManyRemedy: 'Replace addresses by a wildcard such as "*@example.com", or split them over several credentials.',
  };
  return parseList(values, rule, readPattern);
}

/**
 * Whether an address matches a pattern like IAM's StringLike: case-sensitive, `*` matches any characters. (`?` has no
 * meaning here, because parsed patterns never contain it.) Each part is searched once, left to right.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
 */
export function matchesAddressPattern(pattern: string, address: string): boolean {
  const [prefix = '', ...parts] = pattern.split('*');
  const suffix = parts.pop();
  if (suffix === undefined) return pattern === address;
  if (!address.startsWith(prefix)) return false;
  let position = prefix.length;
  for (const part of parts) {
    const found = address.indexOf(part, position);
    if (found === -1) return false;
    position = found + part.length;
  }
  return address.length - suffix.length >= position && address.endsWith(suffix);
}

/** Whether an address matches at least one pattern. Domains are compared without case, local parts with it. */
export function matchesAnyPattern(patterns: readonly string[], address: string): boolean {
  const folded = foldDomain(address);
  return patterns.some((pattern) => matchesAddressPattern(pattern, folded));
}

/**
 * An address with its domain in lower case. Domains have no case (https://www.rfc-editor.org/rfc/rfc4343); local parts
 * have.
 */
export function foldDomain(address: string): string {
  const domain = address.lastIndexOf('@') + 1;
  return address.slice(0, domain) + address.slice(domain).toLowerCase();
}

/**
 * Parsed patterns, and beside each the spellings in which a record writes its domain with capitals. IAM compares with
 * case, and a client may write the address as its record does.
 */
export function withSpellings(patterns: readonly string[], written: unknown): readonly string[] {
  if (!Array.isArray(written) && !(written instanceof Set)) return patterns;
  const known = new Set<unknown>(patterns);
  const spellings = [...written].filter(
    (text): text is string => typeof text === 'string' && known.has(foldDomain(text)),
  );
  return [...new Set([...patterns, ...spellings])].sort();
}

function readPattern(value: unknown): ParsedEntry {
  const fault = (reason: string): ParsedEntry => ({ fault: `${quoteValue(value)} ${reason}` });
  if (typeof value !== 'string') return fault(`is not text. ${FORMS}`);
  const textFault = findTextFault(value);
  if (textFault) return fault(textFault);
  const at = value.indexOf('@');
  const local = value.slice(0, at);
  const localFault = findLocalFault(local);
  if (localFault) return fault(localFault);
  const anySubdomain = value.startsWith('*.', at + 1);
  const written = value.slice(at + (anySubdomain ? 3 : 1));
  if (written.includes('*')) return fault(`has a wildcard in the wrong place of the domain. ${FORMS}`);
  if (anySubdomain && local !== '*') return fault('has "*." in the domain, which is possible after "*@" only.');
  const domain = toAsciiDomain(written);
  const broad = local.endsWith('*');
  const domainFault =
    findDomainFault(domain) ?? (broad ? findBreadthFault(domain, anySubdomain) : undefined) ?? findShortFault(domain);
  if (domainFault) return fault(domainFault);
  return { text: `${local}@${anySubdomain ? '*.' : ''}${domain}` };
}

function findTextFault(text: string): string | undefined {
  if (text === '') return `is empty. ${FORMS}`;
  if (text.length > MAX_PATTERN_LENGTH) {
    return `is ${text.length} characters long, at most ${MAX_PATTERN_LENGTH} are possible. Shorten it.`;
  }
  if (/[\p{C}\p{Z}\s]/u.test(text)) return 'holds a space, a line break or another invisible character. Remove it.';
  if (text.includes('${')) return 'holds "${", which IAM would read as a variable. Write the address itself.';
  if (text.includes('?')) return 'holds "?", which IAM would read as a wildcard. Only "*" is possible.';
  if (text.includes('"')) return 'has a quoted local part, which is not supported. Use an address without quotes.';
  if (text === '*' || text === '*@*') return 'would allow every address there is. Name a domain: "*@example.com".';
  const ats = text.split('@').length - 1;
  if (ats === 0) return `has no "@". ${FORMS}`;
  if (ats > 1) return `has ${ats} "@", only one is possible. ${FORMS}`;
  return undefined;
}

function findLocalFault(local: string): string | undefined {
  const fixed = local.endsWith('*') ? local.slice(0, -1) : local;
  if (local === '') return `has nothing before the "@". ${FORMS}`;
  if (fixed.includes('*'))
    return `has a wildcard in the wrong place before the "@": it must be the last character. ${FORMS}`;
  if (fixed.length > MAX_LOCAL_LENGTH) {
    return `has ${fixed.length} characters before the "@", at most ${MAX_LOCAL_LENGTH} are possible. Shorten it.`;
  }
  if (/[^\p{ASCII}]/u.test(fixed)) {
    return 'has letters beyond ASCII before the "@": SES\'s SMTP interface has no SMTPUTF8. Use an ASCII address.';
  }
  const strange = BEYOND_ATEXT_AND_DOT.exec(fixed)?.[0];
  if (strange) return `has the character ${quoteCharacter(strange)} before the "@". Remove it.`;
  if (fixed.startsWith('.') || fixed.includes('..') || local.endsWith('.')) {
    return 'has a dot before the "@" that stands first, last or twice. Remove it.';
  }
  return undefined;
}

/** domainToASCII decodes percent signs as in a URL host, so they must not reach it. */
function toAsciiDomain(written: string): string {
  const lower = written.toLowerCase();
  if (!/[^\p{ASCII}]/u.test(lower) || /[^a-z0-9.\-\u0080-\u{10ffff}]/u.test(lower)) return lower;
  return domainToASCII(lower) || lower;
}

function findDomainFault(domain: string): string | undefined {
  if (domain === '') return `has no domain after the "@". ${FORMS}`;
  const labels = domain.split('.');
  if (domain.length > MAX_DOMAIN_LENGTH) {
    return `has a domain of ${domain.length} characters, at most ${MAX_DOMAIN_LENGTH} are possible. Shorten it.`;
  }
  const wrong = labels.find((label) => !DOMAIN_LABEL.test(label));
  if (wrong !== undefined) {
    return `has a domain that can't exist, by its part ${quoteValue(wrong)}: 1 to 63 letters, digits and inner hyphens.`;
  }
  if (/^\d+$/.test(labels.at(-1) ?? '')) return 'has an IP address in place of a domain. Use a domain name.';
  return undefined;
}

/** A fault if a wildcard before this domain would match domains of other owners. */
function findBreadthFault(domain: string, anySubdomain: boolean): string | undefined {
  // A wildcard rule of the public suffix list (`*.ck`) makes every name one level down a public suffix. A suffix two
  // levels down (`bo.nordland.no`) is not detected. It exists only in Norway, and SES's verified identities still
  // prevent abuse.
  const tooBroad = isPublicSuffix(domain) || (anySubdomain && isPublicSuffix(`any-name.${domain}`));
  if (!tooBroad) return undefined;
  return `would reach domains of other people, since anybody can register a name under ${quoteValue(domain)}. Name your own domain.`;
}

function findShortFault(domain: string): string | undefined {
  return domain.includes('.') ? undefined : 'has a domain of one part only. Write it in full: "example.com".';
}
