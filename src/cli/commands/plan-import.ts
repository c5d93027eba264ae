import { isDeepStrictEqual } from 'node:util';
import { type ApiClient, apiPath } from '../command/api-client.ts';
import { callApi } from '../command/call-api.ts';
import type { Fault } from '../command/cli-error.ts';
import type { Credential } from './credential.ts';
import type { WantedCredential } from './import-mapping.ts';
import { inParallel } from './in-parallel.ts';
import { listCredentials } from './list-all.ts';

/** What is to become of a line, found out before anything is written. */
export interface PlannedLine {
  readonly wanted: WantedCredential;
  /**
   * `new`; `exists` with all that the line asks for; `differs`: there is another one of this name; `faulty`; `repeated`: an earlier line of the
   * file has this name.
   */
  readonly plan: 'new' | 'exists' | 'differs' | 'faulty' | 'repeated';
  /** Why, for people. Empty for what needs no words. */
  readonly message: string;
}

/** How many lines are checked at once. */
const width = 8;

/**
 * Checks every line against the API, and compares it with what is there. Writes nothing.
 *
 * @throws CliError of the API
 */
export async function planImport(
  api: ApiClient,
  wanted: readonly WantedCredential[],
  progress: (text: string) => void,
): Promise<readonly PlannedLine[]> {
  progress('Reading what is there …');
  const { credentials } = await listCredentials(api, {});
  const present = new Map(credentials.map((credential) => [credential.username, credential]));
  const firstLines = new Map<string, number>();
  for (const { username, line } of wanted) if (!firstLines.has(username)) firstLines.set(username, line);
  const planned = await inParallel(wanted, width, async (each, done): Promise<PlannedLine> => {
    if (done % 20 === 0) progress(`Checking ${done} of ${wanted.length} …`);
    const { line, username, attributes } = each;
    const { body } = await callApi<{ readonly valid: boolean; readonly faults: readonly Fault[] }>(
      api,
      'POST',
      apiPath('validate'),
      { body: { username, ...attributes } },
    );
    if (!body.valid)
      return { wanted: each, plan: 'faulty', message: body.faults.map(({ message }) => message).join(' ') };
    const first = firstLines.get(username) ?? line;
    if (first < line) return { wanted: each, plan: 'repeated', message: `Line ${first} has this name already.` };
    return compare(each, present.get(username));
  });
  progress('');
  return planned;
}

/** A credential that exists is never put over. It is as wanted if it has all that the line names. */
export function compare(wanted: WantedCredential, present: Credential | undefined): PlannedLine {
  if (present === undefined) return { wanted, plan: 'new', message: '' };
  const differing = Object.entries(wanted.attributes).filter(
    ([name, value]) => name !== 'status' && !isDeepStrictEqual(sorted(present[name]), sorted(value)),
  );
  if (differing.length === 0) return { wanted, plan: 'exists', message: '' };
  const names = differing.map(([name]) => name).join(', ');
  return {
    wanted,
    plan: 'differs',
    message: `There is another credential of this name, with other values of ${names}.`,
  };
}

/** The order of a list says nothing. */
function sorted(value: unknown): unknown {
  return Array.isArray(value) ? [...value].sort() : value;
}
