import { apiPath } from '../command/api-client.ts';
import { callApi } from '../command/call-api.ts';
import { defineCommand } from '../command/command.ts';
import { exitCodes } from '../command/exit-codes.ts';
import type { Tone } from '../command/result.ts';

interface Health {
  readonly status: string;
  readonly checks: readonly { readonly name: string; readonly status: string; readonly message: string }[];
}

const tones: Readonly<Record<string, Tone>> = { ok: 'good', failed: 'bad', unknown: 'warning', degraded: 'bad' };

export const command = defineCommand({
  description: 'Exit code 0: ok; 1: a check failed; 4: a part could not be checked.',
  arguments: {},
  flags: {},
  examples: [['sesame health', 'Does the table answer, and does work wait for a person?']],
  columns: ['check', 'status', 'message'],
  async run(_input, deps) {
    const { api } = await deps.target();
    const { body } = await callApi<Health>(api, 'GET', apiPath('health'));
    return {
      json: body,
      rows: body.checks.map(({ name, status, message }) => ({
        check: name,
        status: { text: status, tone: tones[status] ?? 'dim' },
        message,
      })),
      notes: [`All in all: ${body.status}`],
      exit: body.status === 'ok' ? exitCodes.ok : body.status === 'degraded' ? exitCodes.failure : exitCodes.unknown,
    };
  },
});
