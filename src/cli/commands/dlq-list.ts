import { callApi } from '../command/call-api.ts';
import { defineCommand } from '../command/command.ts';
import { boxPath, type HeldMessage, parkedFlag } from './held-message.ts';

export const command = defineCommand({
  description: 'The visible ones, oldest first. SQS counts each listing as a receive, so list them sparingly.',
  arguments: {},
  flags: { ...parkedFlag, limit: { value: 'N', range: [1, 1_000], summary: 'At most so many (100)' } },
  examples: [
    ['sesame dlq list', 'Work that failed and is tried again'],
    ['sesame dlq list --parked', 'Work that waits for a person'],
  ],
  columns: ['id', 'form', 'name', 'tries', 'sent', 'error', 'redrive'],
  async run({ flags: { parked, limit } }, deps) {
    const { api } = await deps.target();
    const query = limit === undefined ? {} : { limit: String(limit) };
    const { body } = await callApi<{ readonly messages: readonly HeldMessage[]; readonly is_cut: boolean }>(
      api,
      'GET',
      boxPath(parked),
      { query },
    );
    return {
      json: body,
      rows: body.messages.map((message) => ({
        id: message.message_id,
        form: message.form,
        name: message.username,
        tries: message.tries,
        sent: message.sent_at,
        error: [message.error_type, message.error_message].filter(Boolean).join(': '),
        redrive: message.redrive_target === undefined ? { text: 'no', tone: 'dim' } : 'yes',
      })),
      notes: [...(body.messages.length === 0 ? ['None.'] : []), ...(body.is_cut ? ['There may be more.'] : [])],
    };
  },
});
