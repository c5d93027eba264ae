import { defineCommand } from '../command/command.ts';
import { changeMessages } from './change-messages.ts';
import { boxPath, parkedFlag } from './held-message.ts';

export const command = defineCommand({
  description: 'Back to the queue of its function, which tries it again.',
  arguments: { id: { summary: 'Ids of messages', isVariadic: true } },
  flags: parkedFlag,
  examples: [['sesame dlq redrive ID --parked', 'After its cause was removed']],
  columns: ['id', 'result', 'message'],
  hasDryRun: true,
  run: ({ args: { id: ids }, flags: { parked }, global }, deps) =>
    changeMessages(
      {
        ids,
        method: 'POST',
        pathOf: (id) => boxPath(parked, id, 'redrive'),
        done: 'redriven',
        isDry: global.dryRun === true,
      },
      deps,
    ),
});
