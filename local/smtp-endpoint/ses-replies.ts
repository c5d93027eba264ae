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

/**
 * SES's replies, word for word.
 *
 * From https://docs.aws.amazon.com/ses/latest/dg/troubleshoot-smtp.html. Texts that aren't on that page are marked; they are as
 * clients report them.
 */
export const sesReplies = {
  /** As reported: the answer to AUTH and MAIL before TLS. */
  startTlsFirst: () => new SmtpReply(530, 'Must issue a STARTTLS command first'),
  credentialsInvalid: () => new SmtpReply(535, 'Authentication Credentials Invalid'),
  authenticationFailure: () => new SmtpReply(454, 'Temporary authentication failure'),
  serviceFailure: () => new SmtpReply(451, 'Temporary service failure'),
  /** As reported, with an enhanced status code, which no other reply has: https://github.com/knadh/listmonk/issues/81. */
  idleTooLong: () => new SmtpReply(451, '4.4.2 Timeout waiting for data from client.'),
  tooManyConnections: () => new SmtpReply(421, 'Too many concurrent SMTP connections'),
  dailyQuotaExceeded: () => new SmtpReply(454, 'Throttling failure: Daily message quota exceeded'),
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
  /** In the format of the API's ConfigurationSetDoesNotExist. */
  noConfigurationSet: (name: string) => new SmtpReply(554, `Configuration set <${name}> does not exist.`),
  /** Quoted with a backtick and an apostrophe, as on the wire (the page has no quotes). */
  accessDenied: (userArn: string, resourceArn: string) =>
    new SmtpReply(
      554,
      `Access denied: User \`${userArn}' is not authorized to perform \`ses:SendRawEmail' on resource \`${resourceArn}'`,
    ),
  /** SES writes the Region in capitals here. */
  notVerified: (identities: readonly string[], region: string) =>
    new SmtpReply(
      554,
      'Message rejected: Email address is not verified. The following identities failed the check in region ' +
        `${region.toUpperCase()}: ${identities.join(', ')}`,
    ),
} as const;

/** Adds the cause to a reply. For our log, never for the client. */
export function withCause(reply: SmtpReply, cause: unknown): SmtpReply {
  return Object.assign(reply, { cause });
}

/** Adds an explanation for the log: SES's reply doesn't say which address was refused. */
export function withExplanation(reply: SmtpReply, explanation: string): SmtpReply {
  return Object.assign(reply, { explanation });
}
