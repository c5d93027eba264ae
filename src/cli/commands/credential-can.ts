import { callApi } from '../command/call-api.ts';
import { defineCommand } from '../command/command.ts';
import { exitCodes } from '../command/exit-codes.ts';
import type { Tone } from '../command/result.ts';
import { credentialPath } from './credential.ts';

interface Check {
  readonly accepted: boolean | null;
  readonly reply: string;
  readonly reasons: readonly { readonly code: string; readonly message: string; readonly state?: string }[];
}

const tones: Readonly<Record<string, Tone>> = { ok: 'good', refused: 'bad', unknown: 'warning' };

export const command = defineCommand({
  description:
    'Tells the reply that SES would give, and why: without sending anything. Exit code 0: accepted; 3: refused; 4: unknown.',
  arguments: { name: { summary: 'The credential', isCredential: true } },
  flags: {
    from: { value: 'ADDRESS', isRequired: true, summary: 'The From header' },
    envelope: { value: 'ADDRESS', summary: 'The envelope sender, if it is another' },
    to: { value: 'ADDRESS', isRepeatable: true, isRequired: true, summary: 'A recipient' },
    sourceIp: { value: 'IP', summary: 'The public address of the mail client' },
  },
  examples: [
    ['sesame can billing --from billing@example.com --to you@example.org', 'Would SES take this mail?'],
    [
      'sesame can billing --from billing@example.com --to you@example.org --source-ip 203.0.113.7',
      'From this address?',
    ],
  ],
  columns: ['reason', 'state', 'message'],
  async run({ args: { name }, flags: { from, envelope, to, sourceIp } }, deps, io) {
    const { api } = await deps.target();
    io.progress('Asking AWS …');
    const { body } = await callApi<Check>(api, 'POST', credentialPath(name, 'check'), {
      body: {
        from,
        ...(envelope === undefined ? {} : { envelope }),
        to,
        ...(sourceIp === undefined ? {} : { sourceIp }),
      },
    });
    const { accepted, reply, reasons } = body;
    const verdict = accepted === null ? 'unknown' : accepted ? 'ok' : 'refused';
    return {
      json: body,
      fields: [
        ['accepted', { text: accepted === null ? 'unknown' : accepted ? 'yes' : 'no', tone: tones[verdict] ?? 'bold' }],
        ['reply', reply],
      ],
      rows: reasons.map(({ code, message, state = '' }) => ({
        reason: code,
        state: { text: state, tone: tones[state] ?? 'dim' },
        message,
      })),
      exit: accepted === null ? exitCodes.unknown : accepted ? exitCodes.ok : exitCodes.refused,
    };
  },
});
