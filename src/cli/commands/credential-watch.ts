import type { ApiClient } from '../command/api-client.ts';
import { callApi } from '../command/call-api.ts';
import { CliError } from '../command/cli-error.ts';
import { defineCommand } from '../command/command.ts';
import type { CommandIo } from '../command/command-io.ts';
import { exitCodes } from '../command/exit-codes.ts';
import { showText } from '../output/show-text.ts';
import { type Credential, credentialPath } from './credential.ts';
import { filterFlags, listCredentials } from './list-all.ts';

export const command = defineCommand({
  description:
    'Prints a line for each change of a state or a problem, until Ctrl-C. With --output json, a JSON object on each line.',
  arguments: {
    name: { summary: 'One credential; all that match the filters, if not given', isOptional: true, isCredential: true },
  },
  flags: {
    ...filterFlags,
    interval: { value: 'SECONDS', range: [1, 3_600], summary: 'The pause between two looks (2)' },
    until: {
      value: 'STATE',
      choices: ['active', 'failed', 'disabled', 'removed'],
      summary: 'End when all have this state',
    },
    timeout: {
      value: 'SECONDS',
      range: [1, 86_400],
      summary: 'End after so long, with exit code 4 if --until is given',
    },
  },
  examples: [
    ['sesame watch billing', 'What happens to it'],
    ['sesame watch --status pending --until active', 'Until all that are pending now work'],
  ],
  async run({ args: { name }, flags: { interval = 2, until, timeout, ...filter } }, deps, io) {
    const { api } = await deps.target();
    const endMs = timeout === undefined ? Number.POSITIVE_INFINITY : deps.now() + timeout * 1000;
    let before = await look(api, name, filter);
    const names = name === undefined ? [...before.keys()] : [name];
    writeChanges(new Map(), before, deps.now(), io);
    for (;;) {
      const exit = until === undefined ? undefined : outcomeOf(names, before, until);
      if (exit !== undefined) return { json: undefined, exit };
      const remainingMs = endMs - deps.now();
      if (remainingMs <= 0) return { json: undefined, exit: until === undefined ? exitCodes.ok : exitCodes.unknown };
      await deps.sleep(Math.min(interval * 1000, remainingMs));
      const current = until === undefined ? await look(api, name, filter) : await lookAgain(api, name, names, filter);
      writeChanges(before, current, deps.now(), io);
      before = current;
    }
  },
});

type Credentials = ReadonlyMap<string, Credential>;
type Filter = Parameters<typeof listCredentials>[1];

/** What is awaited leaves the state that it was selected by. */
async function lookAgain(api: ApiClient, name: string | undefined, names: readonly string[], filter: Filter) {
  const found = await look(api, name, { ...filter, status: undefined });
  return new Map([...found].filter(([each]) => names.includes(each)));
}

/** The exit code once all have come where they should, or can't any more; undefined before. */
function outcomeOf(names: readonly string[], current: Credentials, until: string): number | undefined {
  const states = names.map((each) => String(current.get(each)?.state ?? 'removed'));
  if (states.every((state) => state === until)) return exitCodes.ok;
  const isOver = until === 'active' && states.every((state) => ['active', 'failed', 'removed'].includes(state));
  return isOver ? exitCodes.failure : undefined;
}

function writeChanges(
  before: Credentials,
  current: Credentials,
  nowMs: number,
  io: Pick<CommandIo, 'write' | 'output'>,
) {
  for (const [username, credential] of current) {
    const known = before.get(username);
    if (known === undefined || describe(known) !== describe(credential)) {
      io.write(lineOf(username, credential, nowMs, io.output));
    }
  }
  for (const username of before.keys()) {
    if (!current.has(username)) io.write(lineOf(username, undefined, nowMs, io.output));
  }
}

async function look(api: ApiClient, name: string | undefined, filter: Filter): Promise<Map<string, Credential>> {
  if (name === undefined) {
    const { credentials } = await listCredentials(api, filter);
    return new Map(credentials.map((each) => [each.username, each]));
  }
  try {
    const { body } = await callApi<Credential>(api, 'GET', credentialPath(name));
    return new Map([[name, body]]);
  } catch (error) {
    if (error instanceof CliError && error.code === 'CredentialNotFound') return new Map();
    throw error;
  }
}

function describe({ state, problems, rotation }: Credential): string {
  return [state, rotation?.phase, ...problems.map(({ code }) => code)].join(' ');
}

function lineOf(username: string, credential: Credential | undefined, nowMs: number, output: string): string {
  const at = new Date(nowMs).toISOString();
  const state = credential?.state ?? 'removed';
  const problems = credential?.problems ?? [];
  if (output === 'json') return `${JSON.stringify({ at, username, state, problems })}\n`;
  const cells = [at, username, String(state), ...problems.map(({ code, text }) => `${code}: ${text}`)].map(showText);
  return `${cells.join(output === 'tsv' ? '\t' : '  ')}\n`;
}
