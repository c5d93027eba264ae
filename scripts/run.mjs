// Sets up what is missing (packages, emulator, zips), then runs a command with the functions' Node version.
// This file and scripts/setup must run on Node 20 without packages, because a fresh clone has nothing else.
import { commands } from './setup/commands.mjs';
import { nodePackages } from './setup/node-packages.mjs';
import { PrerequisiteError } from './setup/prerequisite-error.mjs';
import { inProject, node24 } from './setup/project-paths.mjs';
import { requireNode } from './setup/require-node.mjs';
import { forwardSignals, runProcess, stopStatus, throwIfStopped, watchParent } from './setup/run-process.mjs';
import { setUp } from './setup/set-up.mjs';

const names = Object.keys(commands);
const benches = names.filter((name) => name.startsWith('bench:'));

const usage = `Usage: node scripts/run.mjs COMMAND [arguments]

  COMMAND         ${names.filter((name) => !benches.includes(name)).join(', ')},
                  ${benches.join(', ')}.
                  Each shows its own arguments with --help
  -h, --help      show this`;

forwardSignals();
try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  process.exitCode = stopStatus() ?? 1;
  if (stopStatus() === undefined)
    console.error(error instanceof PrerequisiteError || isRefusal(error) ? error.message : error);
}

async function main([name, ...args]) {
  if (name === '--help' || name === '-h') {
    console.log(usage);
    return 0;
  }
  const command = Object.hasOwn(commands, name ?? '') ? commands[name] : undefined;
  if (!command) {
    console.error(`${name === undefined ? 'A command is missing.' : `There is no command "${name}".`}\n\n${usage}`);
    return 2;
  }
  requireNode();
  // Help needs no emulator and no zips.
  const isHelp = args.includes('--help') || args.includes('-h');
  await setUp(isHelp ? [nodePackages] : command.needs);
  watchParent();
  if (command.before && !isHelp) {
    const status = await runProcess(node24, [inProject(command.before)], { stdio: 'inherit' });
    throwIfStopped();
    if (status !== 0) return status;
  }
  const [script, ...first] = command.run;
  return runProcess(node24, [inProject(script), ...first, ...args], { stdio: 'inherit' });
}

/** Whether the system refused a file operation, such as a write to a full disk. Its message says which. */
function isRefusal(error) {
  return error instanceof Error && typeof error.errno === 'number' && typeof error.path === 'string';
}
