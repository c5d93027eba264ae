/**
 * Every message that the functions log, with a stable code for searches and alarms. One constant each: so a function's bundle holds only
 * its own.
 */

export const credentialConverged = { code: 'CREDENTIAL_CONVERGED', message: 'IAM matches the record' } as const;
export const credentialInvalid = {
  code: 'CREDENTIAL_INVALID',
  message: 'The record cannot be applied as written',
} as const;
export const credentialFailed = {
  code: 'CREDENTIAL_FAILED',
  message: 'Reconciling the record failed and will be retried',
} as const;
export const credentialBusy = {
  code: 'CREDENTIAL_BUSY',
  message: 'Another function is working on the record',
} as const;
export const credentialMissing = { code: 'CREDENTIAL_MISSING', message: 'The record does not exist' } as const;
export const credentialDeleted = {
  code: 'CREDENTIAL_DELETED',
  message: 'The IAM user of a deleted record has been deleted',
} as const;
export const eventsUnpublished = {
  code: 'EVENTS_UNPUBLISHED',
  message: 'Events could not be published',
} as const;
export const receivingRuleMissing = {
  code: 'RECEIVING_RULE_MISSING',
  message: 'No receiving rule matches a pattern',
} as const;
export const deadLetterFailed = {
  code: 'DEAD_LETTER_FAILED',
  message: 'The dead letter could not be sent; if it was for a stream record, Lambda delivers that again',
} as const;
export const credentialVerified = {
  code: 'CREDENTIAL_VERIFIED',
  message: 'A login with the key at the SMTP endpoint succeeded',
} as const;
export const verificationSkipped = {
  code: 'VERIFICATION_SKIPPED',
  message: 'There is nothing left to verify',
} as const;
export const verificationWaits = {
  code: 'VERIFICATION_WAITS',
  message: 'The login with the key fails; it is retried in less than a minute',
} as const;
export const verificationFailed = {
  code: 'VERIFICATION_FAILED',
  message: 'The login with the key fails; it will be retried',
} as const;
export const verificationRequestUnknown = {
  code: 'VERIFICATION_REQUEST_UNKNOWN',
  message: 'A message is not an event of ours; it is dropped',
} as const;
export const deadLetterRetried = {
  code: 'DEAD_LETTER_RETRIED',
  message: 'The work failed again; the message waits for its next attempt',
} as const;
export const deadLetterSettled = { code: 'DEAD_LETTER_SETTLED', message: 'The work of a dead letter is done' } as const;
export const messageParked = {
  code: 'MESSAGE_PARKED',
  message: 'A message was parked; a person has to check it',
} as const;
export const parkingFailed = {
  code: 'PARKING_FAILED',
  message: 'The message could not be parked; it stays in its queue',
} as const;
export const messageNotDelayed = {
  code: 'MESSAGE_NOT_DELAYED',
  message: 'The delay of a message could not be set; it is delivered again when its visibility time-out ends',
} as const;
export const rotationRunDone = {
  code: 'ROTATION_RUN_DONE',
  message: 'All rotations that were due have been processed',
} as const;
export const driftFound = { code: 'DRIFT_FOUND', message: 'The table and IAM differ' } as const;
export const patternCaseDiffers = {
  code: 'PATTERN_CASE_DIFFERS',
  message: 'A pattern differs from a verified address only by case',
} as const;
export const sweepLookFailed = {
  code: 'SWEEP_LOOK_FAILED',
  message: 'A user could not be checked; the next sweep tries again',
} as const;
export const sweepRunDone = {
  code: 'SWEEP_RUN_DONE',
  message: 'The sweep has ended, or continues in the next run',
} as const;
export const sendingEventNotUnderstood = {
  code: 'SENDING_EVENT_NOT_UNDERSTOOD',
  message: 'A message about sent mail could not be read; it is parked for a person to check',
} as const;
export const sendingEventForeign = {
  code: 'SENDING_EVENT_FOREIGN',
  message: 'An SES event is about mail of another account or configuration set; it has no effect',
} as const;
export const sendingEventsFailed = {
  code: 'SENDING_EVENTS_FAILED',
  message: 'Events about sent mail could not be processed; they are delivered again',
} as const;
export const senderViolation = {
  code: 'SENDER_VIOLATION',
  message: 'A mail was sent with a sender that the record does not allow',
} as const;
export const sendsWhileDisabled = {
  code: 'SENDS_WHILE_DISABLED',
  message: 'A mail was sent with a credential that is disabled',
} as const;
export const senderRecordMissing = {
  code: 'SENDER_RECORD_MISSING',
  message: 'A mail was sent by an IAM user that has no record',
} as const;
export const senderRecordInvalid = {
  code: 'SENDER_RECORD_INVALID',
  message: 'The sender of a mail cannot be checked, because the record cannot be read',
} as const;
export const senderChangedSince = {
  code: 'SENDER_CHANGED_SINCE',
  message: 'A mail does not match the record, which may have changed since it was sent',
} as const;
export const senderOtherEnvelope = {
  code: 'SENDER_OTHER_ENVELOPE',
  message: 'A mail has an envelope sender that the record does not allow; its From is allowed',
} as const;
export const senderUnreadable = { code: 'SENDER_UNREADABLE', message: 'A sender of a mail is not an address' } as const;
export const senderIdentityUnknown = {
  code: 'SENDER_IDENTITY_UNKNOWN',
  message: 'A mail was sent by a caller that is not a credential of ours',
} as const;
export const credentialSuspended = {
  code: 'CREDENTIAL_SUSPENDED',
  message: 'The system disabled a credential',
} as const;
export const suspensionEnded = {
  code: 'SUSPENSION_ENDED',
  message: 'A suspension has ended automatically; the credential is enabled again',
} as const;
export const suspensionExpiryUnreadable = {
  code: 'SUSPENSION_EXPIRY_UNREADABLE',
  message: 'Items that are not ours stood among the ends of suspensions; they are deleted',
} as const;
export const suspensionNotEnded = {
  code: 'SUSPENSION_NOT_ENDED',
  message: 'A suspension that is over could not be ended; the next run tries again',
} as const;
export const feedbackWarning = {
  code: 'FEEDBACK_WARNING',
  message: 'Bounces or complaints of a credential are above a limit',
} as const;
export const feedbackUnattributed = {
  code: 'FEEDBACK_UNATTRIBUTED',
  message: 'Feedback belongs to no credential of ours and was not counted',
} as const;
export const addressNotSuppressed = {
  code: 'ADDRESS_NOT_SUPPRESSED',
  message: 'An address could not be added to the suppression list of the account',
} as const;
export const alertFailed = { code: 'ALERT_FAILED', message: 'An alert could not be published' } as const;
export const editNotNoted = {
  code: 'EDIT_NOT_NOTED',
  message: 'The meaning of an edit could not be written on its record; Lambda delivers the edit again',
} as const;
export const workPostponed = {
  code: 'WORK_POSTPONED',
  message: 'There was no time left for part of the batch; Lambda delivers it again',
} as const;
export const sendingBatchDone = {
  code: 'SENDING_BATCH_DONE',
  message: 'The events of a batch have been processed',
} as const;
/** The audit line of the API: who asked for which change or password, from where, and how it ended. */
export const apiChange = { code: 'API_CHANGE', message: 'A change or a password was asked for over the API' } as const;
export const apiFailed = { code: 'API_FAILED', message: 'A request to the API failed unexpectedly' } as const;
