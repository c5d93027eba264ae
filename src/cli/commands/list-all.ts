import { type ApiClient, type ApiRequest, apiPath } from '../command/api-client.ts';
import { callApi } from '../command/call-api.ts';
import type { Flags } from '../command/flag.ts';
import type { Credential } from './credential.ts';

/** Flags that select credentials. All given ones must match. */
export const filterFlags = {
  status: {
    value: 'STATUS',
    choices: ['pending', 'active', 'failed', 'disabled', 'disabling'],
    summary: 'Only those with this state',
  },
  owner: { value: 'OWNER', summary: 'Only those of this owner' },
  label: { value: 'NAME[=VALUE]', isRepeatable: true, summary: 'Only those with this label' },
  domain: { value: 'DOMAIN', summary: 'Only those that may send as an address of this domain' },
  search: {
    value: 'TEXT',
    summary: 'Only those with this text in name, description, owner, labels, senders or SMTP username',
  },
} as const satisfies Flags;

interface Filter {
  readonly status?: string | undefined;
  readonly owner?: string | undefined;
  readonly label?: readonly string[];
  readonly domain?: string | undefined;
  readonly search?: string | undefined;
}

export interface CredentialPage {
  readonly credentials: readonly Credential[];
  readonly next_cursor?: string;
}

const pageSize = 1_000;

export function filterQuery({ status, owner, label = [], domain, search }: Filter): NonNullable<ApiRequest['query']> {
  // The API separates a label's name and value by a colon.
  return { status, owner, label: label.map((each) => each.replace('=', ':')), domain, q: search };
}

/** Reads credentials page by page, up to a number. */
export async function listCredentials(
  api: ApiClient,
  filter: Filter,
  {
    limit = Number.POSITIVE_INFINITY,
    cursor: start,
  }: { readonly limit?: number | undefined; readonly cursor?: string | undefined } = {},
): Promise<CredentialPage> {
  const credentials: Credential[] = [];
  let cursor = start;
  do {
    const size = Math.min(pageSize, limit - credentials.length);
    const query = { ...filterQuery(filter), limit: String(size), cursor };
    const { body } = await callApi<CredentialPage>(api, 'GET', apiPath('credentials'), { query });
    credentials.push(...body.credentials);
    cursor = body.next_cursor;
  } while (cursor !== undefined && credentials.length < limit);
  return { credentials, ...(cursor === undefined ? {} : { next_cursor: cursor }) };
}
