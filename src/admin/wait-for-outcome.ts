import { setTimeout as sleep } from 'node:timers/promises';
import type { CredentialTable, Item } from '../credential/credential-table.ts';
import type { SendingScope } from '../credential/record/desired-state.ts';
import { isConverged } from '../credential/record/is-converged.ts';
import { readRecord } from '../credential/record/record.ts';
import { type CredentialView, viewCredential } from './credential-view.ts';

export interface WaitDeps {
  readonly credentials: Pick<CredentialTable, 'read'>;
  readonly scope: SendingScope;
  readonly now: () => number;
}

/** Milliseconds between two reads: quick at first, because most changes take less than two seconds. */
const firstPauseMs = 250;
const longestPauseMs = 2_000;

/**
 * Waits until the system has carried out a write, by reading the record. Stops early when the outcome is known or can't come: the record
 * failed, was removed, or has been changed by somebody else.
 *
 * @returns the credential as it is at the end; undefined if there is none. `isDone`: the outcome is known
 * @throws what the table throws
 */
export async function waitForOutcome(
  input: {
    readonly username: string;
    readonly seconds: number;
    readonly signal?: AbortSignal;
  },
  { credentials, scope, now }: WaitDeps,
): Promise<{ readonly view: CredentialView | undefined; readonly isDone: boolean }> {
  const { username, seconds, signal } = input;
  const untilMs = now() + seconds * 1000;
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(pauseMs * 1.5, longestPauseMs)) {
    const item = await credentials.read(username);
    const isDone = item === undefined || isOver(username, item, scope);
    const view = item === undefined ? undefined : viewCredential(username, item, now());
    if (isDone || now() + pauseMs > untilMs || signal?.aborted === true) return { view, isDone };
    await sleep(pauseMs);
  }
}

/** Whether the system has nothing left to do, or can't do it without another edit or a later try. */
function isOver(username: string, item: Item, scope: SendingScope): boolean {
  const record = readRecord(username, item);
  if (record.claim?.by !== undefined) return false;
  if (record.status === 'failed' && !record.isToBeOff) return true;
  // Administrators may not read the encrypted password. A record with a key has one.
  return isConverged({ ...record, encryptedPassword: record.encryptedPassword ?? record.accessKeyId }, scope);
}
