import { type Command, defineCommand } from '../command/command.ts';
import { changeCredential } from './change-credential.ts';
import { credentialPath } from './credential.ts';
import { waitFlags } from './wait-flags.ts';

/** A command that changes one credential as a whole, by a route of its own. */
export function defineAction({
  action,
  description,
  done,
  effect,
}: {
  readonly action: 'disable' | 'enable';
  readonly description: string;
  readonly done: string;
  readonly effect: string;
}): Command {
  return defineCommand({
    description,
    arguments: { name: { summary: 'The credential', isCredential: true } },
    flags: {
      ...waitFlags,
      ...(action === 'enable' ? liftFlag : {}),
      ifMatch: { value: 'ETAG', summary: 'Only if the record is still the one with this etag' },
    },
    examples: [[`sesame ${action} billing --wait`, effect]],
    hasDryRun: true,
    run({ args: { name }, flags, global }, deps, io) {
      const lift = (flags as { readonly liftContainment?: boolean }).liftContainment === true;
      return changeCredential(
        {
          username: name,
          method: 'POST',
          path: credentialPath(name, action),
          ...(lift ? { body: { lift_containment: true } } : {}),
          headers: { 'if-match': flags.ifMatch ?? '*' },
          done,
        },
        { wait: flags.wait, timeout: flags.timeout, global },
        deps,
        io,
      );
    },
  });
}

const liftFlag = { liftContainment: { summary: 'Enable it although it was contained as stolen' } } as const;
