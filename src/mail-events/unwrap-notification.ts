import { asMap, asText, type JsonMap } from '../values/json-map.ts';
import type { ReadSesEvent } from './sending-event.ts';

/** The report of SES, without its envelopes. */
export interface Unwrapped {
  readonly report: JsonMap;
  /** The event's `detail-type` in EventBridge. */
  readonly detailType: string | undefined;
  /** The timestamp of the innermost envelope. */
  readonly time: unknown;
}

/** SNS in SQS behind an EventBridge pipe has three envelopes. More can only be an attack. */
const maxEnvelopes = 4;
/** SQS and SNS carry 256 KB, SQS up to 1 MiB since 2025. */
const maxTextLength = 1_200_000;

type Unwrapping = Exclude<ReadSesEvent, { result: 'event' }>;

/** Extracts the report of SES from the envelopes of SNS and EventBridge. Never throws. */
export function unwrapNotification(input: unknown): Unwrapped | Unwrapping {
  let content = input;
  let around: Omit<Unwrapped, 'report'> = { detailType: undefined, time: undefined };
  for (let depth = 0; depth <= maxEnvelopes; depth += 1) {
    const map = readMap(content);
    if ('result' in map) return map;
    const opened = openEnvelope(map.map);
    if (opened === undefined) return { report: map.map, ...around };
    if ('result' in opened) return opened;
    content = opened.content;
    around = opened;
  }
  return { result: 'not-understood', code: 'NoObject', reason: `It has more than ${maxEnvelopes} envelopes.` };
}

function readMap(content: unknown): { readonly map: JsonMap } | Unwrapping {
  let value = content;
  if (typeof value === 'string') {
    // SES sends this plain text once, when a topic becomes an event destination.
    if (/^\s*"?Successfully validated SNS topic/.test(value)) return { result: 'nothing', what: 'validation' };
    const parsed = parse(value);
    if (parsed === undefined) {
      return {
        result: 'not-understood',
        code: 'NoJson',
        reason: `A text of ${value.length} characters that is not JSON.`,
      };
    }
    value = parsed.value;
  }
  const map = asMap(value);
  return map === undefined
    ? { result: 'not-understood', code: 'NoObject', reason: 'It is not a JSON object.' }
    : { map };
}

/** The content of an envelope; undefined if the map is not an envelope. */
function openEnvelope(
  map: JsonMap,
): (Omit<Unwrapped, 'report'> & { readonly content: unknown }) | Unwrapping | undefined {
  if (map['source'] === 'aws.ses' && asMap(map['detail']) !== undefined) {
    return { content: map['detail'], detailType: asText(map['detail-type']), time: map['time'] };
  }
  // With an SNS trigger of Lambda the envelope is `Sns`; in SQS it is the body.
  const snsRecord = asMap(map['Sns']);
  const envelope = snsRecord ?? map;
  const kind = asText(envelope['Type']);
  if (kind === 'SubscriptionConfirmation' || kind === 'UnsubscribeConfirmation') {
    return { result: 'nothing', what: 'subscription' };
  }
  if (typeof envelope['Message'] !== 'string' || (kind !== 'Notification' && snsRecord === undefined)) return undefined;
  return { content: envelope['Message'], detailType: undefined, time: envelope['Timestamp'] };
}

function parse(text: string): { readonly value: unknown } | undefined {
  if (text.length > maxTextLength) return undefined;
  try {
    return { value: JSON.parse(text) };
  } catch {
    return undefined;
  }
}
