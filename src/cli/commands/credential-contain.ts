import type { ApiClient } from '../command/api-client.ts';
import { callApi } from '../command/call-api.ts';
import { defineCommand } from '../command/command.ts';
import type { CommandDeps } from '../command/command-deps.ts';
import { exitCodes } from '../command/exit-codes.ts';
import type { Tone } from '../command/result.ts';
import { waitLonger } from './change-credential.ts';
import { type Credential, credentialPath, stateCell } from './credential.ts';
import { readSince } from './read-since.ts';
import { runDry } from './run-dry.ts';
import { defaultTimeout, longestWait, waitFlags } from './wait-flags.ts';

interface Containment {
  readonly credential: Credential;
  readonly steps: readonly { readonly step: string; readonly status: string; readonly message: string }[];
  readonly sent_since: Readonly<Record<string, unknown>>;
  readonly next: readonly string[];
}

const tones: Readonly<Record<string, Tone>> = { done: 'good', failed: 'bad', 'nothing-to-do': 'dim' };

export const command = defineCommand({
  description:
    'An explicit deny in IAM first, then its keys become Inactive, then the record is disabled. Safe to stop, and to repeat.',
  arguments: { name: { summary: 'The credential', isCredential: true } },
  flags: {
    reason: { value: 'TEXT', summary: 'What happened, for the record' },
    since: { value: 'TIME', summary: 'Count what was sent since: a time in ISO 8601, or 6h, 2d (1d)' },
    ...waitFlags,
    ifMatch: { value: 'ETAG', summary: 'Only if the record is still the one with this etag' },
  },
  examples: [
    ['sesame contain billing', 'Ask, then stop it'],
    ["sesame contain billing --yes --since 6h --reason 'Found in a public repository'", 'At once'],
  ],
  columns: ['step', 'result', 'message'],
  confirm: ({ args: { name } }) =>
    `Stop the credential ${name}? No mail can be sent with it until it is enabled again.`,
  hasDryRun: true,
  async run({ args: { name }, flags: { reason, since, ifMatch, wait, timeout = defaultTimeout }, global }, deps, io) {
    const path = credentialPath(name, 'contain');
    const request = {
      body: {
        ...(reason === undefined ? {} : { reason }),
        ...(since === undefined ? {} : { since: readSince(since, deps.now()) }),
      },
      headers: ifMatch === undefined ? {} : { 'if-match': ifMatch },
    };
    const { api } = await deps.target();
    if (global.dryRun === true) return await runDry(api, { method: 'POST', path, ...request });
    io.progress(`Stopping ${name} …`);
    const { body } = await callApi<Containment>(api, 'POST', path, request);
    const { steps, sent_since: sent, next } = body;
    const { credential, isDone } = wait
      ? await waitUntilOff(api, body.credential, timeout, deps)
      : { ...body, isDone: true };
    return {
      json: { ...body, credential },
      fields: [
        ['username', credential.username],
        ['state', stateCell(credential.state)],
        ...Object.entries(sent).map(([counter, value]) => [`sent: ${counter}`, String(value)] as const),
      ],
      rows: steps.map(({ step, status, message }) => ({
        step,
        result: { text: status, tone: tones[status] ?? 'bold' },
        message,
      })),
      notes: ['Now:', ...next.map((each, index) => `${index + 1}. ${each}`)],
      exit: isDone ? exitCodes.ok : exitCodes.unknown,
    };
  },
});

/** IAM refuses it already. This waits until its record says so too. */
async function waitUntilOff(api: ApiClient, before: Credential, timeout: number, deps: CommandDeps) {
  const endMs = deps.now() + timeout * 1000;
  let credential = before;
  for (;;) {
    const seconds = Math.min(longestWait, Math.floor((endMs - deps.now()) / 1000));
    if (seconds < 1) return { credential, isDone: false };
    const { status, body } = await waitLonger(api, before.username, seconds);
    credential = body;
    if (status === 200) return { credential, isDone: true };
  }
}
