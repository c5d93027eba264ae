import type { ApiClient } from '../command/api-client.ts';
import { callApi } from '../command/call-api.ts';
import { defineCommand } from '../command/command.ts';
import type { Cell } from '../command/result.ts';
import { adviseNext } from './advise-next.ts';
import { type Credential, credentialPath, loginText, stateCell, valueCell } from './credential.ts';
import { readIfKept, readLastMails } from './last-mails.ts';
import { findingTones, notableFindings, type Policy } from './policy.ts';
import { type SentMessage, storyOf } from './sent-message.ts';
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
    const [statistics, violations, policy, mails] = await Promise.all([
      askIfAllowed<Statistics>(api, credentialPath(name, 'statistics')),
      askIfAllowed<Violations>(api, credentialPath(name, 'violations')),
      askIfAllowed<Policy>(api, credentialPath(name, 'policy')),
      readIfKept(() => readLastMails(api, name, deps.now())),
    ]);
    const findings = policy && notableFindings(policy, credential.state);
    const next = adviseNext(credential, statistics, findings);
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
        last_mails: mails ?? null,
        policy: policy ? { matches: policy.matches, findings: policy.findings } : null,
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
        ...(findings ?? []).map(({ message, state }): [string, Cell] => [
          'policy',
          { text: message, tone: findingTones[state] ?? 'bad' },
        ]),
        ['last hour', statistics ? countersOf(statistics.windows['hour']) : 'not known'],
        ['last day', statistics ? countersOf(statistics.windows['day']) : 'not known'],
        ...describeLastMails(mails),
        ...next.map((step): [string, Cell] => ['next', step]),
      ],
    };
  },
});

/** What the caller may not read is left out; the rest still helps. */
async function askIfAllowed<Body>(api: ApiClient, path: string): Promise<Body | undefined> {
  return await readIfKept(async () => (await callApi<Body>(api, 'GET', path)).body);
}

function describeLastMails(mails: readonly SentMessage[] = []): (readonly [string, Cell])[] {
  return mails.flatMap((mail) =>
    mail.recipients
      .slice(0, 3)
      .map((recipient): [string, Cell] => [`mail ${mail.at.slice(0, 19)}Z`, storyOf(mail, recipient)]),
  );
}
