import { defineCommand } from '../command/command.ts';
import { changeCredential } from './change-credential.ts';
import { credentialPath } from './credential.ts';
import { waitFlags } from './wait-flags.ts';

export const command = defineCommand({
  description: 'The record, the IAM user, its keys and the password, for good.',
  arguments: { name: { summary: 'The credential', isCredential: true } },
  flags: { ...waitFlags, ifMatch: { value: 'ETAG', summary: 'Only if the record is still the one with this etag' } },
  examples: [
    ['sesame remove billing', 'Ask, then remove it'],
    ['sesame remove billing --yes --wait', 'In a script: wait until it is gone'],
  ],
  confirm: ({ args: { name } }) => `Remove the credential ${name} with its password, for good?`,
  hasDryRun: true,
  run: ({ args: { name }, flags, global }, deps, io) =>
    changeCredential(
      {
        username: name,
        method: 'DELETE',
        path: credentialPath(name),
        headers: { 'if-match': flags.ifMatch ?? '*' },
        done: 'Removing',
      },
      { wait: flags.wait, timeout: flags.timeout, global },
      deps,
      io,
    ),
});
