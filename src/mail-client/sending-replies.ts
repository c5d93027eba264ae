/**
 * SES's replies to a login or a message, word for word, with the code in front.
 *
 * From https://docs.aws.amazon.com/ses/latest/dg/troubleshoot-smtp.html. Texts that aren't on that page are marked.
 */
export const sendingReplies = {
  accepted: '250 Ok',
  credentialsInvalid: '535 Authentication Credentials Invalid',
  dailyQuotaExceeded: '454 Throttling failure: Daily message quota exceeded',
  /** As reported: https://github.com/GoodDollar/GoodServer/issues/419. SMTP puts the API's error code in front, as for other refused messages. */
  accountPaused:
    '554 Message rejected: Sending paused for this account. For more information, please check the inbox of the email address associated with your AWS account.',
  /** Our own words: SES's SMTP reply isn't known. The API's error is ConfigurationSetSendingPausedException. */
  configurationSetPaused: (name: string) => `554 Message rejected: Sending is paused for configuration set <${name}>.`,
  /** In the format of the API's ConfigurationSetDoesNotExist. */
  noConfigurationSet: (name: string) => `554 Configuration set <${name}> does not exist.`,
  /** Quoted with a backtick and an apostrophe, as on the wire (the page has no quotes). */
  accessDenied: (userArn: string, resourceArn: string) =>
    `554 Access denied: User \`${userArn}' is not authorized to perform \`ses:SendRawEmail' on resource \`${resourceArn}'`,
  /** SES writes the Region in capitals here. */
  notVerified: (identities: readonly string[], region: string) =>
    '554 Message rejected: Email address is not verified. The following identities failed the check in region ' +
    `${region.toUpperCase()}: ${identities.join(', ')}`,
} as const;
