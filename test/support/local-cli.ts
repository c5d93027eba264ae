import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LocalDescription } from '../../local/local-description.ts';
import { createCliProcess } from './cli-process.ts';

/** The built command line as a process that finds this local stack, as it finds the one of `npm start`. */
export async function createLocalCli(description: LocalDescription) {
  const cli = await createCliProcess();
  const home = join(cli.folder, '.sesame');
  mkdirSync(home, { mode: 0o700 });
  // As `npm start` writes it.
  writeFileSync(join(home, 'local.json'), JSON.stringify({ ...description, pid: process.pid }), { mode: 0o600 });
  /** Nothing of AWS in the environment: the stack is found in the folder, with its credentials. */
  const onLocalStack = { AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '', AWS_REGION: '' };
  return {
    ...cli,
    environment: { ...cli.env, ...onLocalStack },
    sesame: (args: readonly string[]) => cli.run(args, { environment: onLocalStack }),
  };
}
