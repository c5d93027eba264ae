import { readTime } from '../../values/read-time.ts';
import type { Item, RecordChange } from '../credential-table.ts';
import type { CredentialRecord } from './record.ts';

/** Why the system itself disabled a credential. */
export type SuspensionCode =
  | 'AwsQuarantine'
  | 'ReceivingRulesGone'
  | 'SenderViolations'
  | 'BounceRate'
  | 'ComplaintRate'
  | 'SendQuota'
  | 'Expired';

/** The attribute `suspension`, read. */
export interface Suspension {
  /** A {@link SuspensionCode}, or whatever else was written. */
  readonly reason: string;
  readonly atMs: number | undefined;
  /** When it ends automatically, epoch milliseconds; undefined: when an administrator ends it. */
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

/** Why the system itself switches a credential off. */
export interface SuspensionCause {
  readonly reason: SuspensionCode;
  readonly evidence: string;
}

/** Why a credential is suspended for what it sends. */
export type SendingSuspensionCode = Exclude<SuspensionCode, 'AwsQuarantine' | 'ReceivingRulesGone' | 'Expired'>;

/** One conditional write on a record, for `CredentialTable.updateUnclaimed`. */
export interface SuspensionWrite {
  readonly change: RecordChange;
  /** Attributes that must still have these values. */
  readonly condition: Readonly<Record<string, unknown>>;
}

/**
 * The write that suspends a credential: status `disabled`, and why. Reconcile then makes its keys Inactive. One that is `failed` for a
 * wrong edit still works as before, and is suspended as well. A suspension that ends automatically gives way to one that lasts longer.
 *
 * Undefined when nothing is to be written: an administrator disabled the record, or wrote `pending`; or it is suspended for as long
 * already. A rotation or an administrator who was faster makes the condition fail.
 */
export function buildSuspension(input: {
  readonly record: CredentialRecord;
  readonly reason: SendingSuspensionCode;
  /** In words, see `evidence.ts`. Shortened to 500 characters. */
  readonly evidence: string;
  readonly nowMs: number;
  readonly untilMs?: number;
  /** Of the mail that caused it. */
  readonly correlationId?: string;
}): SuspensionWrite | undefined {
  const { record } = input;
  const condition = mayWork(record) ? whileItWorks(record) : whileItEndsSooner(record, input.untilMs);
  if (condition === undefined) return undefined;
  const suspension = buildSuspensionAttribute({ ...input, code: input.reason });
  // A quota's end isn't an answer to bounces: they go on counting.
  const answered = input.reason === 'SendQuota' ? {} : { counted_from: suspension['at'] };
  return { change: { set: { status: 'disabled', suspension, ...answered }, remove: [] }, condition };
}

/** A credential that is being switched off isn't enabled again at the end of a window. */
function mayWork({ status, accessKeyId, hasUnfinishedDisable }: CredentialRecord): boolean {
  if (hasUnfinishedDisable) return false;
  return status === 'active' || (status === 'failed' && accessKeyId !== undefined);
}

function whileItWorks({ status, accessKeyId }: CredentialRecord): SuspensionWrite['condition'] {
  return { status, ...(accessKeyId === undefined ? {} : { access_key_id: accessKeyId }) };
}

/** Undefined unless the present suspension ends automatically, and before the new one does. */
function whileItEndsSooner(
  { status, item }: CredentialRecord,
  untilMs = Number.POSITIVE_INFINITY,
): SuspensionWrite['condition'] | undefined {
  const endsMs = readSuspension(item)?.untilMs;
  if (status !== 'disabled' || endsMs === undefined || endsMs >= untilMs) return undefined;
  return { status, suspension: item['suspension'] };
}

/**
 * The write that ends a suspension whose time has passed: `pending`, so that reconcile makes the keys work again. Undefined when there is
 * nothing to end. An administrator who removed or replaced the suspension makes the condition fail.
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
 * The write that takes its end from a suspension, because an administrator has disabled the credential meanwhile; undefined when the
 * change of the record shows no such thing. Sesame's own suspensions change `status` and `suspension` together, so a change to
 * `disabled` under a suspension that stood there before is a person's. (Writing `disabled` over `disabled` changes nothing, so it doesn't
 * reach the stream: to keep such a credential off, remove `suspension`.)
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
 * Counters count against a credential from its last suspension on: epoch milliseconds. Otherwise a credential that is enabled again would be
 * suspended at its next mail, for the same bounces as before.
 */
export function readCountedFromMs(item: Item): number | undefined {
  return readTime(item['counted_from']);
}
