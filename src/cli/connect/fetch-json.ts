import { CliError } from '../command/cli-error.ts';

/** @throws CliError `Unreachable` */
export async function fetchJson(url: string): Promise<unknown> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(10_000) });
    return await response.json();
  } catch (error) {
    throw new CliError('failure', 'Unreachable', `${url} does not answer.`, { cause: error });
  }
}
