import { guide, type SmtpReplyClass, type SmtpRule } from './smtp-rule.ts';

const troubleshooting = guide('troubleshoot-smtp');
const quotas = guide('manage-sending-quotas-errors');
const credentials = guide('smtp-credentials');

/**
 * The replies in https://docs.aws.amazon.com/ses/latest/dg/troubleshoot-smtp.html: the first matching rule wins. The
 * functions load this table alone; all other rules are for people who ask what a text means.
 */
export const documentedReplies: readonly (SmtpRule & { readonly class: SmtpReplyClass })[] = [
  {
    code: 'too-many-connections',
    class: 'transient',
    sample: '421 Too many concurrent SMTP connections',
    replyCodes: [421],
    cause: 'The endpoint takes no further connection just now.',
    remedy: 'Open fewer connections at the same time, and try again.',
    link: troubleshooting,
    isTemporary: true,
  },
  {
    code: 'service-failure',
    class: 'transient',
    sample: '451 Temporary service failure',
    replyCodes: [451],
    cause: 'The endpoint could not go on, or waited too long for the client.',
    remedy: 'Try again; if it lasts, look at the network and at the AWS Health Dashboard.',
    link: troubleshooting,
    isTemporary: true,
  },
  {
    code: 'throttled-daily',
    class: 'throttle-daily',
    sample: '454 Throttling failure: Daily message quota exceeded',
    replyCodes: [454],
    words: /daily/i,
    cause: 'The account has sent all that its quota allows in 24 hours.',
    remedy: 'Wait, or ask AWS for a larger sending quota.',
    link: quotas,
    isTemporary: true,
  },
  {
    code: 'throttled-rate',
    class: 'throttle-rate',
    sample: '454 Throttling failure: Maximum sending rate exceeded',
    replyCodes: [454],
    words: /rate/i,
    cause: 'The account sends faster than its maximum rate.',
    remedy: 'Send more slowly, and try again.',
    link: quotas,
    isTemporary: true,
  },
  {
    code: 'authentication-unavailable',
    class: 'transient-auth',
    sample: '454 Temporary authentication failure',
    replyCodes: [454],
    words: /authentication/i,
    cause: 'SES could not check the credentials just now.',
    remedy: 'Try again; if it lasts, open a case with AWS.',
    link: troubleshooting,
    isTemporary: true,
  },
  {
    code: 'service-failure',
    class: 'transient',
    sample: '454 Temporary service failure',
    replyCodes: [454],
    cause: 'SES has a passing problem.',
    remedy: 'Try again; if it lasts, look at the AWS Health Dashboard.',
    link: troubleshooting,
    isTemporary: true,
  },
  {
    code: 'starttls-missing',
    class: 'auth',
    sample: '530 Must issue a STARTTLS command first',
    replyCodes: [530],
    words: /starttls/i,
    cause: 'The client spoke before the connection was encrypted.',
    remedy: 'Use STARTTLS on port 587 or TLS on port 465.',
    link: guide('smtp-connect'),
  },
  {
    code: 'login-missing',
    class: 'auth',
    sample: '530 Authentication required',
    replyCodes: [530],
    cause: 'The client did not log in.',
    remedy: 'Give the client the SMTP username and password.',
    link: credentials,
  },
  {
    code: 'account-not-subscribed',
    class: 'account',
    sample: '535 Account not subscribed to SES',
    replyCodes: [535],
    words: /subscribed/i,
    cause: 'The AWS account does not use SES yet.',
    remedy: 'Sign the account up for SES in this region.',
    link: troubleshooting,
  },
  {
    code: 'credentials-wrong',
    class: 'auth',
    sample: '535 Authentication Credentials Invalid',
    replyCodes: [535],
    cause:
      'SES does not accept these credentials: the password is wrong or was made for another region, the access key ' +
      'is unknown, deleted or Inactive, or no policy of the IAM user allows sending.',
    remedy:
      'A new key takes some seconds to be known. If it lasts, compare key and policy in IAM with the record, or ' +
      'rotate the credential. In a URL such as smtps://USER:PASSWORD@HOST, percent-encode the password: it may hold /, + and =.',
    link: credentials,
  },
  {
    code: 'message-too-large',
    class: 'permanent',
    sample: '552 Message is too long.',
    replyCodes: [552],
    cause: 'The message is larger than SES takes.',
    remedy: 'Send a smaller message, or a link instead of the attachment.',
    link: guide('quotas'),
  },
  {
    code: 'address-syntax',
    class: 'permanent',
    sample: '553 <jane@example> Invalid email address',
    replyCodes: [553],
    cause: 'An address of the message is not valid.',
    remedy: 'Correct the address that the reply names.',
    link: troubleshooting,
  },
  {
    code: 'sender-denied',
    class: 'denied',
    sample:
      "554 Access denied: User `arn:aws:iam::123456789012:user/jane' is not authorized to perform `ses:SendRawEmail' " +
      "on resource `arn:aws:ses:eu-west-1:123456789012:identity/example.com'",
    replyCodes: [554],
    words: /^access denied/i,
    cause: 'The credential may not send as this address.',
    remedy:
      'Send as an address that allowed_from_addresses covers, in the same upper and lower case, or have the address added to it.',
    link: guide('control-user-access'),
  },
  {
    code: 'identity-unverified',
    class: 'unverified',
    sample:
      '554 Message rejected: Email address is not verified. The following identities failed the check in region ' +
      'EU-WEST-1: jane@example.com',
    replyCodes: [554],
    words: /not verified/i,
    cause: 'SES has not verified the address or its domain in this region, or the account is still in the sandbox.',
    remedy: 'Verify the identities that the reply names, or ask AWS for production access.',
    link: guide('creating-identities'),
  },
];
