import type { SesameError } from '../credential/errors.ts';

/**
 * The message that a failed reconcile sends to the dead-letter queue: the design document's format, with our own
 * extras.
 */
export interface DeadLetter {
  /** The stream record without its ciphertext. A retry needs only its keys. */
  readonly originalEvent: unknown;
  readonly errorType: string;
  readonly errorMessage: string;
  readonly retryCount: number;
  /** ISO 8601 */
  readonly timestamp: string;
  readonly correlationId: string;
  /** Somebody else changed a system attribute, so the record may describe IAM wrongly. */
  readonly distrust?: true;
  /** Somebody else wrote `encrypted_password`, so an earlier successful login proves nothing any more. */
  readonly passwordEdited?: true;
}

/** The error code of work whose record was claimed by another function. */
export const RECORD_BUSY = 'RecordBusy';

/**
 * The delay of the first retry of such work, in seconds. Most claims last two seconds; only the claim of a function
 * that died lasts for the whole lease.
 */
export const FIRST_BUSY_DELAY_SECONDS = 3;

export interface DeadLetterQueue {
  /** Throws if the message could not be stored. The caller must then make sure that the work is retried. */
  send(deadLetter: DeadLetter, delaySeconds?: number): Promise<void>;
}

/** The part of a DynamoDB stream record that we read. */
export interface StreamRecordLike {
  readonly dynamodb?: {
    readonly Keys?: unknown;
    readonly NewImage?: Readonly<Record<string, unknown>> | undefined;
    readonly OldImage?: Readonly<Record<string, unknown>> | undefined;
  };
}

// SQS accepts 256 KiB in every region
// (https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html); a DynamoDB item
// may have 400 KB.
const maxImagesBytes = 200_000;

/** Builds the dead letter for a stream record that could not be processed. */
export function buildDeadLetter(input: {
  readonly streamRecord: StreamRecordLike;
  readonly error: Pick<SesameError, 'code' | 'message'>;
  readonly retryCount: number;
  readonly nowMs: number;
  readonly correlationId: string;
  readonly forceResync: boolean;
  readonly passwordEdited?: boolean;
}): DeadLetter {
  return {
    originalEvent: withoutCiphertext(input.streamRecord),
    errorType: input.error.code,
    errorMessage: input.error.message,
    retryCount: input.retryCount,
    timestamp: new Date(input.nowMs).toISOString(),
    correlationId: input.correlationId,
    ...(input.forceResync ? { distrust: true } : {}),
    ...(input.passwordEdited === true ? { passwordEdited: true } : {}),
  };
}

/** Removes every `encrypted_password`, and the images if they are too long for a message. */
function withoutCiphertext(record: StreamRecordLike): unknown {
  const { NewImage, OldImage, ...rest } = record.dynamodb ?? {};
  const images = withoutPasswords({
    ...(NewImage === undefined ? {} : { NewImage }),
    ...(OldImage === undefined ? {} : { OldImage }),
  });
  const fits = Buffer.byteLength(JSON.stringify(images)) <= maxImagesBytes;
  return { ...record, dynamodb: { ...rest, ...(fits ? images : {}) } };
}

/** At every depth, because `previous_key` holds a password as well. */
function withoutPasswords(images: object): object {
  return JSON.parse(JSON.stringify(images, (name, value) => (name === 'encrypted_password' ? undefined : value)));
}
