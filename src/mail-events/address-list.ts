import { domainToASCII } from 'node:url';
import { type AddressToken, tokenizeAddresses } from './address-tokens.ts';

/** An address without its name and comments. */
export interface ReadAddress {
  /** The domain is in punycode. */
  readonly address: string;
  /** Written with characters beyond ASCII, which SES's SMTP interface does not accept. */
  readonly isBeyondAscii: boolean;
}

/** The content of an address header. */
export interface AddressList {
  /** Addresses that can be parsed without guessing, without duplicates. */
  readonly addresses: readonly ReadAddress[];
  /** Entries that cannot be parsed as an address. */
  readonly unreadable: readonly string[];
}

/** SES publishes at most 10 KB of a header, so anything much longer does not come from SES. */
const maxLength = 65_536;
const maxAddressLength = 320;
const DOT_ATOM = /^[^\s()<>[\]:;@\\,."]+(?:\.[^\s()<>[\]:;@\\,."]+)*$/;
const ASCII_DOMAIN = /^(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?\.)*[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?$/;
const BEYOND_ASCII = /[^\p{ASCII}]/u;
const ENCODED_WORD = /=\?[^?]*\?/;

/**
 * Parses a From or Sender header by the rules of RFC 5322: names, comments, quoted local parts, groups, lists. Strict
 * on purpose: a guess could blame the wrong sender, so anything ambiguous (surrounding text, an encoded word, a stray
 * character) is `unreadable`. Encoded words in a name are harmless, because they cannot hold an address. Never throws;
 * linear in the length.
 *
 * @see https://www.rfc-editor.org/rfc/rfc5322#section-3.4
 */
export function parseAddressList(text: string): AddressList {
  const tokens = text.length > maxLength ? undefined : tokenizeAddresses(text);
  if (tokens === undefined) return { addresses: [], unreadable: [text] };
  const addresses = new Map<string, ReadAddress>();
  const unreadable: string[] = [];
  for (const entry of splitEntries(tokens)) {
    const address = readMailbox(entry);
    if (address === undefined) unreadable.push(entry.map((token) => token.text).join(' '));
    else addresses.set(address.address, address);
  }
  return { addresses: [...addresses.values()], unreadable };
}

/**
 * Parses a text that may hold only one mailbox, such as an envelope sender: no list and no group. Never throws.
 *
 * @returns undefined when it is anything else
 * @see https://www.rfc-editor.org/rfc/rfc5321#section-4.1.2
 */
export function parseMailbox(text: string): ReadAddress | undefined {
  const tokens = text.length > maxLength ? undefined : tokenizeAddresses(text);
  return tokens === undefined ? undefined : readMailbox(tokens);
}

/**
 * Splits a list into entries and drops group names. A semicolon also separates entries outside a group, as Outlook
 * writes it. A colon without a closing semicolon starts no group; it may be a stray colon in front of an address.
 */
function splitEntries(tokens: readonly AddressToken[]): AddressToken[][] {
  const entries: AddressToken[][] = [];
  const lastSemicolon = tokens.findLastIndex(({ kind, text }) => isMark(';', kind, text));
  let entry: AddressToken[] = [];
  let inAngle = false;
  const end = () => {
    if (entry.length > 0) entries.push(entry);
    entry = [];
  };
  for (const [index, token] of tokens.entries()) {
    if (token.kind === 'mark' && !inAngle) {
      if (token.text === ',' || token.text === ';') {
        end();
        continue;
      }
      if (token.text === ':' && index < lastSemicolon && isPhrase(entry)) {
        entry = [];
        continue;
      }
    }
    if (token.kind === 'mark' && token.text === '<') inAngle = true;
    if (token.kind === 'mark' && token.text === '>') inAngle = false;
    entry.push(token);
  }
  end();
  return entries;
}

function isPhrase(entry: readonly AddressToken[]): boolean {
  return (
    entry.length > 0 && entry.every(({ kind, text }) => kind === 'atom' || kind === 'quoted' || isMark('.', kind, text))
  );
}

function isMark(mark: string, kind: string, text: string): boolean {
  return kind === 'mark' && text === mark;
}

/** `name <address>`, `<address>` or the address alone. */
function readMailbox(entry: readonly AddressToken[]): ReadAddress | undefined {
  const open = entry.findIndex(({ kind, text }) => isMark('<', kind, text));
  if (open === -1) return readAddress(entry);
  const last = entry.at(-1);
  if (last === undefined || !isMark('>', last.kind, last.text)) return undefined;
  // A name that contains an @ violates the RFC but is common. Only the text between the brackets counts.
  const isName = entry.slice(0, open).every(({ kind, text }) => isNamePart(kind, text));
  return isName ? readAddress(entry.slice(open + 1, -1)) : undefined;
}

function isNamePart(kind: AddressToken['kind'], text: string): boolean {
  return kind === 'atom' || kind === 'quoted' || isMark('.', kind, text) || isMark('@', kind, text);
}

function readAddress(tokens: readonly AddressToken[]): ReadAddress | undefined {
  const at = tokens.findIndex(({ kind, text }) => isMark('@', kind, text));
  if (at === -1) return undefined;
  const local = joinWords(tokens.slice(0, at), true);
  const domain = readDomain(tokens.slice(at + 1));
  if (local === undefined || domain === undefined) return undefined;
  const address = `${local}@${domain}`;
  if (address.length > maxAddressLength) return undefined;
  return { address, isBeyondAscii: tokens.some(({ text }) => BEYOND_ASCII.test(text)) };
}

function readDomain(tokens: readonly AddressToken[]): string | undefined {
  const [first] = tokens;
  if (first?.kind === 'literal') return tokens.length === 1 ? `[${first.text}]` : undefined;
  const written = joinWords(tokens, false);
  if (written === undefined) return undefined;
  if (ASCII_DOMAIN.test(written)) return written;
  // domainToASCII decodes percent signs as in a URL host, so they must not reach it.
  if (!BEYOND_ASCII.test(written) || /[^A-Za-z0-9.\-\u0080-\u{10ffff}]/u.test(written)) return undefined;
  return domainToASCII(written) || undefined;
}

/** Words separated by single dots: a local part or a domain. */
function joinWords(tokens: readonly AddressToken[], mayBeQuoted: boolean): string | undefined {
  if (tokens.length % 2 === 0) return undefined;
  let isQuoted = false;
  let joined = '';
  for (const [index, { kind, text }] of tokens.entries()) {
    if (index % 2 === 1) {
      if (!isMark('.', kind, text)) return undefined;
      joined += '.';
    } else if (kind === 'atom' && !ENCODED_WORD.test(text)) {
      joined += text;
    } else if (kind === 'quoted' && mayBeQuoted) {
      isQuoted ||= !DOT_ATOM.test(text);
      joined += text;
    } else {
      return undefined;
    }
  }
  // Unnecessary quotes do not change the address.
  return isQuoted ? `"${joined.replaceAll(/["\\]/g, '\\$&')}"` : joined;
}
