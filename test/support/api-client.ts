import type { Caller } from '../../src/http/caller.ts';
import type { Api } from '../../src/http/create-app.ts';

export const caller: Caller = {
  arn: 'arn:aws:iam::123456789012:user/jo',
  isVouched: true,
  sourceIp: '203.0.113.7',
  requestId: 'request-1',
};

export interface ApiAnswer {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape.
  readonly body: any;
}

/** Asks the app without a network. */
export async function ask(
  app: Api,
  method: string,
  path: string,
  { body, headers = {}, as = caller }: { body?: unknown; headers?: Record<string, string>; as?: Caller } = {},
): Promise<ApiAnswer> {
  const isRaw = typeof body === 'string' || body instanceof Uint8Array;
  const request = new Request(`https://api.example.com${path}`, {
    method,
    headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
    ...(body === undefined ? {} : { body: (isRaw ? body : JSON.stringify(body)) as string }),
  });
  const response = await app.fetch(request, { caller: as });
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: text === '' ? undefined : JSON.parse(text) };
}
