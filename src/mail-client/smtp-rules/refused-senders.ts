import { guide, type SmtpRule } from './smtp-rule.ts';

const paused = guide('faqs-enforcement');
const sets = guide('using-configuration-sets');
const tenants = guide('tenants');

/** What SES says of the account, of its settings, or of what the credential may do. */
export const refusedSenders: readonly SmtpRule[] = [
  {
    code: 'tls-too-old',
    sample: '554 Access denied: Amazon SES no longer supports TLS 1.0 and TLS 1.1 connections.',
    replyCodes: [554],
    words: /no longer supports TLS|must update your client to use TLS/i,
    isDistinct: true,
    cause: 'The device or program speaks TLS 1.0 or 1.1. SES takes TLS 1.2 and later.',
    remedy: 'Update the device or program, or let it send to a relay of your own that speaks TLS 1.2 to SES.',
    link: guide('security-protocols'),
  },
  {
    code: 'configuration-set-denied',
    sample:
      "554 Access denied: User `arn:aws:iam::123456789012:user/jane' is not authorized to perform `ses:SendRawEmail' on " +
      "resource `arn:aws:ses:eu-west-1:123456789012:configuration-set/other'",
    replyCodes: [554],
    words: /^access denied.{0,400}:configuration-set\/|not authorized to perform.{0,200}:configuration-set\//i,
    isDistinct: true,
    cause: 'The credential may not send with this configuration set.',
    remedy:
      'Remove the header X-SES-CONFIGURATION-SET from the message. Without it SES takes the default set of the identity, which the credential may use.',
    link: sets,
  },
  {
    code: 'configuration-set-missing',
    sample: '554 Transaction failed: Configuration set <old> does not exist.',
    replyCodes: [554],
    words: /configuration set.{0,120}does not exist|ConfigurationSetDoesNotExist/i,
    isDistinct: true,
    cause:
      'The configuration set does not exist in this Region: the message names it, or it is the default of the identity and was deleted or renamed.',
    remedy:
      'Correct or remove the header X-SES-CONFIGURATION-SET, or give the identity a default configuration set that exists.',
    link: guide('managing-configuration-sets'),
  },
  {
    code: 'configuration-set-paused',
    sample: '554 Message rejected: Email sending for the configuration set is paused.',
    replyCodes: [554],
    words: /configuration set.{0,120}(?:paused|disabled)|ConfigurationSetSendingPaused/i,
    isDistinct: true,
    cause: 'Sending with this configuration set is switched off.',
    remedy:
      'Find out who switched it off and why, for example an alarm on bounces. Then switch it on again in the configuration set.',
    link: sets,
  },
  {
    code: 'tenant-refused',
    sample: '554 Message rejected: Sending is paused for tenant example',
    replyCodes: [554],
    words:
      /\btenant\b.{0,160}(?:paused|disabled|denied|not (?:found|associated|authorized|exist|enabled))|(?:paused|disabled|not (?:found|associated|authorized)).{0,80}\btenant\b/i,
    isDistinct: true,
    cause:
      'SES refuses this for the tenant: its sending is paused, or identity and configuration set do not belong to it.',
    remedy:
      'Look at the sending status of the tenant and at its resources, and at the header X-SES-TENANT of the message.',
    link: tenants,
    certainty: 'likely',
  },
  {
    code: 'archiving-failed',
    sample: '554 Transaction failed: Archive does not exist',
    replyCodes: [451, 454, 554],
    words: /\barchiv(?:e|ing)\b/i,
    cause:
      'SES cannot archive the message as its configuration set says: the archive of Mail Manager is missing or out of reach.',
    remedy: 'Correct the archiving options of the configuration set, or switch them off.',
    link: 'https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_PutConfigurationSetArchivingOptions.html',
    certainty: 'likely',
  },
  {
    code: 'sending-paused',
    sample: '554 Message rejected: Sending paused for this account.',
    replyCodes: [454, 535, 554],
    words:
      /sending (?:is )?(?:paused|suspended|disabled)|account is (?:paused|suspended)|sending for the account is|AccountSendingPaused|AccountSuspended/i,
    isDistinct: true,
    cause: 'AWS, or somebody in the account, has paused all sending of the account in this Region.',
    remedy:
      'Read the mail that AWS sent to the address of the AWS account, and the reputation page of SES. Correct what it names, then ask for a review.',
    link: paused,
  },
  {
    code: 'mail-from-domain-unverified',
    sample: '554 Message rejected: Mail FROM domain is not verified',
    replyCodes: [454, 554],
    words: /mail[ -]?from domain.{0,60}not verified|MailFromDomainNotVerified/i,
    isDistinct: true,
    cause: 'SES cannot find the MX record of the custom MAIL FROM domain, and the identity is set to refuse mail then.',
    remedy: 'Publish the MX and SPF records of the MAIL FROM domain, or let SES fall back to its own domain.',
    link: guide('mail-from'),
  },
  {
    code: 'password-obsolete',
    sample: '454 Throttling failure: Maximum SigV2 SMTP sending rate exceeded',
    replyCodes: [454],
    words: /SigV2/i,
    isDistinct: true,
    cause:
      'The password is in the obsolete form (signature version 2, before 2019). SES slows such credentials down, and refuses them in most Regions.',
    remedy: 'Derive a new password for the Region, or rotate the credential: Sesame makes passwords of version 4 only.',
    link: guide('smtp-credentials'),
  },
  {
    code: 'idle-timeout',
    sample: '451 4.4.2 Timeout waiting for data from client.',
    replyCodes: [421, 451],
    words: /timeout waiting for data|timeout waiting for client|idle.{0,20}time/i,
    isDistinct: true,
    cause:
      'The client was silent for about 10 seconds, and SES closed the connection. This is usual with pooled connections.',
    remedy:
      'Let the pool close a connection before it has been idle for 10 seconds, and open a new one for the mail that failed.',
    link: guide('send-email-smtp-client-command-line'),
    isTemporary: true,
  },
  {
    code: 'service-failure',
    sample: '421 Service not available, closing transmission channel',
    replyCodes: [421],
    words: /service (?:not available|unavailable)|shutting down|closing (?:transmission|connection)/i,
    cause: 'The endpoint closes this connection.',
    remedy:
      'Open a new connection and send the mail again. Open a new one every now and then: SES replaces its servers.',
    link: guide('troubleshoot-smtp'),
    isTemporary: true,
  },
  {
    code: 'throttled-daily',
    sample: '554 Daily message quota exceeded',
    replyCodes: [454, 554],
    words: /daily (?:message|sending) quota exceeded/i,
    isDistinct: true,
    cause: 'The account has sent all that its quota allows in 24 hours.',
    remedy: 'Wait, or ask AWS for a larger sending quota.',
    link: guide('manage-sending-quotas-errors'),
    isTemporary: true,
  },
  {
    code: 'throttled-rate',
    sample: 'Throttling: Maximum sending rate exceeded',
    replyCodes: [454, 554],
    words: /maximum send(?:ing)? rate exceeded/i,
    isDistinct: true,
    cause: 'The account sends faster than its maximum rate.',
    remedy: 'Send more slowly, and try again.',
    link: guide('manage-sending-quotas-errors'),
    isTemporary: true,
  },
  {
    code: 'sender-denied',
    sample: "User `arn:aws:iam::123456789012:user/jane' is not authorized to perform `ses:SendRawEmail'",
    words: /not authorized to perform[^\n]{0,9}ses:Send/i,
    isDistinct: true,
    cause: 'The credential may not send as this address.',
    remedy:
      'Send as an address that allowed_from_addresses covers, in the same upper and lower case, or have the address added to it.',
    link: guide('control-user-access'),
  },
  {
    code: 'identity-unverified',
    sample: 'Message rejected: Email address is not verified. The following identities failed the check',
    words: /email address (?:is )?not verified|identities failed the check/i,
    isDistinct: true,
    cause: 'SES has not verified the address or its domain in this region, or the account is still in the sandbox.',
    remedy: 'Verify the identities that the reply names, or ask AWS for production access.',
    link: guide('creating-identities'),
  },
  {
    code: 'credentials-wrong',
    sample: 'Authentication Credentials Invalid',
    words: /authentication credentials invalid/i,
    isDistinct: true,
    cause: 'SES does not accept this username and password.',
    remedy: 'Check the causes in their order.',
    link: guide('smtp-credentials'),
  },
];
