import type { ApiClient } from '../command/api-client.ts';
import { callApi } from '../command/call-api.ts';
import { CliError } from '../command/cli-error.ts';
import { defineCommand } from '../command/command.ts';
import type { Cell } from '../command/result.ts';
import { adviseNext } from './advise-next.ts';
import { type Credential, credentialPath, loginText, stateCell, valueCell } from './credential.ts';
import { countersOf, type Statistics } from './statistics.ts';

interface Violations {
  readonly windows: Readonly<Record<string, number>>;
  readonly alerts: readonly Readonly<Record<string, unknown>>[];
}

export const command = defineCommand({
  description: 'How it is, what is wrong, what its last mails met, and what to do.',
  arguments: { name: { summary: 'The credential', isCredential: true } },
  flags: {},
  examples: [['sesame why billing', 'Why does its mail not arrive?']],
  async run({ args: { name } }, deps) {
    const { api } = await deps.target();
    const { body: credential } = await callApi<Credential>(api, 'GET', credentialPath(name));
    const [statistics, violations] = await Promise.all([
      askIfAllowed<Statistics>(api, credentialPath(name, 'statistics')),
      askIfAllowed<Violations>(api, credentialPath(name, 'violations')),
    ]);
    const next = adviseNext(credential, statistics);
    const { state, since, key, problems, warnings } = credential;
    return {
      json: {
        username: name,
        state,
        since,
        key,
        problems,
        warnings,
        windows: statistics?.windows ?? null,
        violations: violations?.windows ?? null,
        next,
      },
      fields: [
        ['username', { text: name, tone: 'bold' }],
        ['state', stateCell(state)],
        ['since', since],
        ...problems.map(({ code, text, remedy, runbook }): [string, Cell] => [
          'problem',
          { text: `${code}: ${[text, remedy].filter(Boolean).join(' ')} (docs/runbooks/${runbook}.md)`, tone: 'bad' },
        ]),
        ...warnings.map(({ text }): [string, Cell] => ['warning', { text, tone: 'warning' }]),
        ['senders', valueCell(credential.allowed_from_addresses)],
        ['login', key && loginText(key.verification)],
        ['last hour', statistics ? countersOf(statistics.windows['hour']) : 'not known'],
        ['last day', statistics ? countersOf(statistics.windows['day']) : 'not known'],
        ...next.map((step): [string, Cell] => ['next', step]),
      ],
    };
  },
});

/** What the caller may not read is left out; the rest still helps. */
async function askIfAllowed<Body>(api: ApiClient, path: string): Promise<Body | undefined> {
  try {
    return (await callApi<Body>(api, 'GET', path)).body;
  } catch (error) {
    if (error instanceof CliError && error.exit === 'denied') return undefined;
    throw error;
  }
}
