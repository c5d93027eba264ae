import { apiPath } from '../command/api-client.ts';
import { defineCommand } from '../command/command.ts';
import type { AnyFlagValues } from '../command/flag.ts';
import { changeCredential } from './change-credential.ts';
import { readSpecFlags, specFlags } from './spec-flags.ts';
import { waitFlags } from './wait-flags.ts';

const { from, ...others } = specFlags;

export const command = defineCommand({
  description: 'Writes the record; the IAM user, the key and the password follow within seconds.',
  arguments: { name: { summary: 'Its name: 1 to 128 letters, digits and + = . @ _ -' } },
  flags: {
    from: { ...from, value: 'PATTERN', summary: from?.summary ?? '', isRepeatable: true, isRequired: true },
    ...others,
    ...waitFlags,
    idempotencyKey: { value: 'KEY', summary: 'A repeated request with the same key gets the same answer' },
  },
  examples: [
    ['sesame create billing --from billing@example.com --wait', 'Wait until its password works'],
    ["sesame create shop --from '*@shop.example.com' --owner shop-team --label env=prod", 'All senders of a domain'],
    ['sesame create billing --from billing@example.com --dry-run', 'Check the values, and show the record'],
  ],
  hasDryRun: true,
  run({ args: { name }, flags, global }, deps, io) {
    const { wait, timeout, idempotencyKey } = flags;
    return changeCredential(
      {
        username: name,
        method: 'POST',
        path: apiPath('credentials'),
        body: { username: name, ...readSpecFlags(flags as AnyFlagValues) },
        // A request that AWS's network repeats creates nothing twice.
        headers: { 'idempotency-key': idempotencyKey ?? deps.newId() },
        done: 'Created',
      },
      { wait, timeout, global },
      deps,
      io,
    );
  },
});
