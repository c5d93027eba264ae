import { guide, type SmtpRule } from './smtp-rule.ts';

const bounceTypes = guide('notification-contents');
const statusCodes = 'https://www.rfc-editor.org/rfc/rfc3463';
const refusals = [450, 451, 452, 550, 551, 552, 553, 554, 556, 571];

/**
 * What the servers of the recipients say, as it stands in a bounce. SES itself sends no enhanced status code, with the
 * exception of its idle timeout, so a code such as 5.1.1 points to them.
 */
export const bounces: readonly SmtpRule[] = [
  {
    code: 'recipient-suppressed',
    sample: 'Amazon SES has suppressed sending to this address because it is on the suppression list for your account.',
    words:
      /suppressed sending to this address|on the suppression list|address blacklisted|Amazon SES did not send the message to this address/i,
    isDistinct: true,
    cause:
      'The address is on a suppression list: mail to it bounced or was reported as spam before. SES did not try to deliver.',
    remedy: 'If the address is right and its owner wants the mail, remove it from the suppression list of the account.',
    link: guide('sending-email-suppression-list'),
  },
  {
    code: 'delivery-expired',
    sample: 'smtp; 554 4.4.7 Message expired: unable to deliver in 840 minutes.',
    replyCodes: [421, ...refusals],
    words: /message expired|unable to deliver in \d|\b[45]\.4\.7\b/i,
    isDistinct: true,
    cause: 'SES tried for hours, and the server of the recipient did not take the message.',
    remedy:
      'Read the 4xx reply that is quoted, if any. Check that the domain of the recipient still receives mail, then send again.',
    link: bounceTypes,
  },
  {
    code: 'mailbox-full',
    sample: 'smtp; 552 5.2.2 The email account that you tried to reach is over quota',
    replyCodes: refusals,
    words: /\b[45]\.2\.2\b|over ?quota|mailbox (?:is )?full|quota (?:is )?exceeded|insufficient (?:disk|storage)/i,
    cause: 'The mailbox of the recipient is full.',
    remedy: 'Try again in some days, or reach the recipient in another way.',
    link: bounceTypes,
  },
  {
    code: 'recipient-domain-unknown',
    sample: 'smtp; 550 5.4.4 Invalid domain',
    replyCodes: [421, ...refusals],
    words:
      /\b5\.1\.2\b|\b[45]\.4\.[34]\b|invalid domain|domain (?:not found|does not exist)|host (?:not found|unknown)|unable to lookup DNS|no MX/i,
    cause: 'The domain of the recipient does not exist, or takes no mail.',
    remedy: 'Correct the domain of the address.',
    link: bounceTypes,
  },
  {
    code: 'sender-not-authenticated',
    sample: 'smtp; 550 5.7.26 This mail is unauthenticated: SPF and DKIM did not pass',
    replyCodes: [421, ...refusals],
    words: /\b[45]\.7\.(?:2[3-9]|30|515)\b|\b(?:SPF|DKIM|DMARC)\b|unauthenticated/i,
    cause: 'The server of the recipient refuses mail whose SPF, DKIM or DMARC check fails.',
    remedy:
      'Publish the DKIM records of the identity, and a custom MAIL FROM domain with SPF. Send from a domain of your own.',
    link: guide('email-authentication-methods'),
  },
  {
    code: 'sender-blocklisted',
    sample: 'smtp; 554 5.7.1 Service unavailable; client host blocked using a blocklist',
    replyCodes: [421, ...refusals],
    words:
      /block(?:ed|list)|blacklist|spamhaus|barracuda|\bDNSBL\b|\bRBL\b|poor reputation|(?<!not )\blisted (?:at|by|in)\b/i,
    cause: 'The server of the recipient refuses the IP address or the domain because of a blocklist or its reputation.',
    remedy:
      'Look the IP address or domain of the reply up at the list it names. An address of SES is cleared by AWS; a domain of yours by you.',
    link: guide('faqs-dnsbls'),
  },
  {
    code: 'recipient-deferred',
    sample: '450 4.2.0 Greylisted, please try again later',
    replyCodes: [421, 450, 451, 452],
    words: /\b4\.\d{1,3}\.\d{1,3}\b|greylist|graylist|try again|deferred|temporarily/i,
    cause:
      'The server of the recipient does not take the message now: greylisting, too many messages, or trouble of its own.',
    remedy: 'Nothing to do: SES tries again for hours.',
    link: bounceTypes,
    isTemporary: true,
    certainty: 'likely',
  },
  {
    code: 'recipient-unknown',
    sample: 'smtp; 550 5.1.1 user unknown',
    replyCodes: refusals,
    words:
      /\b5\.1\.(?:0|1|6|10)\b|\b5\.4\.1\b|\b5\.2\.1\b|user unknown|unknown user|no such (?:user|mailbox|recipient|person)|mailbox (?:not found|unavailable|does not exist)|does(?: not|n't) exist|recipient (?:address )?(?:rejected|not found)|address unknown|account (?:has been |is )?(?:disabled|inactive)/i,
    cause: 'The server of the recipient knows no such mailbox, or it is closed.',
    remedy:
      'Correct the address, or remove it from the list. Do not send to it again: such bounces harm the reputation of the account.',
    link: bounceTypes,
  },
  {
    code: 'content-refused',
    sample: 'smtp; 550 5.7.1 Our system has detected that this message is likely unsolicited mail',
    replyCodes: refusals,
    words: /\bspam\b|unsolicited|\bcontent\b|\b5\.6\.\d|policy|\b[45]\.7\.\d/i,
    cause: 'The server of the recipient refuses the message by its content or by a rule of its own.',
    remedy:
      'Follow the link in the reply. Check links, attachments and wording, and whether the recipient takes mail from outside.',
    link: statusCodes,
    certainty: 'likely',
  },
  {
    code: 'recipient-refused',
    sample: 'smtp; 550 Requested action not taken',
    replyCodes: [550, 551, 556, 571],
    cause: 'The server of the recipient refuses the message. SES itself does not answer with this code.',
    remedy: 'Read what follows the code; if it says nothing, ask whoever runs the server of the recipient.',
    link: bounceTypes,
    certainty: 'likely',
  },
];
