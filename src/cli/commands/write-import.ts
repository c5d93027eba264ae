import { type ApiClient, apiPath } from '../command/api-client.ts';
import { callApi } from '../command/call-api.ts';
import { CliError } from '../command/cli-error.ts';
import type { CommandDeps } from '../command/command-deps.ts';
import { type Credential, credentialPath } from './credential.ts';
import type { WantedCredential } from './import-mapping.ts';
import { inParallel } from './in-parallel.ts';
import { listCredentials } from './list-all.ts';
import { compare } from './plan-import.ts';

/** What became of a line. */
export interface WrittenLine {
  readonly wanted: WantedCredential;
  readonly result: 'created' | 'exists' | 'differs' | 'failed' | 'not tried';
  readonly message: string;
}

/** How many are created at once: few enough that nobody else's requests are throttled for it. */
const width = 4;
const tries = 6;

/**
 * Creates the credentials. What is throttled or fails for a moment is tried again, later each time; after a refusal of AWS, nothing more is tried.
 * Safe to stop at any time: what was created is found as `exists` when the import is run again.
 */
export async function writeImport(
  api: ApiClient,
  wanted: readonly WantedCredential[],
  deps: Pick<CommandDeps, 'sleep' | 'newId'>,
  progress: (text: string) => void,
): Promise<readonly WrittenLine[]> {
  let denial: string | undefined;
  const written = await inParallel(wanted, width, async (each, done): Promise<WrittenLine> => {
    if (denial !== undefined) return { wanted: each, result: 'not tried', message: denial };
    progress(`Creating ${done + 1} of ${wanted.length}: ${each.username}`);
    try {
      return await create(api, each, deps);
    } catch (error) {
      if (!(error instanceof CliError)) throw error;
      if (error.exit === 'denied') denial = error.message;
      return { wanted: each, result: 'failed', message: error.message };
    }
  });
  progress('');
  return written;
}

async function create(
  api: ApiClient,
  wanted: WantedCredential,
  { sleep, newId }: Pick<CommandDeps, 'sleep' | 'newId'>,
): Promise<WrittenLine> {
  const body = { username: wanted.username, ...wanted.attributes };
  // The same key for every try: an answer that was lost is given again.
  const request = { body, headers: { 'idempotency-key': newId() } };
  for (let attempt = 1; ; attempt += 1) {
    try {
      await callApi(api, 'POST', apiPath('credentials'), request);
      return { wanted, result: 'created', message: '' };
    } catch (error) {
      if (!(error instanceof CliError)) throw error;
      if (error.code === 'CredentialExists') return await lookAtPresent(api, wanted);
      if (error.exit !== 'failure' && error.code !== 'RequestRunning') throw error;
      if (attempt === tries) throw error;
      await sleep(500 * 2 ** attempt);
    }
  }
}

/** Somebody made it meanwhile; or an earlier try did, and its answer was lost. */
async function lookAtPresent(api: ApiClient, wanted: WantedCredential): Promise<WrittenLine> {
  const { body } = await callApi<Credential>(api, 'GET', credentialPath(wanted.username));
  const { plan, message } = compare(wanted, body);
  return { wanted, result: plan === 'exists' ? 'exists' : 'differs', message };
}

/**
 * Waits until none of the created credentials is pending.
 *
 * @returns those that don't work, with what is wrong
 */
export async function waitForImport(
  api: ApiClient,
  usernames: ReadonlySet<string>,
  { now, sleep, seconds }: Pick<CommandDeps, 'now' | 'sleep'> & { readonly seconds: number },
  progress: (text: string) => void,
): Promise<ReadonlyMap<string, string>> {
  const endMs = now() + seconds * 1000;
  for (;;) {
    const { credentials } = await listCredentials(api, {});
    const ours = credentials.filter(({ username }) => usernames.has(username));
    const pending = ours.filter(({ state }) => state === 'pending');
    if (pending.length === 0 || now() >= endMs) {
      progress('');
      return new Map(
        ours.flatMap(({ username, state, problems }): [string, string][] => {
          if (state === 'pending') return [[username, 'It is still pending.']];
          return state === 'failed' ? [[username, problems.map(({ text }) => text).join(' ')]] : [];
        }),
      );
    }
    progress(`Waiting for ${pending.length} of ${usernames.size} …`);
    await sleep(2_000);
  }
}
