import { callApi } from '../command/call-api.ts';
import { defineCommand } from '../command/command.ts';
import { credentialPath } from './credential.ts';
import { counters, type Statistics, windows } from './statistics.ts';

export const command = defineCommand({
  description: 'Rolling windows that advance hourly.',
  arguments: { name: { summary: 'The credential', isCredential: true } },
  flags: {},
  examples: [['sesame stats billing', 'Sends, bounces and complaints of the last hour, day, week and month']],
  columns: ['counter', ...windows],
  async run({ args: { name } }, deps) {
    const { api } = await deps.target();
    const { body } = await callApi<Statistics>(api, 'GET', credentialPath(name, 'statistics'));
    return {
      json: body,
      rows: counters.map((counter) => ({
        counter: counter.replaceAll('_', ' '),
        ...Object.fromEntries(windows.map((window) => [window, body.windows[window]?.[counter] ?? 0])),
      })),
    };
  },
});
