import type { ApiClient, ApiRequest } from './api-client.ts';
import { findSetupProblem } from './aws-setup-problem.ts';
import { CliError, type Fault } from './cli-error.ts';
import type { ExitCodeName } from './exit-codes.ts';

export interface Answer<Body> {
  readonly status: number;
  readonly etag: string | undefined;
  readonly body: Body;
}

/**
 * Calls the API.
 *
 * @throws CliError for every problem document
 */
export async function callApi<Body = Readonly<Record<string, unknown>>>(
  client: ApiClient,
  method: string,
  path: string,
  request: ApiRequest = {},
): Promise<Answer<Body>> {
  const { status, headers, body } = await client.request(method, path, request);
  if (status >= 200 && status < 300) return { status, etag: headers['etag'], body: body as Body };
  throw toCliError(status, body, headers);
}

interface ProblemBody {
  readonly code?: unknown;
  readonly detail?: unknown;
  readonly title?: unknown;
  /** API Gateway's own refusals have only this. */
  readonly message?: unknown;
  readonly faults?: readonly Fault[];
  readonly request_id?: unknown;
}

function toCliError(status: number, body: unknown, headers: Readonly<Record<string, string>>): CliError {
  const problem: ProblemBody = typeof body === 'object' && body !== null ? body : {};
  const code = textOf(problem.code) ?? codeOfStatus[status] ?? 'ApiError';
  const message =
    textOf(problem.detail) ?? textOf(problem.message) ?? textOf(problem.title) ?? `The API answered ${status}.`;
  const setup = findSetupProblem(code, message);
  if (setup !== undefined) return setup;
  return new CliError(exitOf(status, code), code, message, {
    faults: problem.faults,
    remedy: remedies[code],
    requestId: textOf(problem.request_id) ?? headers['x-request-id'] ?? headers['apigw-requestid'],
  });
}

function exitOf(status: number, code: string): ExitCodeName {
  // An API that is older than this program.
  if (code === 'RouteNotFound') return 'failure';
  if (/AccessDenied/.test(code)) return 'denied';
  return exitOfStatus[status] ?? (status >= 500 || status === 429 ? 'failure' : 'refused');
}

const exitOfStatus: Readonly<Record<number, ExitCodeName>> = {
  401: 'denied',
  403: 'denied',
  404: 'notFound',
  409: 'conflict',
  412: 'conflict',
  504: 'unknown',
};

const codeOfStatus: Readonly<Record<number, string>> = {
  401: 'AccessDenied',
  403: 'AccessDenied',
  404: 'RouteNotFound',
};

const remedies: Readonly<Record<string, string>> = {
  CredentialNotFound: '`sesame list` shows all names.',
  CredentialExists: 'Choose another name, or change the existing one: sesame edit NAME.',
  RevisionChanged: 'Look at it with `sesame show NAME`, and try again.',
  PasswordNotReady: 'Wait until it is active: `sesame why NAME` says what it waits for.',
  MessageNotFound: '`sesame dlq list` shows the visible messages.',
  RouteNotFound:
    'The API of this deployment may be older than this program: compare `sesame --version` with `sesame deployments show`.',
  AccessDenied: 'Your AWS role needs the right for this: docs/table-access.md lists the roles.',
};

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
