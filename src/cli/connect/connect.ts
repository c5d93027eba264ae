import { createDeploymentFiles } from '../../admin/deployment-files.ts';
import { createOperatorClients, type OperatorSettings } from '../../aws/operator-clients.ts';
import { createDeploymentParameters } from '../../aws/ssm.ts';
import type { Deployment } from '../../deployment/deployment.ts';
import { findDeployment } from '../../deployment/find-deployment.ts';
import { CliError, usageError } from '../command/cli-error.ts';
import type { GlobalFlags } from '../command/command.ts';
import type { Target } from '../command/command-deps.ts';
import type { ConfigStore } from '../command/config-store.ts';
import { type Choice, chooseTarget } from './choose-target.ts';
import { createInProcessApi } from './in-process-api.ts';
import type { LocalStackFinder } from './local-stack-file.ts';

export interface ConnectDeps {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly config: ConfigStore;
  readonly findLocalStack: LocalStackFinder;
}

/**
 * Finds the deployment that is meant and connects to it: to the API in this process, on AWS or on the local stack, or to one behind a URL.
 *
 * @throws CliError, SesameError `DeploymentNotFound`, `InvalidDeployment`, ...
 */
export async function connect(flags: GlobalFlags, { env, config, findLocalStack }: ConnectDeps): Promise<Target> {
  const choice = chooseTarget(flags, env['SESAME_DEPLOYMENT'], await config.read());
  if (choice.kind === 'local') return await connectToLocal(findLocalStack, true);
  if (choice.kind === 'default') {
    const local = await connectToLocal(findLocalStack, false);
    if (local !== undefined) return local;
  }
  if (choice.kind === 'api') return await connectToUrl(choice, findLocalStack);
  return await connectToAws(choice);
}

async function connectToLocal(find: LocalStackFinder, isAsked: true): Promise<Target>;
async function connectToLocal(find: LocalStackFinder, isAsked: false): Promise<Target | undefined>;
async function connectToLocal(find: LocalStackFinder, isAsked: boolean): Promise<Target | undefined> {
  const found = await find();
  if (found === undefined) {
    if (!isAsked) return undefined;
    throw new CliError('notFound', 'NoLocalStack', 'No local stack runs here.', {
      remedy: 'Start one in the clone with `npm start`, or set SESAME_HOME to its folder.',
    });
  }
  const { file, stack } = found;
  const { deployment } = await findDeployment({ file }, { ...createDeploymentFiles('.'), readParameter: nothing });
  const { endpoint, region, credentials } = stack;
  return {
    api: createInProcessApi(deployment, createOperatorClients({ endpoint, region, credentials })),
    description: 'the local stack',
    kind: 'local',
    smtpCaFile: stack.smtp.caFile,
  };
}

async function connectToAws(choice: Exclude<Choice, { kind: 'local' | 'api' }>): Promise<Target> {
  const { region, profile } = choice;
  const own: OperatorSettings = { region, profile };
  const ssm = createOperatorClients(own);
  const { deployment } = await findDeployment(
    choice.kind === 'file' ? { file: choice.path } : choice.kind === 'name' ? { name: choice.name } : {},
    {
      readFile: createDeploymentFiles('.').readFile,
      // It was looked for already.
      findLocalStack: nothing,
      readParameter: async (name) => {
        const client = await ssm.ssm();
        return await createDeploymentParameters(() => client).readParameter(name);
      },
    },
  );
  return {
    // Its own Region and endpoint count: a description may be of another Region than the caller's settings.
    api: createInProcessApi(
      deployment,
      createOperatorClients({ profile, region: deployment.region, endpoint: deployment.endpoint }),
    ),
    description: describe(deployment),
    kind: 'in-process',
    smtpCaFile: deployment.smtp.caFile,
  };
}

async function connectToUrl(choice: Extract<Choice, { kind: 'api' }>, find: LocalStackFinder): Promise<Target> {
  const url = parseUrl(choice.url);
  const local = (await find())?.stack;
  const isLocal = local !== undefined && (isSameOrigin(url, local.apiUrl) || isSameOrigin(url, local.endpoint));
  const region = choice.region ?? (isLocal ? local.region : regionOf(url));
  const { createHttpsApi } = await import('./https-api.ts');
  const api = createHttpsApi(url.href.replace(/\/+$/, ''), {
    region,
    profile: choice.profile,
    credentials: isLocal ? local.credentials : undefined,
  });
  return {
    api,
    description: `the API at ${url.host}`,
    kind: 'https',
    ...(isLocal ? { smtpCaFile: local.smtp.caFile } : {}),
  };
}

/** Passwords pass through it: only this machine may be called without TLS. */
function parseUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isOwn = url !== undefined && /^(127\.\d+\.\d+\.\d+|localhost|\[::1\])$/.test(url.hostname);
  if (url?.protocol === 'https:' || (url?.protocol === 'http:' && isOwn)) return url;
  throw usageError(`"${text}" is no URL of an API: it begins with https://.`);
}

function regionOf({ hostname }: URL): string | undefined {
  return /\.execute-api\.([a-z0-9-]+)\.amazonaws\.com/.exec(hostname)?.[1];
}

function isSameOrigin(url: URL, other: string | undefined): boolean {
  return other !== undefined && URL.canParse(other) && new URL(other).origin === url.origin;
}

function describe({ namePrefix, region, accountId }: Deployment): string {
  return `the deployment "${namePrefix || 'default'}" in ${region} (account ${accountId})`;
}

function nothing(): Promise<undefined> {
  return Promise.resolve(undefined);
}
