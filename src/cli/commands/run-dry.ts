import type { ApiClient } from '../command/api-client.ts';
import { callApi } from '../command/call-api.ts';
import type { Result } from '../command/result.ts';
import { valueCell } from './credential.ts';

interface DryRun {
  readonly writes?: readonly {
    readonly write: string;
    readonly set?: Readonly<Record<string, unknown>>;
    readonly remove?: readonly string[];
  }[];
  /** What would be done besides. */
  readonly actions?: readonly string[];
}

interface DryRequest {
  readonly method: 'POST' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Asks what a request would do, and shows it. */
export async function runDry(api: ApiClient, { method, path, body: given, headers = {} }: DryRequest): Promise<Result> {
  const { body } = await callApi(api, method, path, { query: { dry_run: 'true' }, body: given, headers });
  const { writes = [], actions = [] } = body as DryRun;
  return {
    json: body,
    fields: [
      ...actions.map((action) => ['would', action] as const),
      ...writes.flatMap(({ write, set = {}, remove = [] }) => [
        ['would', `${write} the record`] as const,
        ...Object.entries(set).map(([name, value]) => [`set ${name}`, valueCell(value)] as const),
        ...remove.map((name) => ['remove', name] as const),
      ]),
    ],
    notes: [writes.length + actions.length === 0 ? 'There would be nothing to do.' : 'Nothing was written.'],
  };
}
