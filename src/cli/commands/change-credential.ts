import type { ApiClient } from '../command/api-client.ts';
import { callApi } from '../command/call-api.ts';
import type { GlobalFlags } from '../command/command.ts';
import type { CommandDeps } from '../command/command-deps.ts';
import type { CommandIo } from '../command/command-io.ts';
import { exitCodes } from '../command/exit-codes.ts';
import type { Result } from '../command/result.ts';
import { type Credential, credentialFields, credentialPath } from './credential.ts';
import { runDry } from './run-dry.ts';
import { defaultTimeout, longestWait } from './wait-flags.ts';

/** A write through the API. */
export interface Change {
  readonly username: string;
  readonly method: 'POST' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** What was done, such as `Asked for`. */
  readonly done: string;
}

export interface ChangeOptions {
  readonly wait: boolean;
  readonly timeout: number | undefined;
  readonly global: GlobalFlags;
}

/** Writes a change, waits for its outcome if that was asked for, and shows the credential. */
export async function changeCredential(
  change: Change,
  options: ChangeOptions,
  deps: CommandDeps,
  io: CommandIo,
): Promise<Result> {
  const { api } = await deps.target();
  const { method, path, body, headers = {}, username, done } = change;
  if (options.global.dryRun === true) {
    return await runDry(api, { method, path, body, headers });
  }
  const endMs = deps.now() + (options.timeout ?? defaultTimeout) * 1000;
  const remaining = () => Math.max(0, Math.min(longestWait, Math.floor((endMs - deps.now()) / 1000)));
  if (options.wait) io.progress(`Waiting for ${username} …`);
  const query = options.wait ? { wait: String(remaining()) } : {};
  const first = await callApi<Credential>(api, method, path, { query, body, headers });
  if (!options.wait) {
    return showWritten(first.body, [`${done} ${username}. Follow it with: sesame watch ${username}`]);
  }
  let answer = first;
  while (answer.status !== 200 && remaining() > 0) {
    const next =
      method === 'DELETE' ? await askWhetherGone(api, username, deps) : await waitLonger(api, username, remaining());
    answer = { ...next, body: { ...next.body, spec_warnings: first.body['spec_warnings'] } };
  }
  io.progress('');
  return showOutcome({ ...answer.body, username }, answer.status === 200, method === 'DELETE', done);
}

/** An empty patch writes nothing. Its answer comes when the system has carried out what was written before: 200 then, 202 before. */
export async function waitLonger(api: ApiClient, username: string, seconds: number) {
  return await callApi<Credential>(api, 'PATCH', credentialPath(username), {
    query: { wait: String(seconds) },
    body: {},
    headers: { 'if-match': '*' },
  });
}

async function askWhetherGone(api: ApiClient, username: string, deps: CommandDeps) {
  await deps.sleep(1_000);
  const { status, body } = await api.request('GET', credentialPath(username));
  return { status: status === 404 ? 200 : 202, etag: undefined, body: (status === 200 ? body : {}) as Credential };
}

function showWritten(credential: Credential, notes: readonly string[]): Result {
  return { json: credential, fields: credentialFields(credential), notes: [...warningsOf(credential), ...notes] };
}

function showOutcome(credential: Credential, isOver: boolean, isRemoval: boolean, done: string): Result {
  const { username, state } = credential;
  if (isRemoval && isOver) return { json: { username, removed: true }, notes: [`${username} is removed.`] };
  const shown = showWritten(credential, []);
  const notes = shown.notes ?? [];
  if (!isOver) {
    const late = `The time is over, and ${username} is still ${String(state)}. Sesame goes on: sesame why ${username}`;
    return { ...shown, notes: [...notes, late], exit: exitCodes.unknown };
  }
  if (state === 'failed')
    return { ...shown, notes: [...notes, `${username} failed: sesame why ${username}`], exit: exitCodes.failure };
  return { ...shown, notes: [...notes, `${done} ${username}: it is ${String(state)}.`] };
}

function warningsOf({ spec_warnings: warnings }: Credential): string[] {
  return Array.isArray(warnings) ? warnings.map(({ message }: { message: string }) => `Warning: ${message}`) : [];
}
