import { readLocalDescription } from './local-description.ts';
import { readStats } from './read-stats.ts';

const usage =
  'Usage: npm run --silent stats -- NAME\nPrints what was counted of the mails of the credential NAME, as JSON.';

process.exitCode = await main(process.argv.slice(2));

async function main(args: string[]): Promise<number> {
  const [username] = args;
  if (args.includes('--help')) {
    console.log(usage);
    return 0;
  }
  if (username === undefined || username.startsWith('-') || args.length > 1) {
    console.error(usage);
    return 2;
  }
  const description = readLocalDescription();
  if (description === undefined || !isRunning(description.pid)) {
    console.error('Sesame does not run here. Start it with: npm start');
    return 1;
  }
  try {
    console.log(JSON.stringify(await readStats(description, username), null, 2));
    return 0;
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    return 1;
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
