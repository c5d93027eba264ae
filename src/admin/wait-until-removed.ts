import { setTimeout as sleep } from 'node:timers/promises';
import type { CredentialTable } from '../credential/credential-table.ts';
import { toSesameError } from '../credential/errors.ts';
import type { KeyStates } from '../credential/iam/key-states.ts';

export interface WaitUntilRemovedDeps {
  readonly credentials: Pick<CredentialTable, 'read'>;
  readonly sendingFacts: { readonly keys: Pick<KeyStates, 'list'> };
  readonly now: () => number;
}

const firstPauseMs = 250;
const longestPauseMs = 2_000;

/**
 * Waits until a removed credential can't send any more: its record and its IAM user are gone.
 *
 * @param input.iamUserName undefined if it had none
 * @returns false if the time is over first, somebody has made the credential again, or IAM doesn't say
 */
export async function waitUntilRemoved(
  input: { readonly username: string; readonly iamUserName: string | undefined; readonly seconds: number },
  { credentials, sendingFacts: { keys }, now }: WaitUntilRemovedDeps,
): Promise<boolean> {
  const { username, iamUserName, seconds } = input;
  const untilMs = now() + seconds * 1000;
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(pauseMs * 1.5, longestPauseMs)) {
    if ((await credentials.read(username)) !== undefined) return false;
    if (iamUserName === undefined) return true;
    const held = await keys.list(iamUserName).catch(toSesameError);
    if (held === undefined) return true;
    if (now() + pauseMs > untilMs) return false;
    await sleep(pauseMs);
  }
}
