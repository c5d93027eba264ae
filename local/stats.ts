import { readArguments } from './command/read-arguments.ts';
import { runCommand } from './command/run-command.ts';
import { UsageError } from './command/usage-error.ts';
import { readLocalDescription } from './local-description.ts';
import { readStats } from './read-stats.ts';

const usage = `Usage: npm run --silent stats -- NAME

Prints what was counted of the mails of the credential NAME, as JSON. NAME is its username: what follows USER# in the record's SK.

  -h, --help      show this`;

process.exitCode = await runCommand(usage, readName, printStats);

function readName() {
  const { values, positionals } = readArguments(process.argv.slice(2), {}, 1);
  const [username] = positionals;
  if (!username && !values.help) throw new UsageError('The name of a credential is missing.');
  return { help: values.help, username: username ?? '' };
}

async function printStats({ username }: { username: string }): Promise<number> {
  const description = readLocalDescription();
  if (description === undefined || !isRunning(description.pid)) {
    console.error('Sesame does not run here. Start it with: npm start');
    return 1;
  }
  console.log(JSON.stringify(await readStats(description, username), null, 2));
  return 0;
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
