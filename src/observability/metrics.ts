/**
 * Every metric that the functions emit, with its unit. Dashboards and alarms use these names. One constant each: so a function's bundle
 * holds only its own.
 */

export const credentialsActivated = { name: 'CredentialsActivated', unit: 'Count' } as const;
export const credentialsChanged = { name: 'CredentialsChanged', unit: 'Count' } as const;
export const credentialsEnabled = { name: 'CredentialsEnabled', unit: 'Count' } as const;
export const credentialsDisabled = { name: 'CredentialsDisabled', unit: 'Count' } as const;
export const credentialsRecreated = { name: 'CredentialsRecreated', unit: 'Count' } as const;
export const credentialsSuspended = { name: 'CredentialsSuspended', unit: 'Count' } as const;
export const credentialsRotated = { name: 'CredentialsRotated', unit: 'Count' } as const;
export const rotationsAnnounced = { name: 'RotationsAnnounced', unit: 'Count' } as const;
export const expiriesAnnounced = { name: 'ExpiriesAnnounced', unit: 'Count' } as const;
export const credentialsExpired = { name: 'CredentialsExpired', unit: 'Count' } as const;
export const keysRetired = { name: 'KeysRetired', unit: 'Count' } as const;
export const keysDeleted = { name: 'KeysDeleted', unit: 'Count' } as const;
export const rotationsUndone = { name: 'RotationsUndone', unit: 'Count' } as const;
export const keysStillInUse = { name: 'KeysStillInUse', unit: 'Count' } as const;
export const credentialsInvalid = { name: 'CredentialsInvalid', unit: 'Count' } as const;
export const credentialsFailed = { name: 'CredentialsFailed', unit: 'Count' } as const;
export const credentialsDeleted = { name: 'CredentialsDeleted', unit: 'Count' } as const;
export const eventsUnpublished = { name: 'EventsUnpublished', unit: 'Count' } as const;
export const deadLetters = { name: 'DeadLetters', unit: 'Count' } as const;
export const credentialsVerified = { name: 'CredentialsVerified', unit: 'Count' } as const;
export const verificationsFailed = { name: 'VerificationsFailed', unit: 'Count' } as const;
export const verificationRequestsUnknown = { name: 'VerificationRequestsUnknown', unit: 'Count' } as const;
export const deadLettersSettled = { name: 'DeadLettersSettled', unit: 'Count' } as const;
export const deadLettersRetried = { name: 'DeadLettersRetried', unit: 'Count' } as const;
export const messagesParked = { name: 'MessagesParked', unit: 'Count' } as const;
/** Scheduled runs that ran out of time before they were done. */
export const runsCutShort = { name: 'RunsCutShort', unit: 'Count' } as const;
export const sweepsCompleted = { name: 'SweepsCompleted', unit: 'Count' } as const;
export const driftRepaired = { name: 'DriftRepaired', unit: 'Count' } as const;
export const driftOrphanUser = { name: 'DriftOrphanUser', unit: 'Count' } as const;
export const driftOrphanKey = { name: 'DriftOrphanKey', unit: 'Count' } as const;
export const driftHalfDone = { name: 'DriftHalfDone', unit: 'Count' } as const;
export const driftStuckPending = { name: 'DriftStuckPending', unit: 'Count' } as const;
export const driftStaleFailure = { name: 'DriftStaleFailure', unit: 'Count' } as const;
export const driftMissingUser = { name: 'DriftMissingUser', unit: 'Count' } as const;
export const driftRenamedUser = { name: 'DriftRenamedUser', unit: 'Count' } as const;
export const driftOrphanPolicy = { name: 'DriftOrphanPolicy', unit: 'Count' } as const;
export const driftMissingKey = { name: 'DriftMissingKey', unit: 'Count' } as const;
export const driftInactiveKey = { name: 'DriftInactiveKey', unit: 'Count' } as const;
export const driftActiveKey = { name: 'DriftActiveKey', unit: 'Count' } as const;
export const driftNotDisabled = { name: 'DriftNotDisabled', unit: 'Count' } as const;
export const driftPolicy = { name: 'DriftPolicy', unit: 'Count' } as const;
export const driftForeignPolicy = { name: 'DriftForeignPolicy', unit: 'Count' } as const;
export const driftForeignBoundary = { name: 'DriftForeignBoundary', unit: 'Count' } as const;
export const driftFormerPath = { name: 'DriftFormerPath', unit: 'Count' } as const;
export const driftQuarantined = { name: 'DriftQuarantined', unit: 'Count' } as const;
export const driftUnverified = { name: 'DriftUnverified', unit: 'Count' } as const;
export const driftIdentityConfigurationSet = { name: 'DriftIdentityConfigurationSet', unit: 'Count' } as const;
/** All IAM users of the account, ours or not, and the account's quota. */
export const iamUsersUsed = { name: 'IamUsersUsed', unit: 'Count' } as const;
export const iamUsersQuota = { name: 'IamUsersQuota', unit: 'Count' } as const;
/** In days. */
export const oldestKeyAge = { name: 'OldestKeyAge', unit: 'Count' } as const;
/** Keys that were not used for 90 days; counted in every fourth sweep. */
export const keysUnused = { name: 'KeysUnused', unit: 'Count' } as const;
export const sendingEventsRead = { name: 'SendingEventsRead', unit: 'Count' } as const;
export const sendingEventsNotUnderstood = { name: 'SendingEventsNotUnderstood', unit: 'Count' } as const;
/** SES events of another account or configuration set; they have no effect. */
export const sendingEventsForeign = { name: 'SendingEventsForeign', unit: 'Count' } as const;
/** Messages that are delivered again. The queue parks them after too many deliveries. */
export const sendingEventsFailed = { name: 'SendingEventsFailed', unit: 'Count' } as const;
export const sendersAllowed = { name: 'SendersAllowed', unit: 'Count' } as const;
export const senderViolations = { name: 'SenderViolations', unit: 'Count' } as const;
export const sendersUnreadable = { name: 'SendersUnreadable', unit: 'Count' } as const;
export const sendersOtherEnvelope = { name: 'SendersOtherEnvelope', unit: 'Count' } as const;
export const sendersChangedSince = { name: 'SendersChangedSince', unit: 'Count' } as const;
export const sendsWhileDisabled = { name: 'SendsWhileDisabled', unit: 'Count' } as const;
export const senderRecordsInvalid = { name: 'SenderRecordsInvalid', unit: 'Count' } as const;
export const senderRecordsMissing = { name: 'SenderRecordsMissing', unit: 'Count' } as const;
export const senderIdentitiesUnknown = { name: 'SenderIdentitiesUnknown', unit: 'Count' } as const;
/** Recipients of all credentials together. Complaints and rejects count mails. */
export const mailSends = { name: 'MailSends', unit: 'Count' } as const;
export const mailDeliveries = { name: 'MailDeliveries', unit: 'Count' } as const;
export const mailHardBounces = { name: 'MailHardBounces', unit: 'Count' } as const;
export const mailSoftBounces = { name: 'MailSoftBounces', unit: 'Count' } as const;
export const mailComplaints = { name: 'MailComplaints', unit: 'Count' } as const;
export const mailRejects = { name: 'MailRejects', unit: 'Count' } as const;
/** Feedback that was a duplicate, or older than the oldest counter. */
export const feedbackNotNew = { name: 'FeedbackNotNew', unit: 'Count' } as const;
export const feedbackUnattributed = { name: 'FeedbackUnattributed', unit: 'Count' } as const;
export const feedbackWarnings = { name: 'FeedbackWarnings', unit: 'Count' } as const;
export const suspensionsNotEnded = { name: 'SuspensionsNotEnded', unit: 'Count' } as const;
export const suspensionsEnded = { name: 'SuspensionsEnded', unit: 'Count' } as const;
export const addressesSuppressed = { name: 'AddressesSuppressed', unit: 'Count' } as const;
export const addressesNotSuppressed = { name: 'AddressesNotSuppressed', unit: 'Count' } as const;
export const alertsPublished = { name: 'AlertsPublished', unit: 'Count' } as const;
export const alertsFailed = { name: 'AlertsFailed', unit: 'Count' } as const;
/** From the stream's timestamp (whole seconds) to `active`. */
export const provisioningLatency = { name: 'ProvisioningLatency', unit: 'Milliseconds' } as const;
/** Requests to the API that ended with a 5xx. */
export const apiErrors = { name: 'ApiErrors', unit: 'Count' } as const;
