import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** The calls that passed the proxy: their operations, and the number of rounds (overlapping calls are one round). */
export interface CallCount {
  readonly operations: string[];
  rounds: number;
}

/**
 * Forwards every call and counts it. Adds about half a millisecond to each. `onCall` gets each request.
 *
 * @param holdMs how long responses are delayed, so that calls that were sent together count as one round
 */
export async function startCountingProxy(
  target: string,
  { onCall = () => {}, holdMs = 0 }: { onCall?: (operation: string, body: string) => void; holdMs?: number } = {},
): Promise<{ url: string; count: CallCount; stop(): void }> {
  const { hostname, port } = new URL(target);
  const count: CallCount = { operations: [], rounds: 0 };
  let inFlight = 0;
  const server = createServer((incoming, outgoing) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      const body = Buffer.concat(chunks);
      const target = incoming.headers['x-amz-target'];
      const operation = String(target ?? new URLSearchParams(body.toString()).get('Action')).replace(/.*\./, '');
      count.operations.push(operation);
      onCall(operation, body.toString());
      if (inFlight === 0) count.rounds += 1;
      inFlight += 1;
      const forward = request(
        { hostname, port, method: incoming.method, path: incoming.url, headers: incoming.headers },
        async (answer) => {
          if (holdMs > 0) await sleep(holdMs);
          outgoing.writeHead(answer.statusCode ?? 500, answer.headers);
          answer.pipe(outgoing);
          answer.on('end', () => {
            inFlight -= 1;
          });
        },
      );
      forward.end(body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port: own } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${own}`, count, stop: () => server.closeAllConnections() ?? server.close() };
}
