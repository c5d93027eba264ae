import { readTime } from '../../values/read-time.ts';
import type { Item } from '../credential-table.ts';
import { enableRemedy } from '../enable-remedy.ts';
import { expiryPhase } from './expiry.ts';
import type { CredentialRecord } from './record.ts';
import { type RotationPhase, type RotationTimes, rotationPhase, rotationTimes } from './rotation.ts';
import { runbookOfCode } from './runbook.ts';
import { shownStatus } from './shown-status.ts';
import { describeSuspension, readSuspension } from './suspension.ts';
import { readWarnings, type Warning } from './warning.ts';

/** A problem that a person must know or solve. */
export interface CredentialProblem {
  /** For programs. */
  readonly code: string;
  /** What is wrong, in words, with all known details. A failure's text also names the remedy. */
  readonly text: string;
  /** What to do, if the text doesn't say it. */
  readonly remedy?: string;
  /** The name of a file under docs/runbooks, without its extension. */
  readonly runbook: string;
}

/** The state of a credential, for events, logs and statistics. Times are ISO 8601. Never contains a secret. */
export interface CredentialDescription {
  readonly username: string;
  /** The record's status; `disabling` while the credential should be off but its key may still work. */
  readonly state: unknown;
  /** Since when it has this state. Undefined if the record doesn't say. */
  readonly since?: string;
  /** The problems, most important first. */
  readonly problems: readonly CredentialProblem[];
  /** Problems that don't stop the credential from working. */
  readonly warnings: readonly Warning[];
  /** Undefined while there is no key. */
  readonly key?: {
    readonly accessKeyId: string;
    readonly createdAt?: string;
    /** Whole days. */
    readonly ageDays?: number;
    readonly verification: 'verified' | 'failed' | 'waiting';
  };
  readonly rotation: {
    readonly phase: RotationPhase;
    /** The earliest time at which the previous key may be retired. */
    readonly previousKeyWorksUntil?: string;
  };
  readonly expiry?: { readonly at: string; readonly isOver: boolean };
  readonly suspension?: {
    readonly code: string;
    readonly reason: string;
    readonly at?: string;
    readonly until?: string;
  };
}

/** Describes the state of a credential. Pure; `nowMs` in epoch milliseconds. */
export function describeCredential(
  record: CredentialRecord,
  nowMs: number,
  times: RotationTimes = rotationTimes(),
): CredentialDescription {
  const state = shownStatus(record);
  const { item, previousKey, validUntilMs } = record;
  return {
    username: record.username,
    state,
    ...optional('since', sinceMs(record, state)),
    problems: findProblems(record, state, nowMs, times),
    warnings: readWarnings(item),
    ...describeKey(record, nowMs, times),
    rotation: {
      phase: rotationPhase(record, nowMs, times),
      ...optional(
        'previousKeyWorksUntil',
        previousKey?.inactiveSinceMs ? undefined : previousKey?.retireAfterMs || undefined,
      ),
    },
    ...(validUntilMs === undefined
      ? {}
      : { expiry: { at: new Date(validUntilMs).toISOString(), isOver: nowMs >= validUntilMs } }),
    ...describeStop(item),
  };
}

