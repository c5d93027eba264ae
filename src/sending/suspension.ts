import type { RecordChange } from '../credential/credential-table.ts';
import type { CredentialRecord, Item } from '../credential/record.ts';

/** Why the system itself disabled a credential. AWS's own quarantine has another reason, `AwsQuarantine`. */
export type SuspensionReason = 'SenderViolations' | 'BounceRate' | 'ComplaintRate' | 'SendQuota';

/** The attribute `suspension`, read. */
export interface Suspension {
  readonly reason: string;
  readonly atMs: number | undefined;
  /** When it ends by itself, epoch milliseconds; undefined: when an administrator ends it. */
  readonly untilMs: number | undefined;
  readonly evidence: string | undefined;
}

/** One conditional write on a record, for `CredentialTable.note`. */
export interface SuspensionWrite {
  readonly change: RecordChange;
  /** Attributes that must still have these values. */
  readonly condition: Readonly<Record<string, unknown>>;
}

const maxEvidenceLength = 500;

/**
 * The write that suspends a credential: status `disabled`, and why. Reconcile then makes its keys Inactive. Undefined when the record
 * is `disabled` or `pending`: then somebody else has decided. One that is `failed` for a wrong edit still works as before. A rotation
 * or an administrator who was faster makes the condition fail.
 */
export function buildSuspension(input: {
  readonly record: CredentialRecord;
  readonly reason: SuspensionReason;
  /** In words, see `evidence.ts`. Shortened to 500 characters. */
  readonly evidence: string;
  readonly nowMs: number;
  readonly untilMs?: number;
}): SuspensionWrite | undefined {
  const { record, nowMs, untilMs } = input;
  const mayWork = record.status === 'active' || (record.status === 'failed' && record.accessKeyId !== undefined);
  if (!mayWork) return undefined;
  const at = new Date(nowMs).toISOString();
  const suspension = {
    reason: input.reason,
    at,
    evidence: shorten(input.evidence),
    ...(untilMs === undefined ? {} : { until: new Date(untilMs).toISOString() }),
  };
  // A quota's end isn't an answer to bounces: they go on counting.
  const answered = input.reason === 'SendQuota' ? {} : { counted_from: at };
  return {
    change: { set: { status: 'disabled', suspension, ...answered }, remove: [] },
    condition: {
      status: record.status,
      ...(record.accessKeyId === undefined ? {} : { access_key_id: record.accessKeyId }),
    },
  };
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

/** Reads the attribute `suspension`. Undefined when there is none, or it says nothing. */
export function readSuspension(item: Item): Suspension | undefined {
  const value = item['suspension'];
  if (typeof value !== 'object' || value === null || Array.isArray(value) || value instanceof Set) return undefined;
  const { reason, at, until, evidence } = value as Item;
  if (typeof reason !== 'string') return undefined;
  return {
    reason,
    atMs: readTime(at),
    untilMs: readTime(until),
    evidence: typeof evidence === 'string' ? evidence : undefined,
  };
}

/**
 * From when on counters are held against a credential, epoch milliseconds: since its last suspension. Otherwise whoever enables it
 * again would see it suspended at the next mail, for what it was suspended for.
 */
export function readCountedFromMs(item: Item): number | undefined {
  return readTime(item['counted_from']);
}

function readTime(value: unknown): number | undefined {
  const ms = typeof value === 'string' ? Date.parse(value) : Number.NaN;
  return Number.isNaN(ms) ? undefined : ms;
}

function shorten(text: string): string {
  return text.length <= maxEvidenceLength ? text : `${text.slice(0, maxEvidenceLength - 1)}…`;
}
