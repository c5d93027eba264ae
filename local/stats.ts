import { createDeploymentFiles } from '../src/admin/deployment-files.ts';
import { readStatistics } from '../src/admin/read-statistics.ts';
import { readArguments } from './command/read-arguments.ts';
import { runCommand } from './command/run-command.ts';
import { UsageError } from './command/usage-error.ts';
import { createLocalAdminDeps } from './local-admin-deps.ts';
import { createLocalClients } from './local-clients.ts';
import { localHome, readLocalDescription } from './local-description.ts';

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
  const isRunning = (await createDeploymentFiles(localHome).findLocalStack()) !== undefined;
  const description = isRunning ? readLocalDescription() : undefined;
  if (description === undefined) {
    console.error('Sesame does not run here. Start it with: npm start');
    return 1;
  }
  const clients = createLocalClients(description);
  try {
    const statistics = await readStatistics({ username }, createLocalAdminDeps(description, clients));
    console.log(JSON.stringify(statistics, null, 2));
    return 0;
  } finally {
    clients.destroy();
  }
}
