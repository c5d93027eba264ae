import { guide, type SmtpRule } from './smtp-rule.ts';

const tag = 'https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_MessageTag.html';
const errors = guide('troubleshoot-error-messages');
const mime = guide('send-email-raw');

/** What SES says of the message itself, at the end of DATA. */
export const refusedMessages: readonly SmtpRule[] = [
  {
    code: 'duplicate-header',
    sample: "554 Transaction failed: Duplicate header 'Content-Type'.",
    replyCodes: [554],
    words: /duplicate header/i,
    isDistinct: true,
    cause: 'The message has a header twice that may stand in it only once.',
    remedy:
      'Let the program, or a relay on the way, write this header once. A relay often adds a second DKIM-Signature.',
    link: guide('header-fields'),
  },
  {
    code: 'tag-invalid',
    sample:
      "554 Transaction failed: Invalid tag value <order/7>: only alphanumeric ASCII characters, '_', and '-' are allowed.",
    replyCodes: [554],
    words:
      /\binvalid tag (?:name|value)|\btag (?:name|value).{0,99}(?:allowed|too long|missing)|duplicate tag|too many tags/i,
    isDistinct: true,
    cause: 'A message tag in the header X-SES-MESSAGE-TAGS has a character or a length that SES does not take.',
    remedy: 'Use letters, digits, _ and - only, at most 256 of them, as name=value, with commas between the tags.',
    link: tag,
  },
  {
    code: 'domain-characters',
    sample: '554 Transaction failed: Domain contains illegal character',
    replyCodes: [501, 553, 554],
    words: /\bdomain (?:contains|starts|ends|has)\b|illegal character in domain/i,
    isDistinct: true,
    cause:
      'The domain of an address holds a character that is not allowed there, such as an umlaut, a blank or a second dot.',
    remedy: 'Correct the address, or write an international domain in its ASCII form (xn--...): SES has no SMTPUTF8.',
    link: errors,
  },
  {
    code: 'address-characters',
    sample: '554 Transaction failed: Local address contains control or whitespace',
    replyCodes: [501, 553, 554],
    words: /\blocal address (?:contains|starts|ends|has)\b|non-ascii characters? in the (?:email )?address/i,
    isDistinct: true,
    cause:
      'An address holds a blank, a line break or a letter outside ASCII before its @. Often a display name with a comma, a ' +
      'line break or an umlaut is written without quotes or encoding.',
    remedy:
      'Write the display name in quotes or as an encoded word, and the part before the @ in ASCII: SES has no SMTPUTF8.',
    link: errors,
  },
  {
    code: 'smtputf8-unsupported',
    sample: '555 SMTPUTF8 is not supported',
    replyCodes: [550, 553, 555],
    words:
      /smtputf8 (?:is )?(?:not supported|not offered|required)|does ?n[o']t (?:advertise|support) (?:the )?smtputf8/i,
    isDistinct: true,
    cause:
      'The client wants to send an address with letters outside ASCII, which needs SMTPUTF8. SES does not offer it.',
    remedy: 'Use an address with ASCII letters before the @, and write the domain in its ASCII form (xn--...).',
    link: errors,
  },
  {
    code: 'too-many-recipients',
    sample: '554 Transaction failed: Recipient count exceeds 50.',
    replyCodes: [452, 552, 554],
    words: /recipient count exceeds|too many recipients/i,
    isDistinct: true,
    cause: 'The message has more than 50 recipients, counted over To, Cc and Bcc.',
    remedy: 'Send several messages with at most 50 recipients each.',
    link: guide('quotas'),
  },
  {
    code: 'recipients-missing',
    sample: '554 Transaction failed: There are no recipients specified',
    replyCodes: [503, 554],
    words: /no recipients? (?:specified|given)|need rcpt|rcpt (?:to )?first/i,
    isDistinct: true,
    cause: 'The message has no recipient.',
    remedy: 'Give the message at least one recipient. If it had some, see why each RCPT TO before was refused.',
    link: errors,
  },
  {
    code: 'address-syntax',
    sample: "554 Transaction failed: Missing final '@domain'",
    replyCodes: [553, 554],
    words:
      /missing final '?@domain|user ?name is missing|illegal (?:email )?address|invalid (?:email )?address|unparsable address|address .{0,40}is (?:invalid|illegal)/i,
    isDistinct: true,
    cause: 'An address in From, Sender, Reply-To, To or Cc is not a whole address, or the header From is missing.',
    remedy:
      'Set the From address in the program. Write addresses as name@example.com, or "Name" <name@example.com> with the name in quotes.',
    link: errors,
  },
  {
    code: 'address-syntax',
    sample: '501 Invalid MAIL FROM address provided',
    replyCodes: [501],
    words: /mail from|rcpt to|address|mailbox/i,
    cause: 'The address in MAIL FROM or RCPT TO is not valid: it has no domain, or a display name stands beside it.',
    remedy: 'Let the program send the bare address, as MAIL FROM:<jane@example.com>.',
    link: 'https://repost.aws/knowledge-center/ses-501-errors-smtp-endpoint',
  },
  {
    code: 'attachment-refused',
    sample: "554 Transaction failed: Illegal filename 'setup.exe'",
    replyCodes: [552, 554],
    words:
      /illegal filename|(?:attachment|file) (?:type|extension|name).{0,60}not (?:allowed|supported)|unsupported attachment/i,
    isDistinct: true,
    cause: 'The message has an attachment of a type that SES does not send, such as a program.',
    remedy: 'Send a link to the file instead.',
    link: 'https://docs.aws.amazon.com/ses/latest/dg/mime-types.html',
  },
  {
    code: 'virus-found',
    sample: '554 Message rejected: Message contains a virus',
    replyCodes: [550, 552, 554],
    words: /\b(?:virus|malware)\b/i,
    cause: 'A virus was found in the message.',
    remedy: 'Clean the computer that made the attachment. Send no part of this message again.',
    link: errors,
  },
  {
    code: 'message-too-large',
    sample: '552 Message is too long.',
    replyCodes: [552, 554, 523, 534],
    words:
      /message (?:is |was )?too (?:long|large|big)|message (?:length|size).{0,60}(?:exceed|more than|larger)|exceeds? .{0,40}(?:message )?size|[45]\.3\.4\b/i,
    isDistinct: true,
    cause:
      'The message is larger than SES takes: 40 MB with attachments in their encoded form, or less where a quota or the receiving server says so.',
    remedy: 'Send a smaller message, or a link instead of the attachment. Encoding makes an attachment a third larger.',
    link: guide('quotas'),
  },
  {
    code: 'mime-syntax',
    sample: '554 Transaction failed: Expected disposition, got =',
    replyCodes: [554],
    words:
      /\btransaction failed: (?:expected|missing|unbalanced|unexpected|unterminated|illegal|bad|could not parse|invalid (?:content|mime|header))|missing (?:start )?boundary/i,
    isDistinct: true,
    cause:
      'SES cannot read the structure of the message: a Content- header, a boundary or another header is not written as RFC 5322 and MIME say.',
    remedy:
      'Look at the raw message around what the reply names. Update the library that writes it, or set the headers through it and not by hand.',
    link: mime,
  },
];
