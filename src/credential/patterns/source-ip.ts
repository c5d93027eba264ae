import { isIP } from 'node:net';
import { quoteValue } from '../../values/quote-value.ts';
import { InvalidRecordError } from '../errors.ts';
import { type ParsedEntry, parseList } from './parse-list.ts';

/** Maximum number of entries in allowed_source_ips. */
export const MAX_SOURCE_IPS = 100;

/**
 * Parses allowed_source_ips: IPv4 or IPv6 addresses, or networks in CIDR notation. Returns them sorted, without
 * duplicates. An IPv4-mapped IPv6 address (`::ffff:192.0.2.1`) becomes IPv4, because AWS reports such clients as IPv4
 * and the mapped form would never match.
 *
 * @throws InvalidRecordError `InvalidSourceIp`, also for entries that together allow every address
 */
export function parseSourceIps(values: readonly unknown[]): readonly string[] {
  const rule = {
    attribute: 'allowed_source_ips',
    code: 'InvalidSourceIp',
    maxEntries: MAX_SOURCE_IPS,
    emptyRemedy: 'Add a network such as "203.0.113.0/24", or remove the attribute to allow every network.',
    tooManyRemedy: 'Combine neighbouring networks, or split them over several credentials.',
  };
  const texts = parseList(values, rule, readSourceIp);
  for (const version of [4, 6] as const) {
    if (!allowsAll(texts, version)) continue;
    const message = `allowed_source_ips: the entries together allow every IPv${version} address there is. ${wholeRemedy}`;
    throw new InvalidRecordError(rule.code, message);
  }
  return texts;
}

/**
 * The entries that no mail can come from, because AWS sees a client's public address, never a private one.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html (private IP address)
 */
export function findPrivateSourceIps(sourceIps: readonly string[]): readonly string[] {
  if (sourceIps.length === 0) return [];
  const privates = privateNetworks.map(readRange);
  return sourceIps.filter((text) => {
    const range = readRange(text);
    return privates.some((network) => network.version === range.version && covers(network, range));
  });
}

const privateNetworks = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '::/127',
  'fc00::/7',
  'fe80::/10',
];
const bitsOf = { 4: 32, 6: 128 } as const;
const mappedBits = 96;
const mappedPrefix = 0xffffn << 32n;
const remedy = 'Use an address such as "203.0.113.7" or a network such as "203.0.113.0/24" or "2001:db8::/32".';
const wholeRemedy = 'Name a smaller network, or remove allowed_source_ips.';

function readSourceIp(value: unknown): ParsedEntry {
  const fault = (reason: string): ParsedEntry => ({ fault: `${quoteValue(value)} ${reason}` });
  if (typeof value !== 'string') return fault(`is not text. ${remedy}`);
  const [address = '', prefixLength, ...rest] = value.split('/');
  const version = address.includes('%') ? 0 : isIP(address);
  if (version === 0 || rest.length > 0) return fault(`is neither an IP address nor a network. ${remedy}`);
  const mapped = version === 6 ? readMapped(address) : undefined;
  if (prefixLength === undefined) return { text: mapped ?? address.toLowerCase() };
  const maxPrefixLength = bitsOf[version === 4 ? 4 : 6];
  if (!/^(?:0|[1-9]\d{0,2})$/.test(prefixLength) || Number(prefixLength) > maxPrefixLength) {
    return fault(`has a prefix length that is not 1 to ${maxPrefixLength}. ${remedy}`);
  }
  const length = Number(prefixLength) - (mapped === undefined ? 0 : mappedBits);
  if (length < 0)
    return fault(`holds IPv4 addresses in IPv6 notation and more. Write the IPv4 network alone. ${remedy}`);
  if (length === 0) return fault(`allows every address there is. ${wholeRemedy}`);
  return { text: `${mapped ?? address.toLowerCase()}/${length}` };
}

/** The IPv4 address in an IPv4-mapped one, in dotted form. https://www.rfc-editor.org/rfc/rfc4291#section-2.5.5.2 */
function readMapped(address: string): string | undefined {
  const bits = toBits(address);
  if (bits >> 32n !== mappedPrefix >> 32n) return undefined;
  return [24n, 16n, 8n, 0n].map((shift) => String((bits >> shift) & 0xffn)).join('.');
}

/** A valid address as a number. */
function toBits(address: string): bigint {
  if (!address.includes(':')) {
    return address.split('.').reduce((bits, part) => (bits << 8n) | BigInt(part), 0n);
  }
  const dotted = /[\d.]+$/.exec(address)?.[0] ?? '';
  const tail = dotted.includes('.') ? toBits(dotted) : undefined;
  const plain = tail === undefined ? address : address.slice(0, -dotted.length) + toGroups(tail);
  const [head = '', end] = plain.split('::');
  const before = head.split(':').filter(Boolean);
  const after = (end ?? '').split(':').filter(Boolean);
  const zeros = Array.from({ length: 8 - before.length - after.length }, () => '0');
  return [...before, ...zeros, ...after].reduce((bits, group) => (bits << 16n) | BigInt(`0x${group}`), 0n);
}

function toGroups(bits: bigint): string {
  return `${(bits >> 16n).toString(16)}:${(bits & 0xffffn).toString(16)}`;
}

interface Range {
  readonly version: 4 | 6;
  readonly first: bigint;
  readonly last: bigint;
}

function readRange(text: string): Range {
  const [address = '', prefixLength] = text.split('/');
  const version = address.includes(':') ? 6 : 4;
  const hostBits = BigInt(bitsOf[version] - Number(prefixLength ?? bitsOf[version]));
  const first = (toBits(address) >> hostBits) << hostBits;
  return { version, first, last: first + (1n << hostBits) - 1n };
}

function covers(network: Range, { first, last }: Range): boolean {
  return network.first <= first && last <= network.last;
}

function allowsAll(texts: readonly string[], version: 4 | 6): boolean {
  const ranges = texts.map(readRange).filter((range) => range.version === version);
  let next = 0n;
  for (const { first, last } of ranges.sort((a, b) => (a.first < b.first ? -1 : Number(a.first > b.first)))) {
    if (first > next) return false;
    if (last >= next) next = last + 1n;
  }
  return next === 1n << BigInt(bitsOf[version]);
}
