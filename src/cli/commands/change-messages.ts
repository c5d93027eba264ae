import type { ApiRequest } from '../command/api-client.ts';
import { callApi } from '../command/call-api.ts';
import { CliError } from '../command/cli-error.ts';
import type { CommandDeps } from '../command/command-deps.ts';
import { exitCodes } from '../command/exit-codes.ts';
import type { Result } from '../command/result.ts';

interface MessageChange {
  readonly ids: readonly string[];
  readonly method: 'POST' | 'DELETE';
  readonly pathOf: (id: string) => string;
  readonly query?: ApiRequest['query'];
  /** What was done, in the past tense. */
  readonly done: string;
  readonly isDry: boolean;
}

/** Changes messages one after another. One that fails doesn't keep the others from their turn. */
export async function changeMessages(change: MessageChange, deps: CommandDeps): Promise<Result> {
  const { ids, method, pathOf, query = {}, done, isDry } = change;
  const { api } = await deps.target();
  const messages: {
    readonly id: string;
    readonly result: string;
    readonly code?: string;
    readonly message?: string;
  }[] = [];
  let firstError: CliError | undefined;
  for (const id of ids) {
    if (isDry) {
      messages.push({ id, result: `would be ${done}` });
      continue;
    }
    try {
      await callApi(api, method, pathOf(id), { query });
      messages.push({ id, result: done });
    } catch (error) {
      // A single failure is the command's own.
      if (!(error instanceof CliError) || error.exit === 'denied' || ids.length === 1) throw error;
      firstError ??= error;
      messages.push({ id, result: 'failed', code: error.code, message: error.message });
    }
  }
  return {
    json: { messages },
    rows: messages.map(({ id, result, message }) => ({ id, result, message })),
    exit: firstError?.exitCode ?? exitCodes.ok,
  };
}
