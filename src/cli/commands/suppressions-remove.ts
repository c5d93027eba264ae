import { apiPath } from '../command/api-client.ts';
import { callApi } from '../command/call-api.ts';
import { defineCommand } from '../command/command.ts';
import type { Suppression } from './suppression.ts';

export const command = defineCommand({
  description:
    'For the whole account in this Region: mail of all its programs reaches the address again. Safe to repeat. Another hard bounce puts it back.',
  arguments: { address: { summary: 'The address of a recipient' } },
  flags: {},
  examples: [['sesame suppressions remove kim@example.org', 'Once its mailbox works again']],
  hasDryRun: true,
  async run({ args: { address }, global }, deps) {
    const { api } = await deps.target();
    const path = apiPath('suppressions', address);
    if (global.dryRun === true) {
      const { body } = await callApi<Suppression>(api, 'GET', path);
      return {
        json: { dry_run: true, address: body.address, would_be_removed: body.is_suppressed },
        fields: [
          ['address', body.address],
          ['result', body.is_suppressed ? 'would be removed' : 'is not on the list'],
        ],
      };
    }
    const { body } = await callApi<{ readonly address: string; readonly is_removed: boolean }>(api, 'DELETE', path);
    return {
      json: body,
      fields: [
        ['address', body.address],
        ['result', body.is_removed ? { text: 'removed', tone: 'good' } : 'was not on the list'],
      ],
    };
  },
});
