import { usageError } from '../command/cli-error.ts';
import { defineCommand } from '../command/command.ts';
import { changeCredential } from './change-credential.ts';
import { credentialPath } from './credential.ts';
import { filterFlags } from './list-all.ts';
import { reportOldKeys, rotateMany } from './rotate-many.ts';
import { waitFlags } from './wait-flags.ts';

export const command = defineCommand({
  description:
    'A new password; the old one works during the grace period, so that nobody is cut off. --report lists who still uses an old password, and changes nothing.',
  arguments: {
    name: { summary: 'The credential, unless --all or --report is given', isOptional: true, isCredential: true },
  },
  flags: {
    all: { summary: 'All active credentials that match the filters, one after another' },
    report: { summary: 'List the rotations that are not over, and who still uses the old password' },
    ...filterFlags,
    pace: { value: 'SECONDS', range: [0, 3_600], summary: 'With --all: the pause between two (1)' },
    ...waitFlags,
    ifMatch: { value: 'ETAG', summary: 'Only if the record is still the one with this etag' },
  },
  examples: [
    ['sesame rotate billing --wait', 'A new password; then `sesame reveal billing` has it'],
    ['sesame rotate --all --owner shop-team --pace 5', 'All of one team, one every five seconds'],
    ['sesame rotate --report', 'Who still uses an old password'],
  ],
  columns: ['name', 'result', 'rotation', 'works until', 'still used'],
  confirm: ({ flags: { all } }) => (all ? 'Give all matching credentials a new password?' : undefined),
  hasDryRun: true,
  async run({ args: { name }, flags, global }, deps, io) {
    const { all, report, wait, timeout, ifMatch, pace = 1, ...filter } = flags;
    if ([name !== undefined, all, report].filter(Boolean).length !== 1) {
      throw usageError(
        name === undefined && !all && !report
          ? 'Missing: NAME, --all or --report.'
          : 'NAME, --all and --report exclude each other.',
      );
    }
    const foreign = name === undefined ? { wait, timeout, 'if-match': ifMatch } : { pace: flags.pace, ...filter };
    const ignored = Object.entries(foreign).filter(
      ([, value]) => value !== undefined && value !== false && String(value) !== '',
    );
    if (ignored.length > 0) {
      const names = ignored.map(([flag]) => `--${flag}`).join(', ');
      throw usageError(
        `${names} ${ignored.length === 1 ? 'has' : 'have'} no meaning ${name === undefined ? 'without a NAME' : 'with a NAME'}.`,
      );
    }
    const { api } = await deps.target();
    if (report) return await reportOldKeys(api, filter);
    if (name === undefined)
      return await rotateMany(api, { filter, paceSeconds: pace, isDry: global.dryRun === true }, deps, io);
    return await changeCredential(
      {
        username: name,
        method: 'POST',
        path: credentialPath(name, 'rotate'),
        headers: { 'if-match': ifMatch ?? '*' },
        done: 'Rotating',
      },
      { wait, timeout, global },
      deps,
      io,
    );
  },
});
