import { defineCommand } from '../command/command.ts';
import { changeMessages } from './change-messages.ts';
import { boxPath, parkedFlag } from './held-message.ts';

export const command = defineCommand({
  description: 'For good: what it asked for is not done.',
  arguments: { id: { summary: 'Ids of messages', isVariadic: true } },
  flags: { ...parkedFlag, foreign: { summary: 'Even if it is not from Sesame' } },
  examples: [['sesame dlq drop ID --parked --yes', 'In a script, without a question']],
  columns: ['id', 'result', 'message'],
  confirm: ({ args: { id } }) =>
    `Delete ${id.length === 1 ? `the message ${id[0]}` : `${id.length} messages`} for good?`,
  hasDryRun: true,
  run: ({ args: { id: ids }, flags: { parked, foreign }, global }, deps) =>
    changeMessages(
      {
        ids,
        method: 'DELETE',
        pathOf: (id) => boxPath(parked, id),
        ...(foreign ? { query: { foreign: 'true' } } : {}),
        done: 'deleted',
        isDry: global.dryRun === true,
      },
      deps,
    ),
});
