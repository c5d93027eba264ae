import { callApi } from '../command/call-api.ts';
import { defineCommand } from '../command/command.ts';
import { type Credential, credentialFields, credentialPath } from './credential.ts';

export const command = defineCommand({
  description: 'All of the record that is no secret, its state, and what is wrong with it.',
  arguments: { name: { summary: 'The credential', isCredential: true } },
  flags: {},
  examples: [
    ['sesame show billing', 'Its state, its senders, and its key'],
    ['sesame show billing --output json', 'The same for a program, with the etag that --if-match takes'],
  ],
  async run({ args: { name } }, deps) {
    const { api } = await deps.target();
    const { body } = await callApi<Credential>(api, 'GET', credentialPath(name));
    return { json: body, fields: credentialFields(body) };
  },
});
