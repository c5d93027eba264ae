import { callApi } from '../command/call-api.ts';
import { defineCommand } from '../command/command.ts';
import { credentialPath } from './credential.ts';
import type { SmtpLogin } from './smtp-login.ts';

export const command = defineCommand({
  description:
    'Prints the password alone. The event `revealed` is published, and the record may limit how often this is possible.',
  arguments: { name: { summary: 'The credential', isCredential: true } },
  flags: {},
  examples: [
    ['sesame reveal billing', 'The password, and nothing else'],
    ['sesame reveal billing --output json', 'With SMTP username, host and ports'],
    ['sesame reveal billing | docker secret create smtp_password -', 'To where it is needed, past the eyes'],
  ],
  async run({ args: { name } }, deps) {
    const { api } = await deps.target();
    const { body } = await callApi<SmtpLogin>(api, 'POST', credentialPath(name, 'reveal'));
    return { json: body, raw: `${body.smtp_password}\n` };
  },
});
