import { domainToASCII } from 'node:url';
import { type AddressToken, tokenizeAddresses } from './address-tokens.ts';

/** An address without its name and comments. */
export interface ReadAddress {
  /** With its domain in punycode. */
  readonly address: string;
  /** It was written with letters beyond ASCII, which SES's SMTP interface doesn't take. */
  readonly isBeyondAscii: boolean;
}

/** What an address header names. */
export interface AddressList {
  /** Addresses that stand there beyond doubt, each once. */
  readonly addresses: readonly ReadAddress[];
  /** Entries that can't be read as an address, as far as they can be told apart. */
  readonly unreadable: readonly string[];
}

/** A header is 10 KB at most in what SES publishes. Anything much longer isn't SES's. */
const maxLength = 65_536;
const maxAddressLength = 320;
const DOT_ATOM = /^[^\s()<>[\]:;@\\,."]+(?:\.[^\s()<>[\]:;@\\,."]+)*$/;
const ASCII_DOMAIN = /^(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?\.)*[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?$/;
const BEYOND_ASCII = /[^\p{ASCII}]/u;
const ENCODED_WORD = /=\?[^?]*\?/;

/**
 * Reads a From or Sender header by RFC 5322's rules: names, comments, quoted local parts, groups, lists. Strict on purpose: what
 * only a guess would make an address (text around it, an encoded word, a stray character) is `unreadable`, since somebody would be
 * blamed for the guess. Encoded words in a name don't matter, as they can't hold an address. Never throws; linear in the length.
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
 * Reads what may name one mailbox only, as an envelope's sender: no list and no group. Never throws.
 *
 * @returns undefined when it is anything else
 * @see https://www.rfc-editor.org/rfc/rfc5321#section-4.1.2
 */
export function parseMailbox(text: string): ReadAddress | undefined {
  const tokens = text.length > maxLength ? undefined : tokenizeAddresses(text);
  return tokens === undefined ? undefined : readMailbox(tokens);
}

/**
 * The entries of a list. A group's name falls away; a semicolon also parts entries outside a group, as Outlook writes it. What
 * stands behind a colon without the semicolon that ends a group is no group, but may be an address with a stray colon in it.
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
  // A name with an @ in it is against the rules, and common: what counts stands between the brackets.
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
  // Percent signs and the like must not reach domainToASCII, which decodes them as a URL's host would be.
  if (!BEYOND_ASCII.test(written) || /[^A-Za-z0-9.\-\u0080-\u{10ffff}]/u.test(written)) return undefined;
  return domainToASCII(written) || undefined;
}

/** Words with single dots between them: a local part or a domain. */
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
  // Quotes that nothing calls for don't make another address.
  return isQuoted ? `"${joined.replaceAll(/["\\]/g, '\\$&')}"` : joined;
}
