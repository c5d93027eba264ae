import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { caller } from './api-client.ts';
import { createFakeApi } from './fake-api.ts';

/** The API over a table in memory, behind HTTP on this machine. Requests must be signed; by whom isn't checked. */
export async function serveFakeApi() {
  const api = createFakeApi();
  const requests: { readonly line: string; readonly authorization: string }[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { method = 'GET', url = '/', headers } = request;
    requests.push({ line: `${method} ${url}`, authorization: headers.authorization ?? '' });
    if (!headers.authorization?.startsWith('AWS4-HMAC-SHA256 Credential=')) {
      response.writeHead(403, { 'content-type': 'application/json' }).end('{"message":"Forbidden"}');
      return;
    }
    const body = Buffer.concat(chunks);
    const answer = await api.app.fetch(
      new Request(`http://api.example.com${url}`, {
        method,
        headers: Object.entries(headers).flatMap(([name, value]) =>
          typeof value === 'string' ? [[name, value] as [string, string]] : [],
        ),
        ...(body.byteLength === 0 ? {} : { body: new Uint8Array(body) }),
      }),
      { caller },
    );
    response.writeHead(answer.status, Object.fromEntries(answer.headers));
    response.end(Buffer.from(await answer.arrayBuffer()));
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    ...api,
    requests,
    url: `http://127.0.0.1:${port}`,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };
}