function findProblems(
  record: CredentialRecord,
  state: unknown,
  nowMs: number,
  times: RotationTimes,
): readonly CredentialProblem[] {
  const { item, failureCode, previousKey } = record;
  const problem = (code: string, text: string, more: Partial<CredentialProblem> = {}): CredentialProblem => ({
    code,
    text,
    runbook: runbookOfCode(code),
    ...more,
  });
  const problems: CredentialProblem[] = [];
  if (state === 'disabling') {
    problems.push(
      problem('NotDisabled', 'It should be off, but its key may still work.', {
        remedy: 'Sesame tries it again automatically. If it lasts, deactivate the keys of the IAM user by hand.',
      }),
    );
  }
  if (expiryPhase(record, nowMs, times.daySeconds).phase === 'expired' && !record.isToBeOff) {
    problems.push(
      problem('Expired', 'Its valid_until has passed, and it is not switched off yet.', {
        remedy: 'It is switched off within the hour.',
      }),
    );
  }
  if (failureCode !== undefined) problems.push(problem(failureCode, textOf(item['failure'], 'message')));
  const suspension = readSuspension(item);
  if (suspension !== undefined && record.isToBeOff) {
    const { code, reason } = describeSuspension(item);
    problems.push(problem(code, reason, { remedy: remedyOfSuspension(code) }));
  }
  const login = item['verification_failure'];
  if (login !== undefined && record.status === 'active' && !record.isVerified) {
    problems.push(problem(textOf(login, 'code'), textOf(login, 'message'), { runbook: 'verification-failed' }));
  }
  if (previousKey?.isReported === true) {
    problems.push(
      problem('OldKeyInUse', 'The password before the last rotation is still in use, long after its grace period.', {
        remedy: 'Find out who uses it, and give them the new one ("sesame reveal NAME").',
      }),
    );
  }
  return problems;
}

const suspensionRemedies: ReadonlyMap<string, string> = new Map(
  Object.entries({
    SendQuota:
      'It ends automatically with the quota’s window. To keep the credential off, run "sesame disable NAME", or remove suspension.',
    ReceivingRulesGone: `Add a receiving rule, or other patterns; then ${enableRemedy}.`,
    Contained:
      'Remove it and create another one ("sesame remove NAME", "sesame create NAME"), or lift the containment and rotate the key at once.',
    Expired: `Set a later valid_until, or remove it; then ${enableRemedy}.`,
  }),
);

function remedyOfSuspension(code: string): string {
  return suspensionRemedies.get(code) ?? `Remove the cause, then ${enableRemedy}. The same password works again.`;
}

/** When the state began. Undefined if the record doesn't say. */
function sinceMs(record: CredentialRecord, state: unknown): number | undefined {
  const { item, failureSinceMs, lastTransition } = record;
  switch (state) {
    case 'disabled':
      return readTime(item['disabled_at']);
    case 'disabling':
      return failureSinceMs ?? readSuspension(item)?.atMs;
    case 'failed':
      return failureSinceMs;
    case 'active':
      return lastTransition !== undefined && ['activated', 'recreated', 'enabled'].includes(lastTransition.name)
        ? readTime((item['last_transition'] as Item)['at'])
        : undefined;
    default:
      return undefined;
  }
}

function describeKey(
  record: CredentialRecord,
  nowMs: number,
  { daySeconds }: RotationTimes,
): Pick<CredentialDescription, 'key'> {
  const { accessKeyId, keyCreatedAtMs, isVerified, item } = record;
  if (accessKeyId === undefined) return {};
  const ageDays = Math.max(0, Math.floor((nowMs - keyCreatedAtMs) / (daySeconds * 1000)));
  const verification = isVerified ? 'verified' : item['verification_failure'] === undefined ? 'waiting' : 'failed';
  return {
    key: {
      accessKeyId,
      ...(keyCreatedAtMs === 0 ? {} : { createdAt: new Date(keyCreatedAtMs).toISOString(), ageDays }),
      verification,
    },
  };
}

function describeStop(item: Item): Pick<CredentialDescription, 'suspension'> {
  const suspension = readSuspension(item);
  if (suspension === undefined) return {};
  const { atMs, untilMs } = suspension;
  return { suspension: { ...describeSuspension(item), ...optional('at', atMs), ...optional('until', untilMs) } };
}

function optional<Name extends string>(name: Name, ms: number | undefined): { readonly [Key in Name]?: string } {
  // A time outside the calendar's range is left out instead of failing.
  if (ms === undefined || Math.abs(ms) > 8.64e15) return {};
  return { [name]: new Date(ms).toISOString() } as { readonly [Key in Name]?: string };
}

function textOf(value: unknown, name: string): string {
  const text = (value as Item | null)?.[name];
  return typeof text === 'string' && text !== '' ? text : 'The record contains no details.';
}
