import { asMap, asText, type JsonMap, parseMap } from '../values/json-map.ts';
import { parseOwnDeadLetter } from './parse-own-dead-letter.ts';
import type { FailureStory, OwnWork, QueuedMessage, QueueMessage } from './queue-message.ts';

/**
 * Classifies a message of the dead-letter queue. Never throws: anything that is not certainly ours is `unknown`.
 *
 * - https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html: a stream mapping sends metadata only;
 * - https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html: a destination gets a record with the
 *   payload, a function's dead-letter queue gets the event itself, and the error in message attributes.
 */
export function classifyQueueMessage(message: QueuedMessage, own: OwnWork): QueueMessage {
  const body = parseMap(message.body);
  if (body === undefined) return unknown('The body is not a JSON object.');
  const deadLetter = parseOwnDeadLetter(body, own.table);
  if (deadLetter !== undefined) return deadLetter;
  if (body['DDBStreamBatchInfo'] !== undefined) return readStreamBatch(body, own);
  if (body['requestContext'] !== undefined) return readInvocation(body, own);
  return readPlainEvent(body, message.attributes);
}

function readStreamBatch(body: JsonMap, { table }: OwnWork): QueueMessage {
  const batch = asMap(body['DDBStreamBatchInfo']);
  const streamArn = asText(batch?.['streamArn']);
  if (streamArn?.split('/')[1] !== table) return unknown('It concerns the stream of another table.');
  const firstWrittenAt = asText(batch?.['approximateArrivalOfFirstRecord']);
  return { form: 'stream-batch', firstWrittenAt, ...readRecordStory(body) };
}

function readInvocation(body: JsonMap, { functionNames }: OwnWork): QueueMessage {
  const functionArn = asText(asMap(body['requestContext'])?.['functionArn']);
  // arn:aws:lambda:REGION:ACCOUNT:function:NAME:QUALIFIER
  const name = functionArn?.split(':')[6];
  if (name === undefined || !functionNames.includes(name)) return unknown('It concerns an unknown function.');
  return { form: 'invocation', ...readRecordStory(body) };
}

/** The failure in a destination's record, of either kind. */
function readRecordStory(body: JsonMap): FailureStory {
  const context = asMap(body['requestContext']);
  const answer = asMap(body['responsePayload']);
  return {
    errorType: asText(answer?.['errorType']) ?? asText(context?.['condition']) ?? 'InvocationFailed',
    errorMessage: asText(answer?.['errorMessage']) ?? 'The function ended without an answer.',
    firstFailedAt: asText(body['timestamp']),
    correlationId: asText(context?.['requestId']),
  };
}

function readPlainEvent(body: JsonMap, attributes: Readonly<Record<string, string>>): QueueMessage {
  const { RequestID, ErrorCode, ErrorMessage } = attributes;
  if (RequestID === undefined || !/^\d{3}$/.test(ErrorCode ?? '')) return unknown('Its format is unknown.');
  // An event with records is separate work, which reconciling all records would not make up for.
  if (body['Records'] !== undefined) return unknown('It is an event with records of another application.');
  return {
    form: 'invocation',
    errorType: `Lambda${ErrorCode}`,
    errorMessage: ErrorMessage ?? 'The function ended without an answer.',
    firstFailedAt: undefined,
    correlationId: RequestID,
  };
}

function unknown(reason: string): QueueMessage {
  return {
    form: 'unknown',
    errorType: 'UnknownMessage',
    errorMessage: reason,
    firstFailedAt: undefined,
    correlationId: undefined,
  };
}
