export interface ApiRequest {
  readonly query?: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface ApiResponse {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** Parsed JSON; undefined if there was none. */
  readonly body: unknown;
}

/** The admin API, wherever it runs: in this process, behind a URL, or on the local stack. */
export interface ApiClient {
  /** @param path begins with `/v1/` and is encoded already; see {@link apiPath} */
  readonly request: (method: string, path: string, request?: ApiRequest) => Promise<ApiResponse>;
}

/** Builds a path from parts, each encoded. */
export function apiPath(...parts: readonly string[]): string {
  return `/v1/${parts.map(encodeURIComponent).join('/')}`;
}

/** Query parameters without the undefined ones, as text with a question mark; empty without any. */
export function queryText(query: ApiRequest['query'] = {}): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    for (const each of Array.isArray(value) ? value : [value]) if (each !== undefined) parameters.append(name, each);
  }
  // SigV4 signs a space as %20.
  const text = parameters.toString().replaceAll('+', '%20');
  return text === '' ? '' : `?${text}`;
}
