import type { DriftKind } from '../credential/drift/drift-finding.ts';
import type { Transition } from '../credential/transition.ts';
import type { CounterName } from '../mail-events/feedback.ts';

/** The namespace of all our metrics. */
export const METRIC_NAMESPACE = 'Sesame';

/** Every metric that the functions emit, with its unit. Dashboards and alarms use these names. */
export const metrics = {
  credentialsActivated: { name: 'CredentialsActivated', unit: 'Count' },
  credentialsChanged: { name: 'CredentialsChanged', unit: 'Count' },
  credentialsEnabled: { name: 'CredentialsEnabled', unit: 'Count' },
  credentialsDisabled: { name: 'CredentialsDisabled', unit: 'Count' },
  credentialsRecreated: { name: 'CredentialsRecreated', unit: 'Count' },
  credentialsSuspended: { name: 'CredentialsSuspended', unit: 'Count' },
  credentialsRotated: { name: 'CredentialsRotated', unit: 'Count' },
  rotationsAnnounced: { name: 'RotationsAnnounced', unit: 'Count' },
  expiriesAnnounced: { name: 'ExpiriesAnnounced', unit: 'Count' },
  credentialsExpired: { name: 'CredentialsExpired', unit: 'Count' },
  keysRetired: { name: 'KeysRetired', unit: 'Count' },
  keysDeleted: { name: 'KeysDeleted', unit: 'Count' },
  rotationsUndone: { name: 'RotationsUndone', unit: 'Count' },
  keysStillInUse: { name: 'KeysStillInUse', unit: 'Count' },
  credentialsInvalid: { name: 'CredentialsInvalid', unit: 'Count' },
  credentialsFailed: { name: 'CredentialsFailed', unit: 'Count' },
  credentialsDeleted: { name: 'CredentialsDeleted', unit: 'Count' },
  eventsUnpublished: { name: 'EventsUnpublished', unit: 'Count' },
  deadLetters: { name: 'DeadLetters', unit: 'Count' },
  credentialsVerified: { name: 'CredentialsVerified', unit: 'Count' },
  verificationsFailed: { name: 'VerificationsFailed', unit: 'Count' },
  verificationRequestsUnknown: { name: 'VerificationRequestsUnknown', unit: 'Count' },
  deadLettersSettled: { name: 'DeadLettersSettled', unit: 'Count' },
  deadLettersRetried: { name: 'DeadLettersRetried', unit: 'Count' },
  messagesParked: { name: 'MessagesParked', unit: 'Count' },
  /** Scheduled runs that ran out of time before they were done. */
  runsCutShort: { name: 'RunsCutShort', unit: 'Count' },
  sweepsCompleted: { name: 'SweepsCompleted', unit: 'Count' },
  driftRepaired: { name: 'DriftRepaired', unit: 'Count' },
  driftOrphanUser: { name: 'DriftOrphanUser', unit: 'Count' },
  driftOrphanKey: { name: 'DriftOrphanKey', unit: 'Count' },
  driftHalfDone: { name: 'DriftHalfDone', unit: 'Count' },
  driftStuckPending: { name: 'DriftStuckPending', unit: 'Count' },
  driftStaleFailure: { name: 'DriftStaleFailure', unit: 'Count' },
  driftMissingUser: { name: 'DriftMissingUser', unit: 'Count' },
  driftRenamedUser: { name: 'DriftRenamedUser', unit: 'Count' },
  driftOrphanPolicy: { name: 'DriftOrphanPolicy', unit: 'Count' },
  driftMissingKey: { name: 'DriftMissingKey', unit: 'Count' },
  driftInactiveKey: { name: 'DriftInactiveKey', unit: 'Count' },
  driftActiveKey: { name: 'DriftActiveKey', unit: 'Count' },
  driftNotDisabled: { name: 'DriftNotDisabled', unit: 'Count' },
  driftPolicy: { name: 'DriftPolicy', unit: 'Count' },
  driftForeignPolicy: { name: 'DriftForeignPolicy', unit: 'Count' },
  driftForeignBoundary: { name: 'DriftForeignBoundary', unit: 'Count' },
  driftFormerPath: { name: 'DriftFormerPath', unit: 'Count' },
  driftQuarantined: { name: 'DriftQuarantined', unit: 'Count' },
  driftUnverified: { name: 'DriftUnverified', unit: 'Count' },
  driftIdentityConfigurationSet: { name: 'DriftIdentityConfigurationSet', unit: 'Count' },
  /** All IAM users of the account, ours or not, and the account's quota. */
  iamUsersUsed: { name: 'IamUsersUsed', unit: 'Count' },
  iamUsersQuota: { name: 'IamUsersQuota', unit: 'Count' },
  /** In days. */
  oldestKeyAge: { name: 'OldestKeyAge', unit: 'Count' },
  /** Keys that were not used for 90 days; counted in every fourth sweep. */
  keysUnused: { name: 'KeysUnused', unit: 'Count' },
  sendingEventsRead: { name: 'SendingEventsRead', unit: 'Count' },
  sendingEventsNotUnderstood: { name: 'SendingEventsNotUnderstood', unit: 'Count' },
  /** Messages that are delivered again. The queue parks them after too many deliveries. */
  sendingEventsFailed: { name: 'SendingEventsFailed', unit: 'Count' },
  sendersAllowed: { name: 'SendersAllowed', unit: 'Count' },
  senderViolations: { name: 'SenderViolations', unit: 'Count' },
  sendersUnreadable: { name: 'SendersUnreadable', unit: 'Count' },
  sendersOtherEnvelope: { name: 'SendersOtherEnvelope', unit: 'Count' },
  sendersChangedSince: { name: 'SendersChangedSince', unit: 'Count' },
  sendsWhileDisabled: { name: 'SendsWhileDisabled', unit: 'Count' },
  senderRecordsInvalid: { name: 'SenderRecordsInvalid', unit: 'Count' },
  senderRecordsMissing: { name: 'SenderRecordsMissing', unit: 'Count' },
  senderIdentitiesUnknown: { name: 'SenderIdentitiesUnknown', unit: 'Count' },
  /** Recipients of all credentials together. Complaints and rejects count mails. */
  mailSends: { name: 'MailSends', unit: 'Count' },
  mailDeliveries: { name: 'MailDeliveries', unit: 'Count' },
  mailHardBounces: { name: 'MailHardBounces', unit: 'Count' },
  mailSoftBounces: { name: 'MailSoftBounces', unit: 'Count' },
  mailComplaints: { name: 'MailComplaints', unit: 'Count' },
  mailRejects: { name: 'MailRejects', unit: 'Count' },
  /** Feedback that was a duplicate, or older than the oldest counter. */
  feedbackNotNew: { name: 'FeedbackNotNew', unit: 'Count' },
  feedbackUnattributed: { name: 'FeedbackUnattributed', unit: 'Count' },
  feedbackWarnings: { name: 'FeedbackWarnings', unit: 'Count' },
  suspensionsNotEnded: { name: 'SuspensionsNotEnded', unit: 'Count' },
  suspensionsEnded: { name: 'SuspensionsEnded', unit: 'Count' },
  addressesSuppressed: { name: 'AddressesSuppressed', unit: 'Count' },
  addressesNotSuppressed: { name: 'AddressesNotSuppressed', unit: 'Count' },
  alertsPublished: { name: 'AlertsPublished', unit: 'Count' },
  alertsFailed: { name: 'AlertsFailed', unit: 'Count' },
  /** From the stream's timestamp (whole seconds) to `active`. */
  provisioningLatency: { name: 'ProvisioningLatency', unit: 'Milliseconds' },
} as const;

