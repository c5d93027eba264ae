import { serve } from '@hono/node-server';
import type { Caller } from '../../src/http/caller.ts';
import type { Api } from '../../src/http/create-app.ts';

/** A long query is for the app to refuse, not for Node. */
const serverOptions = { maxHeaderSize: 1_000_000 };

/** Serves an app on 127.0.0.1, without signatures, as one caller. For clients that can't call it as a value. */
export async function serveApp(
  app: Api,
  caller: Caller,
): Promise<{ readonly url: string; readonly close: () => Promise<void> }> {
  let requests = 0;
  const fetch = (request: Request) => {
    requests += 1;
    return app.fetch(request, { caller: { ...caller, requestId: `request-${requests}` } });
  };
  return await new Promise((resolve) => {
    const server = serve({ fetch, port: 0, hostname: '127.0.0.1', serverOptions }, ({ port }) =>
      resolve({
        url: `http://127.0.0.1:${port}`,
        close: () => new Promise((closed) => server.close(() => closed())),
      }),
    );
  });
}
