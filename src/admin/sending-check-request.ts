import { isIP } from 'node:net';
import { SesameError } from '../credential/errors.ts';
import { parseMailbox } from '../mail-events/address-list.ts';
import { quoteValue } from '../values/quote-value.ts';

/** A mail that somebody wants to send. */
export interface SendingCheckRequest {
  readonly username: string;
  /** The From header: an address, or `Name <address>`. */
  readonly from: string;
  /** The envelope sender (Return-Path). Default: the address of `from`. */
  readonly envelope?: string | undefined;
  readonly to: readonly string[];
  /** The public IP address of the program that sends. */
  readonly sourceIp?: string | undefined;
}

/** The parsed request. Domains are in punycode; otherwise addresses are as they were written. */
export interface CheckedMail {
  readonly username: string;
  readonly from: string;
  /** Empty: the From header has none. */
  readonly displayName: string;
  readonly envelope: string;
  /** Each address once. */
  readonly recipients: readonly string[];
  readonly sourceIp: string | undefined;
}

/** https://docs.aws.amazon.com/ses/latest/dg/quotas.html */
const MAX_RECIPIENTS = 50;
/** Every parent domain may be an identity, and costs a call. */
const MAX_DOMAIN_PARTS = 10;
/** What SES's SMTP interface takes: no spaces, 7-bit, a domain name. */
const SMTP_ADDRESS = /^[\x21-\x7e]+@[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?$/;

/** @throws SesameError `InvalidCheck`, permanent, that names the field */
export function parseSendingCheck(request: SendingCheckRequest): CheckedMail {
  const { username, to, sourceIp } = request;
  const from = parseAddress('from', request.from);
  const envelope = request.envelope === undefined ? from : parseAddress('envelope', request.envelope);
  if (!Array.isArray(to) || to.length === 0) throw invalid('to', 'names no recipient. Give at least one address.');
  if (to.length > MAX_RECIPIENTS) {
    throw invalid('to', `has ${to.length} recipients. SES takes at most ${MAX_RECIPIENTS} for each mail.`);
  }
  const recipients = [...new Set(to.map((each: unknown) => parseAddress('to', each).address))];
  if (sourceIp !== undefined && (typeof sourceIp !== 'string' || isIP(sourceIp) === 0)) {
    throw invalid('sourceIp', `${quoteValue(sourceIp)} is no IP address. Write one such as "203.0.113.9".`);
  }
  return {
    username,
    from: from.address,
    displayName: from.displayName,
    envelope: envelope.address,
    recipients,
    sourceIp,
  };
}

function parseAddress(field: 'from' | 'envelope' | 'to', text: unknown): { address: string; displayName: string } {
  if (typeof text !== 'string' || text.trim() === '') throw invalid(field, 'is empty. Write an address.');
  const shown = quoteValue(text);
  if (/[\p{Cc}\u2028\u2029]/u.test(text)) {
    throw invalid(field, `${shown} has a line break or another control character, which an address can't have.`);
  }
  const address = parseMailbox(text)?.address;
  if (address === undefined) throw invalid(field, `${shown} is no address. Write one such as "jane@example.com".`);
  if (!SMTP_ADDRESS.test(address)) {
    throw invalid(
      field,
      `${shown} is an address that SES's SMTP interface doesn't take: ASCII before the "@", no spaces.`,
    );
  }
  if (address.slice(address.lastIndexOf('@')).split('.').length > MAX_DOMAIN_PARTS) {
    throw invalid(field, `${shown} has a domain of more than ${MAX_DOMAIN_PARTS} parts.`);
  }
  return { address, displayName: field === 'from' ? displayNameOf(text) : '' };
}

function displayNameOf(text: string): string {
  const name = text.slice(0, Math.max(text.lastIndexOf('<'), 0)).trim();
  return /^".*"$/.test(name) ? name.slice(1, -1).replaceAll(/\\(.)/g, '$1') : name;
}

function invalid(field: string, fault: string): SesameError {
  return new SesameError('InvalidCheck', 'permanent', `${field}: ${fault}`);
}
