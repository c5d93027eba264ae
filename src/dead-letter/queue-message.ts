/** A message as it lies in the dead-letter queue: its body, and its message attributes as text. */
export interface QueuedMessage {
  readonly body: string;
  readonly attributes: Readonly<Record<string, string>>;
}

/** Whose work we make good: anything else is somebody else's. */
export interface OwnWork {
  readonly table: string;
  /** The functions whose failed asynchronous invocations a look at all records makes good. */
  readonly functionNames: readonly string[];
}

/** What a message tells about the failure that brought it here. */
export interface FailureStory {
  readonly errorType: string;
  readonly errorMessage: string;
  /** ISO 8601; undefined when the message doesn't tell. */
  readonly firstFailedAt: string | undefined;
  readonly correlationId: string | undefined;
}

export type QueueMessage =
  /** Our own model: one record's work. */
  | (FailureStory & {
      readonly form: 'dead-letter';
      readonly username: string;
      /** The IAM user that the record referred to before the change. */
      readonly supersededIamUserName: string | undefined;
      /** When that user was made at the latest: epoch milliseconds. */
      readonly supersededMadeAtMs: number | undefined;
      /** The change touched what only the system writes. */
      readonly forceResync: boolean;
      /** Somebody else wrote `encrypted_password`. */
      readonly passwordEdited: boolean;
      readonly retryCount: number;
    })
  /** Lambda's own record of a batch of the stream, or of an asynchronous invocation: it doesn't tell which records. */
  | (FailureStory & {
      readonly form: 'stream-batch';
      /** When the first of its records was written. ISO 8601; undefined when the message doesn't tell. */
      readonly firstWrittenAt: string | undefined;
    })
  | (FailureStory & { readonly form: 'invocation' })
  | (FailureStory & { readonly form: 'unknown' });
