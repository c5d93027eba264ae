import { callApi } from '../command/call-api.ts';
import { defineCommand } from '../command/command.ts';
import { boxPath, type HeldMessage, messageFields, parkedFlag } from './held-message.ts';

export const command = defineCommand({
  arguments: { id: { summary: "The message's id" } },
  flags: parkedFlag,
  examples: [['sesame dlq show ID --parked', 'Why it was parked']],
  async run({ args: { id }, flags: { parked } }, deps) {
    const { api } = await deps.target();
    const { body } = await callApi<HeldMessage>(api, 'GET', boxPath(parked, id));
    return { json: body, fields: messageFields(body) };
  },
});
