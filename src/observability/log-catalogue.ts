/** Every message that the functions log, with a stable code to search and alarm for. */
export const logMessages = {
  credentialConverged: { code: 'CREDENTIAL_CONVERGED', message: 'IAM is as the record says' },
  credentialInvalid: { code: 'CREDENTIAL_INVALID', message: 'The record cannot be fulfilled as it is written' },
  credentialFailed: { code: 'CREDENTIAL_FAILED', message: 'The work on the record failed and will be tried again' },
  credentialBusy: { code: 'CREDENTIAL_BUSY', message: 'Somebody else works on the record' },
  credentialMissing: { code: 'CREDENTIAL_MISSING', message: 'The record does not exist' },
  credentialDeleted: { code: 'CREDENTIAL_DELETED', message: 'The IAM user of a deleted record is gone' },
  eventsUnpublished: {
    code: 'EVENTS_UNPUBLISHED',
    message: 'Events could not be published',
  },
  receivingRuleMissing: { code: 'RECEIVING_RULE_MISSING', message: 'Nobody receives mail for a pattern' },
  deadLetterFailed: { code: 'DEAD_LETTER_FAILED', message: 'The dead letter could not be sent; Lambda delivers again' },
  credentialVerified: { code: 'CREDENTIAL_VERIFIED', message: 'The key has logged in at the SMTP endpoint' },
  verificationSkipped: { code: 'VERIFICATION_SKIPPED', message: 'There is nothing to verify any more' },
  verificationWaits: {
    code: 'VERIFICATION_WAITS',
    message: 'The key does not log in yet; it is tried again in less than a minute',
  },
  verificationFailed: { code: 'VERIFICATION_FAILED', message: 'The key does not log in; it will be tried again' },
  verificationRequestUnknown: {
    code: 'VERIFICATION_REQUEST_UNKNOWN',
    message: 'A message is no event of ours; the queue parks it',
  },
  deadLetterRetried: {
    code: 'DEAD_LETTER_RETRIED',
    message: 'The work failed again; the message waits for its next try',
  },
  deadLetterSettled: { code: 'DEAD_LETTER_SETTLED', message: 'The work that the message stood for is done' },
  messageParked: { code: 'MESSAGE_PARKED', message: 'A message was parked; a person has to look at it' },
  parkingFailed: { code: 'PARKING_FAILED', message: 'The message could not be parked; it stays in its queue' },
  messageNotDelayed: {
    code: 'MESSAGE_NOT_DELAYED',
    message: 'The wait of a message could not be set; it comes again when its visibility time-out ends',
  },
  rotationRunDone: { code: 'ROTATION_RUN_DONE', message: 'All rotations that were due have been looked at' },
  driftFound: { code: 'DRIFT_FOUND', message: 'The table and IAM differ' },
  patternCaseDiffers: {
    code: 'PATTERN_CASE_DIFFERS',
    message: 'A pattern differs from a verified address in upper and lower case only',
  },
  sweepLookFailed: { code: 'SWEEP_LOOK_FAILED', message: 'A user could not be looked at; the next sweep tries again' },
  sweepRunDone: { code: 'SWEEP_RUN_DONE', message: 'The sweep has ended, or goes on in the next run' },
  sendingEventNotUnderstood: {
    code: 'SENDING_EVENT_NOT_UNDERSTOOD',
    message: 'A message about sent mail is not understood; it is parked for a person to look at',
  },
  sendingEventsFailed: {
    code: 'SENDING_EVENTS_FAILED',
    message: 'Events about sent mail could not be worked off; they come again',
  },
  senderViolation: {
    code: 'SENDER_VIOLATION',
    message: 'A mail was sent under a sender that the record does not allow',
  },
  sendsWhileDisabled: { code: 'SENDS_WHILE_DISABLED', message: 'A mail was sent with a credential that is disabled' },
  senderRecordMissing: {
    code: 'SENDER_RECORD_MISSING',
    message: 'A mail was sent by an IAM user that no record knows',
  },
  senderRecordInvalid: {
    code: 'SENDER_RECORD_INVALID',
    message: 'The sender of a mail cannot be checked, as the record cannot be read',
  },
  senderChangedSince: {
    code: 'SENDER_CHANGED_SINCE',
    message: 'A mail does not fit the record, which changed after it was sent',
  },
  senderOtherEnvelope: {
    code: 'SENDER_OTHER_ENVELOPE',
    message: 'A mail has an envelope sender that the record does not name; its From is allowed',
  },
  senderUnreadable: { code: 'SENDER_UNREADABLE', message: 'A sender of a mail is no address' },
  senderIdentityUnknown: {
    code: 'SENDER_IDENTITY_UNKNOWN',
    message: 'A mail was sent by somebody who is no credential of ours',
  },
  credentialSuspended: { code: 'CREDENTIAL_SUSPENDED', message: 'The system itself disabled a credential' },
  suspensionEnded: {
    code: 'SUSPENSION_ENDED',
    message: 'A suspension has ended by itself; the credential works again',
  },
  suspensionNotEnded: {
    code: 'SUSPENSION_NOT_ENDED',
    message: 'A suspension whose time is over could not be ended; the next run tries again',
  },
  feedbackWarning: { code: 'FEEDBACK_WARNING', message: 'Bounces or complaints of a credential are above a limit' },
  feedbackUnattributed: {
    code: 'FEEDBACK_UNATTRIBUTED',
    message: 'Feedback belongs to no credential of ours and was not counted',
  },
  addressNotSuppressed: {
    code: 'ADDRESS_NOT_SUPPRESSED',
    message: 'An address could not be put on the suppression list of the account',
  },
  alertFailed: { code: 'ALERT_FAILED', message: 'A finding could not be told on the topic of alerts' },
  editNotNoted: {
    code: 'EDIT_NOT_NOTED',
    message: 'What an edit means could not be noted on its record; Lambda delivers the edit again',
  },
  workPostponed: {
    code: 'WORK_POSTPONED',
    message: 'There was no time left for a part of the batch; Lambda delivers it again',
  },
  sendingBatchDone: { code: 'SENDING_BATCH_DONE', message: 'The events of a batch are worked off' },
} as const;

export type LogMessage = (typeof logMessages)[keyof typeof logMessages];
