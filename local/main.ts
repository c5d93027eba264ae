import { callerFolder } from './caller-folder.ts';
import { runCommand } from './command/run-command.ts';
import { followFile } from './follow-file.ts';
import { localHome, readLocalDescription, removeLocalDescription, writeLocalDescription } from './local-description.ts';
import { portsFrom, requireFreePorts } from './local-ports.ts';
import { fastTimings } from './local-timings.ts';
import { projectFolder } from './project-folder.ts';
import { type LocalOptions, localUsage, readOptions } from './read-options.ts';
import { claimFolder, releaseFolder } from './running-stack.ts';
import { startStack } from './start-stack.ts';
import { prepareStateFolder } from './state/prepare-state-folder.ts';
import { watchState } from './state/watch-state.ts';
import { exitStatusOf, listenForStop, type StopRequest } from './stop-request.ts';
import { welcomeScreen } from './welcome-screen.ts';

// Comes first, so that no stop signal is missed.
const { first: stopRequested, again: stopAtOnce } = listenForStop();
const status = await runCommand(
  localUsage,
  () => readOptions(process.argv.slice(2), callerFolder(process.env, process.cwd(), projectFolder)),
  runClaimed,
);
// Exits even if a library still holds a handle open: the stack has ended.
process.exit(status);

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
  removeLocalDescription();
  const ports = portsFrom(options.portBase);
  await requireFreePorts(ports).catch((error: Error) => {
    throw new Error(`${error.message}\nChoose other ports: npm start -- --port-base ${options.portBase + 100}`);
  });
  const stateFolder = options.state;
  if (stateFolder) prepareStateFolder(stateFolder);
  const state = stateFolder ? watchState(stateFolder, (line) => console.error(line)) : undefined;

  const starting = new AbortController();
  const stoppedEarly = stopRequested.then((request) => {
    starting.abort(request);
    return request;
  });
  const stack = await startStack({
    ports,
    home: localHome,
    stateFolder,
    resetState: options.reset,
    onState: state?.onState,
    onStep: (step) => console.log(`Starting: ${step}`),
    timings: options.fast ? fastTimings : undefined,
    suspendAfter: options.suspendAfter,
    iamLag: options.iamLag,
    fromAddress: options.fromAddress,
    chaos: options.chaos,
    envelope: options.envelope,
    defaultQuotaPerDay: options.defaultQuotaPerDay,
    maxCredentials: options.maxCredentials,
    signal: starting.signal,
  }).catch(async (error) => {
    if (!starting.signal.aborted) throw error;
    return await stoppedEarly;
  });
  if (isRequest(stack)) {
    console.log('Stopped before Sesame was ready.');
    return exitStatusOf(stack);
  }
  let wanted = false;
  try {
    writeLocalDescription(stack.description);
    console.log(
      welcomeScreen(stack.description, {
        seconds: (performance.now() - began) / 1000,
        stateFolder,
        fast: options.fast,
        suspendAfter: options.suspendAfter,
        chaos: options.chaos,
        iamLag: options.iamLag,
      }),
    );
    const { functions, mail } = stack.description.logs;
    if (options.logs) for (const log of [functions, mail]) followFile(log, process.stdout);
    const reason = await Promise.race([stopRequested, stack.ended]);
    wanted = isRequest(reason);
    if (wanted) console.log('Stopping.');
    else console.error(`The AWS emulator ${reason}; see ${stack.description.logs.emulator}`);
  } finally {
    removeLocalDescription();
    await stack.stop(stopAtOnce);
  }
  const loss = state?.loss();
  if (loss !== undefined) console.error(loss);
  else if (stateFolder) console.log(`The state is saved in ${stateFolder}.`);
  else if (!wanted) console.error('Without --state nothing is kept: what this run held is gone.');
  return wanted && loss === undefined ? 0 : 1;
}

function isRequest(value: object | string): value is StopRequest {
  return typeof value === 'object' && 'by' in value;
}
