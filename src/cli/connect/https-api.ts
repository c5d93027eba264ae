import type { OperatorSettings } from '../../aws/operator-clients.ts';
import { createOperatorSigning } from '../../aws/operator-signing.ts';
import { type ApiClient, queryText } from '../command/api-client.ts';
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
      return await readResponse(await send(signedFetch, url, init));
    },
  };
}

async function send(signedFetch: ReturnType<typeof createOperatorSigning>, url: string, init: RequestInit) {
  try {
    return await signedFetch(url, init);
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
