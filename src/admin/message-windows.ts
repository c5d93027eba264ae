import { SesameError } from '../credential/errors.ts';

/** A part of the time to look at, and where to go on. Milliseconds since the epoch; both ends belong to it. */
export interface SearchPlace {
  readonly fromMs: number;
  readonly toMs: number;
  /** The end of the whole time. */
  readonly untilMs: number;
  /** Goes on within the part: the cursor of the log's search. */
  readonly inner: string | undefined;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** EventBridge cuts times to seconds, and clocks differ. */
const SLACK_MS = MINUTE_MS;
/** Most mails have an outcome within minutes. SES tries others for up to 14 hours. Complaints take days. */
const widths: readonly number[] = [10 * MINUTE_MS, HOUR_MS, 6 * HOUR_MS, DAY_MS];
/** After so long, no event of a mail is expected. */
const LIFE_MS = 15 * DAY_MS;

export interface AskedTime {
  readonly sinceMs?: number | undefined;
  readonly untilMs?: number | undefined;
}

/** Where to look first: where the mail's id says, or else in the time that was asked for, or else in the last day. */
export function firstPlace({ sinceMs, untilMs }: AskedTime, sentAtMs: number | undefined, nowMs: number): SearchPlace {
  const knownMs = sentAtMs !== undefined && sentAtMs <= nowMs ? sentAtMs - SLACK_MS : undefined;
  const endMs = untilMs ?? (knownMs === undefined ? nowMs : Math.min(nowMs, knownMs + LIFE_MS));
  const fromMs = Math.max(0, knownMs === undefined ? (sinceMs ?? endMs - DAY_MS) : Math.max(knownMs, sinceMs ?? 0));
  if (fromMs > endMs) {
    throw new SesameError(
      'InvalidTime',
      'permanent',
      'The time to look at ends before it begins, or before the mail was sent.',
    );
  }
  return { fromMs, toMs: endOfPart(fromMs, endMs, knownMs), untilMs: endMs, inner: undefined };
}

/** The next part of the time; undefined after the last. */
export function nextPlace({ toMs, untilMs }: SearchPlace, sentAtMs: number | undefined): SearchPlace | undefined {
  if (toMs >= untilMs) return undefined;
  return {
    fromMs: toMs + 1,
    toMs: endOfPart(toMs + 1, untilMs, sentAtMs === undefined ? undefined : sentAtMs - SLACK_MS),
    untilMs,
    inner: undefined,
  };
}

/**
 * The time before the mail's id says that it was sent, if that was asked for as well. AWS doesn't promise that ids hold a time, so it is looked at
 * when nothing was found where it should be.
 */
export function placeBefore(
  { sinceMs }: AskedTime,
  sentAtMs: number | undefined,
  place: SearchPlace,
): SearchPlace | undefined {
  if (sentAtMs === undefined || sinceMs === undefined) return undefined;
  const toMs = sentAtMs - SLACK_MS - 1;
  return sinceMs > toMs || place.untilMs <= toMs
    ? undefined
    : { fromMs: sinceMs, toMs, untilMs: toMs, inner: undefined };
}

/** Only a known mail is looked for in parts: others may be anywhere. */
function endOfPart(fromMs: number, untilMs: number, knownMs: number | undefined): number {
  if (knownMs === undefined) return untilMs;
  const ends = widths.map((width) => knownMs + width);
  return Math.min(untilMs, ends.find((end) => end > fromMs) ?? untilMs);
}

/** It names no log group and no pattern, so a forged cursor finds nothing that its request may not see. */
export function writeCursor({ fromMs, toMs, untilMs, inner }: SearchPlace): string {
  return Buffer.from(JSON.stringify([fromMs, toMs, untilMs, inner ?? null])).toString('base64url');
}

/** @throws SesameError `InvalidCursor`, permanent */
export function readCursor(cursor: string): SearchPlace {
  const invalid = new SesameError('InvalidCursor', 'permanent', 'The cursor is invalid. Start again without one.');
  let parts: unknown;
  try {
    parts = JSON.parse(Buffer.from(cursor, 'base64url').toString());
  } catch {
    throw invalid;
  }
  if (!Array.isArray(parts) || parts.length !== 4) throw invalid;
  const [fromMs, toMs, untilMs, inner] = parts as unknown[];
  if (!isTime(fromMs) || !isTime(toMs) || !isTime(untilMs) || fromMs > toMs || toMs > untilMs) throw invalid;
  if (inner !== null && typeof inner !== 'string') throw invalid;
  const place = { fromMs, toMs, untilMs, inner: inner ?? undefined };
  if (writeCursor(place) !== cursor) throw invalid;
  return place;
}

/** The latest time that a date can hold. */
const maxMs = 8_640_000_000_000_000;

function isTime(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0 && (value as number) <= maxMs;
}
