import { resolve } from 'node:path';
import { followFile } from './follow-file.ts';
import { localHome, readLocalDescription, removeLocalDescription, writeLocalDescription } from './local-description.ts';
import { fastPace } from './local-pace.ts';
import { portsFrom, requireFreePorts } from './local-ports.ts';
import { prepareStateFolder } from './prepare-state-folder.ts';
import { type LocalOptions, localUsage, readOptions } from './read-options.ts';
import { claimFolder, releaseFolder } from './running-stack.ts';
import { startStack } from './start-stack.ts';
import { stopRequest } from './stop-request.ts';
import { welcomeScreen } from './welcome-screen.ts';

try {
  const options = readOptions(process.argv.slice(2));
  if (options.help) console.log(localUsage);
  else process.exitCode = await runClaimed(options);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
// Whatever a library still holds open, the stack has ended.
process.exit();

async function runClaimed(options: LocalOptions): Promise<number> {
  const owner = claimFolder();
  if (owner !== undefined) {
    const endpoint = readLocalDescription()?.endpoint;
    console.error(
      `Sesame already runs here: process ${owner}${endpoint ? `, AWS emulator ${endpoint}` : ', still starting'}. Stop that one first (Ctrl-C in its terminal).`,
    );
    return 1;
  }
  try {
    return await run(options);
  } finally {
    releaseFolder();
  }
}

async function run(options: LocalOptions): Promise<number> {
  const began = performance.now();
  const stopRequested = stopRequest();
  removeLocalDescription();
  const ports = portsFrom(options.portBase);
  await requireFreePorts(ports).catch((error: Error) => {
    throw new Error(`${error.message}\nChoose other ports: npm start -- --port-base ${options.portBase + 100}`);
  });
  const stateFolder = options.state === undefined ? undefined : resolve(options.state);
  if (stateFolder) prepareStateFolder(stateFolder, options.reset);

  const onStep = (step: string) => console.log(`Starting: ${step}`);
  const stack = await startStack({
    ports,
    home: localHome,
    stateFolder,
    onStep,
    pace: options.fast ? fastPace : undefined,
    suspendAfter: options.suspendAfter,
    iamLag: options.iamLag,
  });
  try {
    writeLocalDescription(stack.description);
    console.log(
      welcomeScreen(stack.description, {
        seconds: (performance.now() - began) / 1000,
        stateFolder,
        fast: options.fast,
        suspendAfter: options.suspendAfter,
        iamLag: options.iamLag,
      }),
    );
    if (options.logs) followFile(stack.description.logs.functions, process.stdout);
    const reason = await Promise.race([stopRequested, stack.ended]);
    const wanted = reason instanceof Object;
    console.log(wanted ? 'Stopping.' : `The AWS emulator ${reason}; see ${stack.description.logs.emulator}`);
    return wanted ? 0 : 1;
  } finally {
    removeLocalDescription();
    await stack.stop();
  }
}
