import { sendingReplies } from '../../src/mail-client/sending-replies.ts';

/** A reply of the SMTP endpoint. `smtp-server` sends the `responseCode` and `message` of a handler's error. */
export class SmtpReply extends Error {
  readonly responseCode: number;
  /** Details that SES's reply omits. For our log, never for the client. */
  readonly explanation?: string;

  constructor(responseCode: number, message: string) {
    super(message);
    this.name = 'SmtpReply';
    this.responseCode = responseCode;
  }
}

/** A text with its code in front, as a reply. */
function replyOf(text: string): SmtpReply {
  return new SmtpReply(Number(text.slice(0, 3)), text.slice(4));
}

/**
 * SES's replies, word for word.
 *
 * From https://docs.aws.amazon.com/ses/latest/dg/troubleshoot-smtp.html. Texts that aren't on that page are marked; they are as
 * clients report them. Those that `checkSending` foretells are in `sendingReplies`.
 */
export const sesReplies = {
  /** As reported: the answer to AUTH and MAIL before TLS. */
  startTlsFirst: () => new SmtpReply(530, 'Must issue a STARTTLS command first'),
  credentialsInvalid: () => replyOf(sendingReplies.credentialsInvalid),
  authenticationFailure: () => new SmtpReply(454, 'Temporary authentication failure'),
  serviceFailure: () => new SmtpReply(451, 'Temporary service failure'),
  /** As reported, with an enhanced status code, which no other reply has: https://github.com/knadh/listmonk/issues/81. */
  idleTooLong: () => new SmtpReply(451, '4.4.2 Timeout waiting for data from client.'),
  tooManyConnections: () => new SmtpReply(421, 'Too many concurrent SMTP connections'),
  dailyQuotaExceeded: () => replyOf(sendingReplies.dailyQuotaExceeded),
  sendingRateExceeded: () => new SmtpReply(454, 'Throttling failure: Maximum sending rate exceeded'),
  messageTooLong: () => new SmtpReply(552, 'Message is too long.'),
  invalidAddress: (address: string) => new SmtpReply(553, `<${address}> Invalid email address`),
  /** As reported: an address that isn't an address at all. */
  invalidSender: () => new SmtpReply(501, 'Invalid MAIL FROM address provided'),
  /** As reported, in the same format. */
  invalidRecipient: () => new SmtpReply(501, 'Invalid RCPT TO address provided'),
  /** As reported: sent at the end of the message. A recipient is any address of the envelope. */
  tooManyRecipients: () => new SmtpReply(554, 'Transaction failed: Recipient count exceeds 50.'),
  /** As reported: no From header, or one without a domain. */
  missingFrom: () => new SmtpReply(554, "Transaction failed: Missing final '@domain'"),
  /** As reported: https://github.com/authelia/authelia/issues/498. */
  duplicateHeader: (name: string) => new SmtpReply(554, `Transaction failed: Duplicate header '${name}'.`),
  /** The API's words; the code is that of other refused messages. https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_MessageTag.html */
  invalidTag: (part: 'name' | 'value', text: string) =>
    new SmtpReply(
      554,
      `Transaction failed: Invalid tag ${part} <${text.replace(/[^\x20-\x7e]/g, '?').slice(0, 100)}>: only alphanumeric ASCII characters, '_', and '-' are allowed.`,
    ),
  /** Our own words: SES's reply to an ambiguous From header isn't known. */
  ambiguousFrom: () => new SmtpReply(554, "Transaction failed: From can't be read as one address."),
  /** Our own words: SES's reply to a NUL isn't known. */
  nulInHeader: () => new SmtpReply(554, 'Transaction failed: Header section holds a NUL character.'),
  /** Our own words, with the code from RFC 5321, 4.1.1.11. SES doesn't announce the extension. */
  noSmtpUtf8: () => new SmtpReply(555, 'SMTPUTF8 is not supported'),
  /** Our own words: SES's reply to a header section of this size isn't known. */
  headerTooLong: () => new SmtpReply(554, 'Transaction failed: Header section is too long.'),
  noConfigurationSet: (name: string) => replyOf(sendingReplies.noConfigurationSet(name)),
  accessDenied: (userArn: string, resourceArn: string) => replyOf(sendingReplies.accessDenied(userArn, resourceArn)),
  notVerified: (identities: readonly string[], region: string) =>
    replyOf(sendingReplies.notVerified(identities, region)),
} as const;

/** Adds the cause to a reply. For our log, never for the client. */
export function withCause(reply: SmtpReply, cause: unknown): SmtpReply {
  return Object.assign(reply, { cause });
}

/** Adds an explanation for the log: SES's reply doesn't say which address was refused. */
export function withExplanation(reply: SmtpReply, explanation: string): SmtpReply {
  return Object.assign(reply, { explanation });
}