/** The metric of each transition. */
export const transitionMetrics = {
  activated: metrics.credentialsActivated,
  enabled: metrics.credentialsEnabled,
  disabled: metrics.credentialsDisabled,
  changed: metrics.credentialsChanged,
  recreated: metrics.credentialsRecreated,
  suspended: metrics.credentialsSuspended,
  'rotation-due': metrics.rotationsAnnounced,
  'expiry-due': metrics.expiriesAnnounced,
  rotated: metrics.credentialsRotated,
  'key-retired': metrics.keysRetired,
  'key-deleted': metrics.keysDeleted,
  'rotation-undone': metrics.rotationsUndone,
  'still-in-use': metrics.keysStillInUse,
} as const satisfies Record<Transition, Metric>;

/** The metric of each mail counter. */
export const counterMetrics = {
  sends: metrics.mailSends,
  deliveries: metrics.mailDeliveries,
  hard_bounces: metrics.mailHardBounces,
  soft_bounces: metrics.mailSoftBounces,
  complaints: metrics.mailComplaints,
  rejects: metrics.mailRejects,
  violations: metrics.senderViolations,
} as const satisfies Record<CounterName, Metric>;

/** The metric of each kind of drift. */
export const findingMetrics = {
  'orphan-user': metrics.driftOrphanUser,
  'orphan-key': metrics.driftOrphanKey,
  'half-done': metrics.driftHalfDone,
  'stuck-pending': metrics.driftStuckPending,
  'stale-failure': metrics.driftStaleFailure,
  'missing-user': metrics.driftMissingUser,
  'renamed-user': metrics.driftRenamedUser,
  'orphan-policy': metrics.driftOrphanPolicy,
  'missing-key': metrics.driftMissingKey,
  'inactive-key': metrics.driftInactiveKey,
  'active-key': metrics.driftActiveKey,
  'not-disabled': metrics.driftNotDisabled,
  'policy-drift': metrics.driftPolicy,
  'foreign-policy': metrics.driftForeignPolicy,
  'foreign-boundary': metrics.driftForeignBoundary,
  'former-path': metrics.driftFormerPath,
  quarantined: metrics.driftQuarantined,
  unverified: metrics.driftUnverified,
  'identity-configuration-set': metrics.driftIdentityConfigurationSet,
} as const satisfies Record<DriftKind, Metric>;

export type Metric = (typeof metrics)[keyof typeof metrics];
