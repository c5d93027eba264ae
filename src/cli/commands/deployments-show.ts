import { apiPath } from '../command/api-client.ts';
import { callApi } from '../command/call-api.ts';
import { defineCommand } from '../command/command.ts';
import { valueCell } from './credential.ts';

export const command = defineCommand({
  description: 'What Terraform has written about the one that the other commands would use.',
  arguments: {},
  flags: {},
  examples: [['sesame deployments show', 'Its version, table, SMTP host, queues, ...']],
  async run(_input, deps) {
    const { api, description } = await deps.target();
    const { body } = await callApi(api, 'GET', apiPath('deployment'));
    return {
      json: body,
      fields: Object.entries(body).map(([name, value]) => [name, valueCell(value)] as const),
      notes: [`This is ${description}.`],
    };
  },
});
