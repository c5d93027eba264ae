import { apiPath } from '../command/api-client.ts';
import { callApi } from '../command/call-api.ts';
import { defineCommand } from '../command/command.ts';
import type { Suppression } from './suppression.ts';

export const command = defineCommand({
  description:
    "SES's list of the whole account in this Region: mail to its addresses is taken, and not sent. Upper and lower case make no difference.",
  arguments: { address: { summary: 'The address of a recipient' } },
  flags: {},
  examples: [['sesame suppressions show kim@example.org', 'Whether mail to it is held back, and why']],
  columns: ['address', 'reason', 'since', 'message_id'],
  async run({ args: { address } }, deps) {
    const { api } = await deps.target();
    const { body } = await callApi<Suppression>(api, 'GET', apiPath('suppressions', address));
    return {
      json: body,
      rows: body.entries.map(({ message_id: messageId, ...entry }) => ({ ...entry, message_id: messageId })),
      notes: [
        body.is_suppressed
          ? `If the address is right and its owner wants the mail: sesame suppressions remove ${body.address}`
          : `${body.address} is not on the suppression list.`,
      ],
    };
  },
});
