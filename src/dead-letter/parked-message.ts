import { asText, parseMap } from '../values/json-map.ts';
import type { QueuedMessage, QueueMessage } from './queue-message.ts';

/** A message that a person has to look at: its body as it came, and its story. */
export interface ParkedMessage {
  readonly body: string;
  /** At most ten, each a string that isn't empty. */
  readonly attributes: Readonly<Record<string, string>>;
}

export interface ParkingQueue {
  /** Throws when the message could not be stored: then it must stay where it is. */
  park(message: ParkedMessage): Promise<void>;
}

/** An attribute counts towards the message's size, and the body may already be as long as can be. */
const maxAttributeLength = 1_000;

/**
 * What goes to the parking queue. A message takes ten attributes:
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-message-metadata.html
 */
export function buildParkedMessage(input: {
  readonly message: QueuedMessage;
  readonly queueMessage: QueueMessage;
  /** The last error; the letter's own when nothing was tried. */
  readonly error: { readonly code: string; readonly message: string };
  readonly retryCount: number;
  readonly sentAtMs: number;
  readonly nowMs: number;
}): ParkedMessage {
  const { message, queueMessage, error } = input;
  const hasAttributes = Object.keys(message.attributes).length > 0;
  const attributes = {
    sourceForm: queueMessage.form,
    errorType: error.code,
    errorMessage: error.message,
    retryCount: String(input.retryCount),
    firstFailedAt: queueMessage.firstFailedAt ?? new Date(input.sentAtMs).toISOString(),
    lastTriedAt: new Date(input.nowMs).toISOString(),
    correlationId: queueMessage.correlationId ?? '',
    username: queueMessage.form === 'dead-letter' ? queueMessage.username : '',
    // What a foreign message said beside its body must not be lost.
    originalAttributes: hasAttributes ? JSON.stringify(message.attributes) : '',
  };
  return {
    body: message.body,
    attributes: Object.fromEntries(
      Object.entries(attributes)
        .map(([name, value]) => [name, toAttributeValue(value)] as const)
        .filter(([, value]) => value !== ''),
    ),
  };
}

/** The attributes that a message had before it was parked: somebody may have moved it back to its queue. */
export function readOriginalAttributes(attributes: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  if (attributes['sourceForm'] === undefined || attributes['lastTriedAt'] === undefined) return attributes;
  const original = parseMap(attributes['originalAttributes'] ?? '') ?? {};
  return Object.fromEntries(
    Object.entries(original).flatMap(([name, value]) => {
      const text = asText(value);
      return text === undefined ? [] : [[name, text]];
    }),
  );
}

/** Short enough, and without the characters that SQS refuses. */
function toAttributeValue(value: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what SQS refuses.
  const clean = value.toWellFormed().replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '\ufffd');
  return clean.length <= maxAttributeLength ? clean : `${clean.slice(0, maxAttributeLength - 1).toWellFormed()}…`;
}
