/** Every message that the functions log, with a stable code to search and alarm for. */
export const logMessages = {
  credentialSettled: { code: 'CREDENTIAL_SETTLED', message: 'IAM is as the record says' },
  credentialInvalid: { code: 'CREDENTIAL_INVALID', message: 'The record cannot be fulfilled as it is written' },
  credentialFailed: { code: 'CREDENTIAL_FAILED', message: 'The work on the record failed and will be tried again' },
  credentialBusy: { code: 'CREDENTIAL_BUSY', message: 'Somebody else works on the record' },
  credentialMissing: { code: 'CREDENTIAL_MISSING', message: 'The record does not exist' },
  credentialDeleted: { code: 'CREDENTIAL_DELETED', message: 'The IAM user of a deleted record is gone' },
  eventsUnpublished: {
    code: 'EVENTS_UNPUBLISHED',
    message: 'Events could not be published; the sweep makes up for it',
  },
  receivingRuleMissing: { code: 'RECEIVING_RULE_MISSING', message: 'Nobody receives mail for a pattern' },
  deadLetterFailed: { code: 'DEAD_LETTER_FAILED', message: 'The dead letter could not be sent; Lambda delivers again' },
  batchDone: { code: 'BATCH_DONE', message: 'The batch is worked off' },
} as const;

export type LogMessage = (typeof logMessages)[keyof typeof logMessages];
