import type { Item } from '../credential-table.ts';

/** Why the system itself disabled a credential. */
export type SuspensionCode =
  | 'AwsQuarantine'
  | 'ReceivingRulesGone'
  | 'SenderViolations'
  | 'BounceRate'
  | 'ComplaintRate'
  | 'SendQuota';

/** The attribute `suspension`, read. */
export interface Suspension {
  /** A {@link SuspensionCode}, or whatever else stands there. */
  readonly reason: string;
  readonly atMs: number | undefined;
  /** When it ends by itself, epoch milliseconds; undefined: when an administrator ends it. */
  readonly untilMs: number | undefined;
  readonly evidence: string | undefined;
  /** Of what caused it, when it is known: an SES message id. */
  readonly correlationId: string | undefined;
}

const maxEvidenceLength = 500;

/** The attribute `suspension` as it is stored, whoever suspends. Evidence is shortened to 500 characters. */
export function buildSuspensionAttribute(input: {
  readonly code: SuspensionCode;
  readonly evidence: string;
  readonly nowMs: number;
  readonly untilMs?: number | undefined;
  readonly correlationId?: string | undefined;
}): Item {
  const { code, evidence, nowMs, untilMs, correlationId } = input;
  return {
    reason: code,
    at: new Date(nowMs).toISOString(),
    evidence: evidence.length <= maxEvidenceLength ? evidence : `${evidence.slice(0, maxEvidenceLength - 1)}…`,
    ...(untilMs === undefined ? {} : { until: new Date(untilMs).toISOString() }),
    ...(correlationId === undefined ? {} : { correlation_id: correlationId }),
  };
}

/** Reads the attribute `suspension`. Undefined when there is none, or it says nothing. */
export function readSuspension(item: Item): Suspension | undefined {
  const value = item['suspension'];
  if (typeof value !== 'object' || value === null || Array.isArray(value) || value instanceof Set) return undefined;
  const { reason, at, until, evidence, correlation_id: correlationId } = value as Item;
  if (typeof reason !== 'string') return undefined;
  return {
    reason,
    atMs: readTime(at),
    untilMs: readTime(until),
    evidence: typeof evidence === 'string' ? evidence : undefined,
    correlationId: typeof correlationId === 'string' ? correlationId : undefined,
  };
}

/** What an event says of a suspension: `code` for programs, `reason` (its evidence) for people. */
export interface SuspensionInWords {
  readonly code: string;
  readonly reason: string;
}

/**
 * The `code` and `reason` of an event `suspended`. Both are always there, also when somebody has removed or damaged the attribute before
 * a repeated event could tell it.
 */
export function describeSuspension(item: Item): SuspensionInWords {
  const suspension = readSuspension(item);
  if (suspension === undefined) {
    return { code: 'SuspensionRemoved', reason: 'The record no longer says why it was suspended.' };
  }
  return { code: suspension.reason, reason: suspension.evidence ?? 'The record does not say more.' };
}

function readTime(value: unknown): number | undefined {
  const ms = typeof value === 'string' ? Date.parse(value) : Number.NaN;
  return Number.isNaN(ms) ? undefined : ms;
}

/** Why the system itself switches a credential off. */
export interface SuspensionCause {
  readonly reason: SuspensionCode;
  readonly evidence: string;
}
