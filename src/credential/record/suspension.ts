import { readTime } from '../../values/read-time.ts';
import type { Item, RecordChange } from '../credential-table.ts';
import { MAX_CLOCK_SKEW_SECONDS } from '../iam/propagation.ts';
import type { CredentialRecord } from './record.ts';

/** Why the system itself disabled a credential. */
export type SuspensionCode =
  | 'AwsQuarantine'
  | 'ReceivingRulesGone'
  | 'SenderViolations'
  | 'BounceRate'
  | 'ComplaintRate'
  | 'SendQuota'
  | 'Expired'
  | 'Contained';

/** The parsed attribute `suspension`. */
export interface Suspension {
  /** A {@link SuspensionCode}, or any other text that was written. */
  readonly reason: string;
  readonly atMs: number | undefined;
  /** When it ends automatically: epoch milliseconds. Undefined: only an administrator ends it. */
  readonly untilMs: number | undefined;
  readonly evidence: string | undefined;
  /** The SES message id of the mail that caused it, if known. */
  readonly correlationId: string | undefined;
}

const maxEvidenceLength = 500;

/** Builds the stored attribute `suspension`. Evidence is shortened to 500 characters. */
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

/** Parses the attribute `suspension`. Undefined if it is missing or has no reason. */
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

/** The description of a suspension in an event: `code` for programs, `reason` (its evidence) for people. */
export interface SuspensionInWords {
  readonly code: string;
  readonly reason: string;
}

/**
 * Builds the `code` and `reason` of an event `suspended`. Both always have a value, even if somebody has removed or
 * damaged the attribute before the event is repeated.
 */
export function describeSuspension(item: Item): SuspensionInWords {
  const suspension = readSuspension(item);
  if (suspension === undefined) {
    return { code: 'SuspensionRemoved', reason: 'The record no longer says why it was suspended.' };
  }
  return { code: suspension.reason, reason: suspension.evidence ?? 'The record contains no details.' };
}

/** Why the system itself disables a credential. */
export interface SuspensionCause {
  readonly reason: SuspensionCode;
  readonly evidence: string;
}

/** The suspension codes that are caused by the mail that a credential sends. */
export type SendingSuspensionCode = Exclude<
  SuspensionCode,
  'AwsQuarantine' | 'ReceivingRulesGone' | 'Expired' | 'Contained'
>;

/** A conditional write to a record, for `CredentialTable.update`. */
export interface SuspensionWrite {
  readonly change: RecordChange;
  /** Attributes that must still have these values. */
  readonly condition: Readonly<Record<string, unknown>>;
}

/**
 * Builds the write that suspends a credential: the status `disabled`, and the reason. Reconcile then makes its keys
 * Inactive. A credential that is `failed` because of a wrong edit still works, so it is suspended as well. A suspension
 * that ends automatically is replaced by one that lasts longer.
 *
 * Undefined if nothing must be written: an administrator has disabled the record or written `pending`, or it is already
 * suspended for as long. If a rotation or an administrator writes first, the condition fails.
 */
export function buildSuspension(input: {
  readonly record: CredentialRecord;
  readonly reason: SendingSuspensionCode;
  /** For people, see `evidence.ts`. Shortened to 500 characters. */
  readonly evidence: string;
  readonly nowMs: number;
  readonly untilMs?: number;
  /** The SES message id of the mail that caused it. */
  readonly correlationId?: string;
}): SuspensionWrite | undefined {
  const { record } = input;
  const condition = mayWork(record) ? conditionWhileActive(record) : conditionWhileEndingSooner(record, input.untilMs);
  if (condition === undefined) return undefined;
  const suspension = buildSuspensionAttribute({ ...input, code: input.reason });
  // A suspension for an exceeded quota must not reset the counters of bounces.
  const answered = input.reason === 'SendQuota' ? {} : { counted_from: suspension['at'] };
  return { change: { set: { status: 'disabled', suspension, ...answered }, remove: [] }, condition };
}

/**
 * Whether the credential may work. One with an unfinished request to disable counts as off, so that it isn't enabled at
 * the end of a window.
 */
function mayWork({ status, accessKeyId, hasUnfinishedDisable }: CredentialRecord): boolean {
  if (hasUnfinishedDisable) return false;
  return status === 'active' || (status === 'failed' && accessKeyId !== undefined);
}

function conditionWhileActive({ status, accessKeyId }: CredentialRecord): SuspensionWrite['condition'] {
  return { status, ...(accessKeyId === undefined ? {} : { access_key_id: accessKeyId }) };
}

/** Undefined unless the current suspension ends automatically, and earlier than the new one. */
function conditionWhileEndingSooner(
  { status, item }: CredentialRecord,
  untilMs = Number.POSITIVE_INFINITY,
): SuspensionWrite['condition'] | undefined {
  const endsMs = readSuspension(item)?.untilMs;
  if (status !== 'disabled' || endsMs === undefined || endsMs >= untilMs) return undefined;
  return { status, suspension: item['suspension'] };
}

/**
 * Builds the write that ends a suspension whose time is over: the status `pending`, so that reconcile makes the keys
 * Active. Undefined if there is nothing to end. If an administrator has removed or replaced the suspension, the
 * condition fails.
 */
export function buildSuspensionEnd(record: CredentialRecord, nowMs: number): SuspensionWrite | undefined {
  const untilMs = readSuspension(record.item)?.untilMs;
  if (record.status !== 'disabled' || untilMs === undefined || untilMs > nowMs) return undefined;
  return {
    change: { set: { status: 'pending' }, remove: [] },
    condition: { status: 'disabled', suspension: record.item['suspension'] },
  };
}

/**
 * Builds the write that removes a suspension's automatic end because an administrator has since disabled the
 * credential. Undefined if the change of the record shows no such thing. Sesame always changes `status` and
 * `suspension` together. So if only `status` changes to `disabled` under an existing suspension, a person did it.
 * (Writing `disabled` over `disabled` changes nothing, so it doesn't appear in the stream. To keep such a credential
 * off, remove `suspension`.)
 */
export function buildDisabledForGood(before: Item | undefined, after: Item | undefined): SuspensionWrite | undefined {
  if (before === undefined || after?.['status'] !== 'disabled' || before['status'] === 'disabled') return undefined;
  const suspension = readSuspension(after);
  if (suspension?.untilMs === undefined) return undefined;
  if (JSON.stringify(readSuspension(before)) !== JSON.stringify(suspension)) return undefined;
  return {
    change: { set: {}, remove: ['suspension'] },
    condition: { status: 'disabled', suspension: after['suspension'] },
  };
}

/**
 * Since when the counters count: epoch milliseconds, the time of the last suspension. Otherwise an enabled credential
 * would be suspended again at its next mail, for the same bounces.
 */
export function readCountedFromMs(item: Item, nowMs: number): number | undefined {
  const fromMs = readTime(item['counted_from']);
  // Sesame writes no time in the future, and such a time would hide everything that is counted until then.
  return fromMs !== undefined && fromMs <= nowMs + MAX_CLOCK_SKEW_SECONDS * 1000 ? fromMs : undefined;
}
