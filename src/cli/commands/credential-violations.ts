import { callApi } from '../command/call-api.ts';
import { defineCommand } from '../command/command.ts';
import { credentialPath } from './credential.ts';

interface Violations {
  readonly windows: Readonly<Record<string, number>>;
  readonly hours: readonly { readonly hour: string; readonly violations: number }[];
  readonly alerts: readonly { readonly finding: string; readonly quiet_until?: string }[];
}

export const command = defineCommand({
  arguments: { name: { summary: 'The credential', isCredential: true } },
  flags: {},
  examples: [['sesame violations billing', 'When it used senders that its record does not allow']],
  columns: ['hour', 'violations'],
  async run({ args: { name } }, deps) {
    const { api } = await deps.target();
    const { body } = await callApi<Violations>(api, 'GET', credentialPath(name, 'violations'));
    return {
      json: body,
      fields: [
        ...Object.entries(body.windows).map(([window, count]) => [`last ${window}`, count] as const),
        ...body.alerts.map(({ finding, quiet_until: end }) => ['alert', `${finding}, quiet until ${end}`] as const),
      ],
      rows: body.hours.map(({ hour, violations }) => ({ hour: `${hour}:00Z`, violations })),
      notes: body.hours.length === 0 ? ['None in 30 days.'] : ['The alert and the log name the senders.'],
    };
  },
});
