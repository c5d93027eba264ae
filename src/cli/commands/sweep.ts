import { apiPath } from '../command/api-client.ts';
import { callApi } from '../command/call-api.ts';
import { defineCommand } from '../command/command.ts';

export const command = defineCommand({
  description:
    'Compares everything of every record with IAM, and repairs what differs. It runs in the background; two at once are harmless.',
  arguments: {},
  flags: {},
  examples: [['sesame sweep', 'After somebody changed IAM by hand']],
  async run(_input, deps) {
    const { api } = await deps.target();
    const { body } = await callApi(api, 'POST', apiPath('sweeps'));
    const id = String(body['correlation_id']);
    return {
      json: body,
      fields: [['correlation id', id]],
      notes: ['Started. Its log lines have this correlation id.'],
    };
  },
});
