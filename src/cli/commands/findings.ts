import { callApi } from '../command/call-api.ts';
import { defineCommand } from '../command/command.ts';

interface Findings {
  readonly sweeps: number;
  readonly swept_at?: string;
  readonly is_running: boolean;
  readonly findings: readonly {
    readonly username: string;
    readonly kind: string;
    readonly message: string;
    readonly outcome: 'open' | 'failed' | 'asked' | 'repaired';
    readonly remedy: string;
    readonly runbook?: string;
  }[];
}

const tones = { open: 'bad', failed: 'bad', asked: 'warning', repaired: 'good' } as const;

export const command = defineCommand({
  description: 'The sweep compares every record with IAM once a day. Those that wait for a person come first.',
  arguments: { name: { summary: 'One credential', isOptional: true, isCredential: true } },
  flags: {},
  examples: [['sesame findings', 'What differs between records and IAM, and what to do']],
  columns: ['name', 'finding', 'outcome', 'message', 'remedy'],
  async run({ args: { name } }, deps) {
    const { api } = await deps.target();
    const query = name === undefined ? {} : { username: name };
    const { body } = await callApi<Findings>(api, 'GET', '/v1/findings', { query });
    return {
      json: body,
      rows: body.findings.map(({ username, kind, outcome, message, remedy, runbook }) => ({
        name: username,
        finding: kind,
        outcome: { text: outcome, tone: tones[outcome] },
        message,
        remedy: runbook === undefined ? remedy : `${remedy} (docs/runbooks/${runbook}.md)`,
      })),
      notes: [
        body.swept_at === undefined
          ? 'There was no sweep yet. Start one: sesame sweep'
          : `${body.findings.length === 0 ? 'Nothing. ' : ''}Last swept at ${body.swept_at}${body.is_running ? ', not complete yet' : ''}.`,
      ],
    };
  },
});
