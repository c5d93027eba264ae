import type { OperatorSettings } from '../../aws/operator-clients.ts';
import { createOperatorSigning } from '../../aws/operator-signing.ts';
import { type ApiClient, type ApiResponse, queryText } from '../command/api-client.ts';
import { CliError } from '../command/cli-error.ts';
import { readResponse } from './read-response.ts';

/** API Gateway answers within 30 seconds. */
const timeoutMs = 40_000;

/** The admin API behind a URL. Every request is signed with the caller's AWS credentials. */
export function createHttpsApi(baseUrl: string, settings: OperatorSettings): ApiClient {
  const signedFetch = createOperatorSigning(settings);
  return {
    async request(method, path, { query, body, headers = {} } = {}) {
      const url = `${baseUrl}${path}${queryText(query)}`;
      const init = {
        method,
        headers: { ...headers, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
        signal: AbortSignal.timeout(timeoutMs),
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      };
      const response = await send(signedFetch, url, init);
      requireSesame(response, url);
      return response;
    },
  };
}

/** Another server's answer must not pass for a password, or for a change that was made. Its errors are shown as they are. */
function requireSesame({ status, headers }: ApiResponse, url: string): void {
  if (status >= 300 || headers['x-sesame-api'] !== undefined) return;
  throw new CliError('failure', 'NotSesameApi', `What answers at ${new URL(url).host} is not the API of Sesame.`, {
    remedy: 'Compare the URL: `sesame deployments list` shows those that you have named.',
  });
}

async function send(
  signedFetch: ReturnType<typeof createOperatorSigning>,
  url: string,
  init: RequestInit,
): Promise<ApiResponse> {
  try {
    return await readResponse(await signedFetch(url, init));
  } catch (error) {
    const { name, cause } = error as { name?: string; cause?: { code?: string; message?: string } };
    const { host } = new URL(url);
    if (name === 'TimeoutError') {
      throw new CliError(
        'unknown',
        'ApiTimeout',
        `The API at ${host} did not answer within ${timeoutMs / 1000} seconds.`,
      );
    }
    // Node's fetch says why in the cause only.
    if (error instanceof TypeError) {
      const why = cause?.message ?? cause?.code ?? error.message;
      throw new CliError('failure', 'ApiUnreachable', `The API at ${host} can't be reached: ${why}.`, { cause: error });
    }
    throw error;
  }
}
