import { apiPath } from '../command/api-client.ts';
import { callApi } from '../command/call-api.ts';
import { defineCommand } from '../command/command.ts';
import { runDry } from './run-dry.ts';

export const command = defineCommand({
  description:
    'Compares everything of every record with IAM, and repairs what differs. It runs in the background; two at once are harmless.',
  arguments: {},
  flags: {},
  examples: [['sesame sweep', 'After somebody changed IAM by hand']],
  hasDryRun: true,
  async run({ global }, deps) {
    const { api } = await deps.target();
    if (global.dryRun === true) return await runDry(api, { method: 'POST', path: apiPath('sweeps') });
    const { body } = await callApi(api, 'POST', apiPath('sweeps'));
    const id = String(body['correlation_id']);
    return {
      json: body,
      fields: [['correlation id', id]],
      notes: ['Started. Its log lines have this correlation id.'],
    };
  },
});
