import { createServer, type IncomingMessage, type ServerResponse, request as sendRequest } from 'node:http';

/** A call on its way from a function to AWS. */
export interface ProxiedCall {
  /** For example `kms:Encrypt`. */
  readonly action: string;
  readonly body: string;
}

/** A response that replaces AWS's. */
export interface FalseAnswer {
  readonly status: number;
  readonly headers?: Record<string, string>;
  readonly body: string;
  /** Whether the call still reaches AWS, so that only its response is replaced. */
  readonly afterwards?: boolean;
}

/** A proxy between the functions and AWS that sees every call and can replace responses. */
export interface ListeningProxy {
  readonly url: string;
  readonly calls: readonly ProxiedCall[];
  /** Every secret access key that AWS returned to the functions. */
  readonly secretAccessKeys: ReadonlySet<string>;
  /** Called for each call; undefined forwards it. */
  answer: (call: ProxiedCall) => FalseAnswer | undefined;
  close(): Promise<void>;
}

/** Starts the proxy on 127.0.0.1 in front of an endpoint. Requests are forwarded unchanged, so that signatures stay valid. */
export async function startListeningProxy(endpoint: () => string, port: number): Promise<ListeningProxy> {
  const calls: ProxiedCall[] = [];
  const secretAccessKeys = new Set<string>();

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readAll(request);
    const call = { action: readAction(request, body.toString()), body: body.toString() };
    calls.push(call);
    const falseAnswer = proxy.answer(call);
    const real =
      falseAnswer === undefined || falseAnswer.afterwards === true ? await forward(request, body) : undefined;
    for (const [, secret = ''] of real?.body.toString().matchAll(/<SecretAccessKey>([^<]+)</g) ?? []) {
      secretAccessKeys.add(secret);
    }
    const { status = 500, headers = {}, body: text = '' } = falseAnswer ?? real ?? {};
    response.writeHead(status, headers).end(text);
  }

  async function forward(request: IncomingMessage, body: Buffer) {
    const { hostname, port: realPort } = new URL(endpoint());
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      const { method, url: path, headers } = request;
      sendRequest({ hostname, port: realPort, method, path, headers }, resolve).on('error', reject).end(body);
    });
    return { status: answer.statusCode ?? 500, headers: answer.headers, body: await readAll(answer) };
  }

  const server = createServer((request, response) => {
    handle(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const proxy: ListeningProxy = {
    url: `http://127.0.0.1:${port}`,
    calls,
    secretAccessKeys,
    answer: () => undefined,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return proxy;
}

function readAction(request: IncomingMessage, body: string): string {
  const target = request.headers['x-amz-target'];
  const service = /Credential=[^/]+\/\d+\/[^/]+\/([^/]+)\//.exec(request.headers.authorization ?? '')?.[1] ?? 'unknown';
  if (typeof target === 'string') return `${service}:${target.slice(target.lastIndexOf('.') + 1)}`;
  return `${service}:${new URLSearchParams(body).get('Action') ?? 'unknown'}`;
}

async function readAll(stream: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}
