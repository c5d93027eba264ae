import type { SesameError } from '../credential/errors.ts';

/** What goes to the dead-letter queue when a record's work failed: the design document's model, and who to look for. */
export interface DeadLetter {
  /** The stream record, without its ciphertext. Only its keys are needed to try again. */
  readonly originalEvent: unknown;
  readonly errorType: string;
  readonly errorMessage: string;
  readonly retryCount: number;
  /** ISO 8601 */
  readonly timestamp: string;
  readonly correlationId: string;
  /** The change touched what only the system writes: the record may tell of IAM what isn't so. */
  readonly distrust?: true;
  /** Somebody else wrote `encrypted_password`: the proof of a login with the one before says nothing any more. */
  readonly passwordEdited?: true;
}

export interface DeadLetterQueue {
  /** Throws when the message could not be stored: then somebody else has to remember the work. */
  send(deadLetter: DeadLetter, delaySeconds?: number): Promise<void>;
}

/** The part of a DynamoDB stream record that is read here. */
export interface StreamRecordLike {
  readonly dynamodb?: {
    readonly Keys?: unknown;
    readonly NewImage?: Readonly<Record<string, unknown>> | undefined;
    readonly OldImage?: Readonly<Record<string, unknown>> | undefined;
  };
}

// SQS takes 256 KiB in every region (https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html);
// a DynamoDB item may have 400 KB.
const maxImagesBytes = 200_000;

/** Builds the message for a stream record that could not be worked off. */
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

/** A stream record without any `encrypted_password`, and without its images when they are too long for a message. */
function withoutCiphertext(record: StreamRecordLike): unknown {
  const { NewImage, OldImage, ...rest } = record.dynamodb ?? {};
  const images = withoutPasswords({
    ...(NewImage === undefined ? {} : { NewImage }),
    ...(OldImage === undefined ? {} : { OldImage }),
  });
  const fits = Buffer.byteLength(JSON.stringify(images)) <= maxImagesBytes;
  return { ...record, dynamodb: { ...rest, ...(fits ? images : {}) } };
}

/** At every depth: `previous_key` holds a password as well. */
function withoutPasswords(images: object): object {
  return JSON.parse(JSON.stringify(images, (name, value) => (name === 'encrypted_password' ? undefined : value)));
}
