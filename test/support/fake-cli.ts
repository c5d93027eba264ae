import { catalogue } from '../../src/cli/catalogue.ts';
import type { ApiClient, ApiRequest, ApiResponse } from '../../src/cli/command/api-client.ts';
import { queryText } from '../../src/cli/command/api-client.ts';
import type { GlobalFlags } from '../../src/cli/command/command.ts';
import type { CommandDeps, Target } from '../../src/cli/command/command-deps.ts';
import type { Config } from '../../src/cli/command/config-store.ts';
import { describeCommand } from '../../src/cli/command/describe-command.ts';
import type { LocalStack } from '../../src/cli/command/local-stack.ts';
import { readResponse } from '../../src/cli/connect/read-response.ts';
import { runProgram } from '../../src/cli/program.ts';
import { caller } from './api-client.ts';
import { createFakeApi } from './fake-api.ts';

/** Answers one request instead of the app; undefined lets the app answer. */
export type Intercept = (method: string, path: string, request: ApiRequest) => ApiResponse | undefined;

export interface Ran {
  readonly exit: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The command line in this process, before the whole API over a table in memory. */
export function createFakeCli() {
  const api = createFakeApi();
  const requests: { readonly method: string; readonly path: string; readonly query: string; readonly body: unknown }[] =
    [];
  const children: { readonly line: readonly string[]; readonly environment: Readonly<Record<string, string>> }[] = [];
  let ids = 0;
  const world = {
    intercept: (() => undefined) as Intercept,
    isTerminal: false,
    stdin: '',
    config: { deployments: {} } as Config,
    localStack: undefined as LocalStack | undefined,
    files: new Map<string, string>(),
    /** For files that are no UTF-8. */
    bytes: new Map<string, Uint8Array>(),
    mailReply: '250 Ok',
    /** What a person makes of a text in their editor. */
    edit: ((text) => text) as (text: string) => string,
    /** What passes while the program sleeps. */
    onSleep: (() => {}) as () => void,
    flags: {} as GlobalFlags,
  };
  const client: ApiClient = {
    async request(method, path, request = {}) {
      const { body, headers = {}, query } = request;
      requests.push({ method, path, query: queryText(query), body });
      const intercepted = world.intercept(method, path, request);
      if (intercepted !== undefined) return intercepted;
      const response = await api.app.fetch(
        new Request(`https://api.example.com${path}${queryText(query)}`, {
          method,
          headers: { ...headers, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        }),
        { caller },
      );
      return await readResponse(response);
    },
  };
  const target: Target = { api: client, description: 'the deployment of this test', kind: 'in-process' };
  const deps: CommandDeps = {
    target: async () => target,
    localTarget: async () => ({ ...target, kind: 'local', smtpCaFile: '/ca.pem' }),
    config: {
      path: '/config.json',
      read: async () => world.config,
      write(config) {
        world.config = config;
        return Promise.resolve();
      },
    },
    localStack: async () => world.localStack,
    readStdin: async () => world.stdin,
    runChild(command, args, environment) {
      children.push({ line: [command, ...args], environment });
      return Promise.resolve(7);
    },
    readFileFrom(path, position) {
      const text = world.files.get(path);
      return Promise.resolve(text === undefined ? undefined : { text: text.slice(position), end: text.length });
    },
    readFileBytes(path) {
      const text = world.files.get(path);
      return Promise.resolve(
        world.bytes.get(path) ?? (text === undefined ? undefined : new TextEncoder().encode(text)),
      );
    },
    fetchJson: async () => ({
      messages: [{ envelope: { from: 'a@example.com', to: ['b@example.com'] }, subject: 'Hi' }],
    }),
    sendMail: async () => world.mailReply,
    editText(text) {
      const edited = world.edit(text);
      return Promise.resolve(edited === text ? undefined : edited);
    },
    describeCommands: () => Promise.all(catalogue.map(describeCommand)),
    version: '1.2.3',
    now: () => api.clock.nowMs,
    sleep(milliseconds) {
      api.clock.nowMs += milliseconds;
      world.onSleep();
      return Promise.resolve();
    },
    newId: () => {
      ids += 1;
      return ids === 1 ? 'new-id' : `new-id-${ids}`;
    },
    endAfter: () => {},
  };

  async function run(...args: string[]): Promise<Ran> {
    let stdout = '';
    let stderr = '';
    const isTTY = world.isTerminal;
    const exit = await runProgram(args, {
      catalogue,
      version: '1.2.3',
      terminal: {
        stdin: { isTTY },
        stdout: { isTTY, columns: 100, write: (text) => (stdout += text) },
        stderr: { isTTY, write: (text) => (stderr += text) },
        env: { NO_COLOR: '1' },
      },
      createDeps: (flags) => {
        world.flags = flags;
        return deps;
      },
    });
    return { exit, stdout, stderr };
  }

  return { api, world, requests, children, run };
}
