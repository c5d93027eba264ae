/** Why a mail would be accepted or refused. */
export interface SendingReason {
  /** For programs. */
  readonly code: string;
  /** In words. */
  readonly message: string;
  readonly state: 'ok' | 'refused' | 'unknown';
}

/** A reason, and what it does to the verdict. */
export interface SendingFinding extends SendingReason {
  /** SES's reply. Only for `refused`. */
  readonly reply?: string;
  /** SES accepts the mail whatever this is. */
  readonly isOptional?: true;
}
