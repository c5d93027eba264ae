import { spawn } from 'node:child_process';
import { openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { makeFolder } from '../make-folder.ts';
import { projectFolder } from '../project-folder.ts';
import { describeRefusedState } from '../state/describe-state.ts';
import { followStateReports, type StateReport } from '../state/state-report.ts';

/** Options of the emulator. */
export interface EmulatorOptions {
  port: number;
  region: string;
  accountId: string;
  credentials: { accessKeyId: string; secretAccessKey: string };
  /** Folder for logs and temporary files. */
  home: string;
  /** If given, the state is loaded from this folder on start, and saved to it after changes and on stop. */
  stateFolder?: string | undefined;
  /** Empties the state folder first. */
  resetState?: boolean | undefined;
  /** Called when saving the state succeeds or fails. */
  onState?: ((report: StateReport) => void) | undefined;
  /** Aborts the start. */
  signal?: AbortSignal | undefined;
  /** Authorizes the emulator's own routes, such as those that the SMTP endpoint uses; see own_callers.py and secret_access_keys.py. */
  token: string;
  /** Records every call, with its parameters. For tests. */
  cloudTrail?: boolean | undefined;
  iamLag?: IamLag | undefined;
}

/** Makes reads of IAM lag, as on AWS; see iam_lag.py. */
export interface IamLag {
  /** The maximum age of a read. Each read draws its own. */
  seconds: number;
  /** With the same seed, the same requests in the same order read the same. Random by default. */
  seed?: number | undefined;
  /** The administrator's reads lag too. */
  everybody?: boolean | undefined;
}

/** A running emulator. */
export interface Emulator {
  endpoint: string;
  logs: { emulator: string; functions: string };
  /**
   * Waits until running functions finish, for some seconds at most; then the emulator starts to end. Resolves at once if no state is kept.
   *
   * @param atOnce ends the wait
   */
  drain(atOnce?: AbortSignal): Promise<void>;
  /** Stops the emulator and its functions, within 10 seconds, or 30 when it has a state to save. */
  stop(): Promise<void>;
  /** Resolves with the reason when the process has ended, whether stopped or crashed. */
  ended: Promise<string>;
}

const here = join(projectFolder, 'local', 'emulator');
const python = join(projectFolder, '.sesame', 'venv', 'bin', 'python');

/**
 * Starts MiniStack on 127.0.0.1 and waits until it answers.
 *
 * @throws Error with the last lines of its log when it doesn't start; Error that explains why a saved state can't be used; or the
 *   signal's reason
 */
export async function startEmulator(options: EmulatorOptions): Promise<Emulator> {
  const logs = {
    emulator: join(options.home, 'logs', 'emulator.log'),
    functions: join(options.home, 'logs', 'functions.log'),
  };
  const temporaryFolder = join(options.home, 'tmp', String(options.port));
  makeFolder(dirname(logs.emulator));
  rmSync(temporaryFolder, { recursive: true, force: true });
  makeFolder(temporaryFolder);
  // MiniStack's worker script is CommonJS; without this, our package.json would make it an ES module.
  writeFileSync(join(temporaryFolder, 'package.json'), '{ "type": "commonjs" }\n');
  const log = openSync(logs.emulator, 'w', 0o600);
  openSync(logs.functions, 'w', 0o600);

  const child = spawn(python, [join(here, 'launch.py')], {
    cwd: temporaryFolder,
    // Outside the terminal's process group, so that Ctrl-C reaches only us, and we stop it in order.
    detached: true,
    stdio: ['pipe', log, log, 'pipe'],
    env: { ...environment(options), TMPDIR: temporaryFolder, SESAME_FUNCTION_LOG: logs.functions },
  });
  let hasEnded = false;
  const ended = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, signal) => resolve(signal ? `ended by ${signal}` : `ended with status ${code}`));
  }).then((reason) => {
    hasEnded = true;
    return reason;
  });
  child.stdin?.on('error', () => {});
  let refusal: string | undefined;
  let onDrained = () => {};
  const drained = new Promise<void>((resolve) => {
    onDrained = resolve;
  });
  const reportsEnded = followStateReports(child.stdio[3] as Readable, (report) => {
    if (report.kind === 'refused' || report.kind === 'in-use') {
      refusal = describeRefusedState(options.stateFolder ?? '', report);
    }
    if (report.kind === 'drained') onDrained();
    options.onState?.(report);
  });

  const drain = async (atOnce?: AbortSignal) => {
    if (options.stateFolder === undefined || atOnce?.aborted) return;
    child.stdin?.destroy();
    const cutShort = new Promise<void>((resolve) => atOnce?.addEventListener('abort', () => resolve(), { once: true }));
    await Promise.race([drained, ended, cutShort]);
  };

  const stop = async () => {
    child.stdin?.destroy();
    if (!hasEnded) child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), options.stateFolder ? 30_000 : 10_000);
    await ended;
    clearTimeout(timer);
    await reportsEnded;
    rmSync(temporaryFolder, { recursive: true, force: true });
  };

  const endpoint = `http://127.0.0.1:${options.port}`;
  const deadline = Date.now() + 30_000;
  while (!(await isReady(endpoint, options.token))) {
    if (options.signal?.aborted) {
      await stop();
      throw options.signal.reason;
    }
    if (hasEnded || Date.now() > deadline) {
      await (hasEnded ? reportsEnded : undefined);
      if (refusal !== undefined) {
        await stop();
        throw new Error(refusal);
      }
      const reason = hasEnded ? await ended : 'did not answer within 30 s';
      await stop();
      throw new Error(`The AWS emulator ${reason}. The end of ${logs.emulator}:\n${lastLines(logs.emulator)}`);
    }
    await sleep(25);
  }
  return { endpoint, logs, drain, stop, ended };
}

