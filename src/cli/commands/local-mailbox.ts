import { defineCommand } from '../command/command.ts';
import { requireLocalStack } from './require-local-stack.ts';

interface Mail {
  readonly envelope?: { readonly from?: string; readonly to?: readonly string[] };
  readonly subject?: string;
  readonly acceptedAt?: string;
}

export const command = defineCommand({
  description: 'The mails that its SMTP endpoint took, oldest first.',
  arguments: {},
  flags: { limit: { value: 'N', range: [1, 10_000], summary: 'The last so many (20)' } },
  examples: [['sesame local mailbox', 'What was sent']],
  columns: ['received', 'from', 'to', 'subject'],
  async run({ flags: { limit = 20 } }, deps) {
    const { mailbox } = await requireLocalStack(deps);
    const { messages = [] } = (await deps.fetchJson(mailbox)) as { readonly messages?: readonly Mail[] };
    const last = messages.slice(-limit);
    return {
      json: { messages: last },
      rows: last.map(({ envelope, subject, acceptedAt }) => ({
        received: acceptedAt,
        from: envelope?.from,
        to: envelope?.to?.join(', '),
        subject,
      })),
      notes: last.length === 0 ? ['No mail yet.'] : [],
    };
  },
});
