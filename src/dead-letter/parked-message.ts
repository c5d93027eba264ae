import { asText, parseMap } from '../values/json-map.ts';
import type { QueuedMessage, QueueMessage } from './queue-message.ts';

/** A message that needs a person: the original body, and what is known about the failure. */
export interface ParkedMessage {
  readonly body: string;
  /** At most ten, each a non-empty string. */
  readonly attributes: Readonly<Record<string, string>>;
}

export interface ParkingQueue {
  /** Throws if the message could not be stored. It must then stay in its queue. */
  park(message: ParkedMessage): Promise<void>;
}

/** Attributes count towards the message size, and the body may already be as long as allowed. */
const maxAttributeLength = 1_000;

/**
 * Builds the message for the parking queue. A message can have ten attributes:
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-message-metadata.html
 */
export function buildParkedMessage(input: {
  readonly message: QueuedMessage;
  readonly queueMessage: QueueMessage;
  /** The last error; the message's own if nothing was attempted. */
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
    // Keeps the attributes of a foreign message.
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

/** The attributes that a message had before it was parked. An operator may have moved it back to its queue. */
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

/** Shortens a value and replaces characters that SQS rejects. */
function toAttributeValue(value: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: SQS rejects these characters.
  const clean = value.toWellFormed().replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '\ufffd');
  return clean.length <= maxAttributeLength ? clean : `${clean.slice(0, maxAttributeLength - 1).toWellFormed()}…`;
}