function environment(options: EmulatorOptions): NodeJS.ProcessEnv {
  const { PATH = '', HOME, LANG } = process.env;
  return {
    HOME,
    LANG: LANG ?? 'C.UTF-8',
    // Lambda workers run the first `node` on the path: our own Node, which has the functions' version.
    PATH: [dirname(process.execPath), PATH].join(delimiter),
    PYTHONUNBUFFERED: '1',
    AUTH: 'true',
    BIND_HOST: '127.0.0.1',
    GATEWAY_PORT: String(options.port),
    MINISTACK_HOST: '127.0.0.1',
    MINISTACK_REGION: options.region,
    MINISTACK_ACCOUNT_ID: options.accountId,
    AWS_ACCESS_KEY_ID: options.credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: options.credentials.secretAccessKey,
    LAMBDA_EXECUTOR: 'local',
    // No listeners on other ports, and no access to the machine's containers.
    IOT_MTLS_ENABLED: '0',
    SFTP_ENABLED: '0',
    DOCKER_HOST: 'unix:///nonexistent/docker.sock',
    SESAME_LOCAL_TOKEN: options.token,
    ...(options.cloudTrail ? { CLOUDTRAIL_RECORDING: '1', CLOUDTRAIL_MAX_EVENTS: '100000' } : {}),
    ...(options.iamLag ? { SESAME_IAM_LAG: lagForPython(options.iamLag) } : {}),
    ...(options.stateFolder ? { PERSIST_STATE: '1', STATE_DIR: options.stateFolder } : {}),
    ...(options.stateFolder && options.resetState ? { SESAME_STATE_RESET: '1' } : {}),
  };
}

/** The arguments of iam_lag.install(), as Python. */
function lagForPython({ seconds, seed = Date.now(), everybody = false }: IamLag): string {
  return JSON.stringify({ seconds, seed, for_everybody: everybody });
}

async function isReady(endpoint: string, token: string): Promise<boolean> {
  try {
    const headers = { 'x-sesame-token': token };
    const response = await fetch(`${endpoint}/_ministack/ready`, { headers, signal: AbortSignal.timeout(2_000) });
    await response.arrayBuffer();
    return response.ok;
  } catch {
    return false;
  }
}

function lastLines(file: string): string {
  return readFileSync(file, 'utf8').trimEnd().split('\n').slice(-8).join('\n');
}
