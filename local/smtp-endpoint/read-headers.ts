import { addressParser, decodeWords } from 'postal-mime';
import { parseAddressList } from '../../src/mail-events/address-list.ts';
import { type MessageTag, readMessageTags } from './message-tags.ts';
import { sesReplies } from './ses-replies.ts';
import { singleHeaders } from './single-headers.ts';

/** An address in a header, with its display name. */
export interface HeaderAddress {
  readonly address: string;
  readonly name: string;
}

/** The headers that the endpoint uses. */
export interface MessageHeaders {
  /** Every address of every From header, with groups expanded. Never empty. */
  readonly from: readonly HeaderAddress[];
  /** Addresses of Sender and Return-Path. */
  readonly otherSenders: readonly HeaderAddress[];
  readonly to: readonly string[];
  readonly subject: string;
  readonly messageId: string;
  /** Values of X-SES-CONFIGURATION-SET. */
  readonly configurationSets: readonly string[];
  /** Of X-SES-MESSAGE-TAGS. */
  readonly tags: readonly MessageTag[];
  /** ARNs of the identities that the message asks for: X-SES-SOURCE-ARN, X-SES-FROM-ARN, X-SES-RETURN-PATH-ARN. */
  readonly identityArns: readonly string[];
}

/** https://docs.aws.amazon.com/ses/latest/dg/sending-authorization-delegate-sender-tasks-email.html */
const identityHeaders = ['x-ses-source-arn', 'x-ses-from-arn', 'x-ses-return-path-arn'];

/** SES reads the addresses in these as well, and refuses a message whose addresses it can't read. */
const addressHeaders = ['to', 'cc', 'reply-to', 'return-path'];

/** Limits how much a hostile client can make us parse. */
const maxHeaderBytes = 131_072;
/** Limits the policy evaluations for one message. */
const maxSenders = 100;

/**
 * Reads the header section of a raw message.
 *
 * @throws SmtpReply when there is no From header, when one of its entries has no domain or can't be read as one address, when another
 *   header of addresses has an entry without a domain, when a header stands twice that may stand once, or when the section holds a NUL or is too
 *   long
 */
export function readHeaders(raw: Buffer): MessageHeaders {
  const headers = splitHeaders(raw);
  const valuesOf = (name: string) => headers.filter((header) => header.name === name).map(({ value }) => value);
  const seen = new Set<string>();
  for (const { name, written } of headers) {
    if (singleHeaders.has(name) && seen.has(name)) throw sesReplies.duplicateHeader(written);
    seen.add(name);
  }
  const from = valuesOf('from').flatMap(parseAddresses);
  if (valuesOf('from').some(isAmbiguous)) {
    throw sesReplies.ambiguousFrom();
  }
  const otherSenders = [...valuesOf('sender'), ...valuesOf('return-path')].flatMap(parseAddresses);
  const identityArns = [...new Set(identityHeaders.flatMap(valuesOf).map((value) => value.trim()))];
  if (from.length + otherSenders.length + identityArns.length > maxSenders) {
    throw sesReplies.headerTooLong();
  }
  if (from.length === 0 || from.some(({ address }) => !isAddress(address))) {
    throw sesReplies.missingFrom();
  }
  // A group without members, such as "undisclosed-recipients:;", names nobody.
  if (
    addressHeaders
      .flatMap(valuesOf)
      .flatMap(parseAddresses)
      .some(({ address, name }) => address + name !== '' && !isAddress(address))
  ) {
    throw sesReplies.missingFrom();
  }
  return {
    from,
    tags: readMessageTags(valuesOf('x-ses-message-tags')),
    otherSenders: otherSenders.filter(({ address }) => isAddress(address)),
    to: valuesOf('to').flatMap((value) => parseAddresses(value).map(({ address }) => address)),
    subject: decodeWords(valuesOf('subject')[0] ?? ''),
    messageId: valuesOf('message-id')[0] ?? '',
    configurationSets: valuesOf('x-ses-configuration-set').map((value) => value.trim()),
    identityArns,
  };
}

/**
 * Whether an entry names more than one address, as `<a@example.com> <b@example.com>` does. A check that picks one of them might
 * not pick the one that a mail client shows. The validator calls such an entry unreadable, by the same rules.
 */
function isAmbiguous(value: string): boolean {
  return parseAddressList(value).unreadable.some((entry) => entry.split('@').length > 2);
}

/** An address that SES accepts: a local part, an @, a domain, no spaces, 7-bit. */
export function isAddress(address: string): boolean {
  return address.length <= 320 && /^[\x21-\x7e]+@[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?$/.test(address);
}

/** `name` is in lower case, `written` as the client wrote it. */
function splitHeaders(raw: Buffer): { name: string; written: string; value: string }[] {
  // A bare CR or LF ends a line for some receivers, so it does here: no header can hide behind one.
  const lines = raw
    .subarray(0, maxHeaderBytes + 1)
    .toString('utf8')
    .split(/\r\n|\r|\n/);
  const end = lines.indexOf('');
  const isCut = raw.length > maxHeaderBytes;
  // If the text was cut after a line break, its last line is empty but doesn't end the headers.
  if (isCut && (end === -1 || end === lines.length - 1)) {
    throw sesReplies.headerTooLong();
  }
  const section = end === -1 ? lines : lines.slice(0, end);
  // https://www.rfc-editor.org/rfc/rfc5322#section-2.2: a header may not hold a NUL, and receivers disagree on its meaning.
  if (section.some((line) => line.includes('\0'))) {
    throw sesReplies.nulInHeader();
  }
  const headers: { name: string; written: string; value: string }[] = [];
  for (const line of section) {
    const last = headers.at(-1);
    if (/^[ \t]/.test(line)) {
      if (last) {
        last.value += line;
      }
      continue;
    }
    const colon = line.indexOf(':');
    const written = line.slice(0, Math.max(colon, 0)).trim();
    headers.push({ name: written.toLowerCase(), written, value: line.slice(colon + 1).trim() });
  }
  return headers;
}

function parseAddresses(value: string): HeaderAddress[] {
  return addressParser(value, { flatten: true }).map(({ address, name }) => ({ address: address ?? '', name }));
}
