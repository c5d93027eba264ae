import { type BinaryLike, createHash, createHmac, type Hash, type Hmac } from 'node:crypto';
import { SignatureV4 } from '@smithy/signature-v4';

/** What a request to an HTTP API with IAM authorisation is signed with. */
export interface SigningSettings {
  /** The API's Region. */
  readonly region: string;
  /** An access key, or what provides one: called for each request, so that a session that is renewed goes on. */
  readonly credentials: ConstructorParameters<typeof SignatureV4>[0]['credentials'];
  /** What sends the signed request. Default: Node's own. */
  readonly send?: (request: Request) => Promise<Response>;
  readonly now?: () => number;
}

export type SignedFetch = (input: string | URL | Request, init?: RequestInit) => Promise<Response>;

/**
 * A `fetch` that signs for API Gateway (`execute-api`), over the path as it is sent, so that a URL with a path of its own works too.
 * It follows no redirect: the next host would get the session token.
 *
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export function createSignedFetch({ region, credentials, send = fetch, now = Date.now }: SigningSettings): SignedFetch {
  const signer = new SignatureV4({ service: 'execute-api', region, credentials, sha256: Sha256, applyChecksum: true });
  return async (input, init) => {
    const request = new Request(input, init);
    const url = new URL(request.url);
    const body = request.body === null ? undefined : new Uint8Array(await request.arrayBuffer());
    const signed = await signer.sign(
      {
        method: request.method,
        protocol: url.protocol,
        hostname: url.hostname,
        path: url.pathname,
        query: readQuery(url),
        headers: { ...Object.fromEntries(request.headers), host: url.host },
        body,
      },
      { signingDate: new Date(now()) },
    );
    // Servers differ in what they take a "+" for, so the query is sent in the encoding that is signed.
    url.search = writeQuery(url);
    const { host: _, ...headers } = signed.headers;
    return await send(
      new Request(url, {
        method: request.method,
        headers,
        redirect: 'error',
        signal: request.signal,
        ...(body === undefined ? {} : { body }),
      }),
    );
  };
}

function readQuery({ searchParams }: URL): Record<string, string[]> {
  return Object.fromEntries([...new Set(searchParams.keys())].map((name) => [name, searchParams.getAll(name)]));
}

function writeQuery({ searchParams }: URL): string {
  return [...searchParams].map(([name, value]) => `${encode(name)}=${encode(value)}`).join('&');
}

/** Everything but RFC 3986's unreserved characters is escaped. */
function encode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** The signer's hash, and its HMAC when it gets a key. */
class Sha256 {
  readonly #hash: Hash | Hmac;

  constructor(key?: unknown) {
    this.#hash = key === undefined ? createHash('sha256') : createHmac('sha256', key as BinaryLike);
  }

  update(chunk: Uint8Array): void {
    this.#hash.update(chunk);
  }

  digest(): Promise<Uint8Array> {
    return Promise.resolve(this.#hash.digest());
  }

  /** The signer never calls it. */
  reset(): never {
    throw new Error('A hash is used once.');
  }
}
