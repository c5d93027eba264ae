/** A message in the dead-letter queue, with its message attributes as text. */
export interface QueuedMessage {
  readonly body: string;
  readonly attributes: Readonly<Record<string, string>>;
}

/** Identifies messages about our own work. All others are parked. */
export interface OwnWork {
  readonly table: string;
  /** Functions whose failed asynchronous invocations are made up for by reconciling all unconverged records. */
  readonly functionNames: readonly string[];
}

/** What a message says about the failure. */
export interface FailureStory {
  readonly errorType: string;
  readonly errorMessage: string;
  /** ISO 8601; undefined if the message does not say. */
  readonly firstFailedAt: string | undefined;
  readonly correlationId: string | undefined;
}

export type QueueMessage =
  /** Our own format: the work on one record. */
  | (FailureStory & {
      readonly form: 'dead-letter';
      readonly username: string;
      /** The IAM user that the record referred to before the change. */
      readonly supersededIamUserName: string | undefined;
      /** The latest time at which that user may have been created, epoch milliseconds. */
      readonly supersededCreatedAtMs: number | undefined;
      /** The keys that the record named before the change. */
      readonly supersededAccessKeyIds: readonly string[];
      /** Somebody else changed a system attribute. */
      readonly forceResync: boolean;
      /** Somebody else wrote `encrypted_password`. */
      readonly passwordEdited: boolean;
      readonly retryCount: number;
    })
  /** Lambda's failure record of a stream batch or an asynchronous invocation. It does not name the table's records. */
  | (FailureStory & {
      readonly form: 'stream-batch';
      /** When the first stream record of the batch was written. ISO 8601; undefined if the message does not say. */
      readonly firstWrittenAt: string | undefined;
    })
  | (FailureStory & { readonly form: 'invocation' })
  | (FailureStory & { readonly form: 'unknown' });
