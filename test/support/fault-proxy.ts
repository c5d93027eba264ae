import { once } from 'node:events';
import { Agent, createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { createProxyServer } from 'http-proxy-3';
import { type AwsCall, awsRefusal, type Refusal } from './aws-refusal.ts';
import { processOfPort } from './process-of-port.ts';

/** The fault of a call. `time-out`: it hangs until its connection breaks. */
export type Fault = Refusal | 'killed before' | 'killed after' | 'answer lost' | 'time-out' | 'never answered';

/** A proxy between the functions and AWS. Headers are forwarded as signed. */
export interface FaultProxy {
  readonly endpoint: string;
  /** Called for each call, in order of arrival. */
  decide: (call: AwsCall) => Fault | undefined;
  /** Calls per second that a service accepts; it throttles further calls. */
  readonly limits: Map<string, number>;
  /** The number of calls that passed, of calls that were throttled, and of killed processes. */
  readonly counts: { passed: number; limited: number; kills: number };
  /** The function that signs with an access key id, if one was seen. */
  functionOf(accessKeyId: string): string | undefined;
  stop(): Promise<void>;
}

/** How long a `time-out` hangs. Much shorter than the clients' own timeout, which only one test waits for. */
const hangMs = 1000;
/** A process is killed only after this delay, so that parallel calls that should kill it arrive too. */
const gatherMs = 150;

/** Starts a proxy in front of an emulator, which may start later. */
export async function startFaultProxy(target: string, port = 0): Promise<FaultProxy> {
  const agent = new Agent({ keepAlive: true });
  const proxy = createProxyServer({ target, agent });
  const streaming = createProxyServer({ target, agent, selfHandleResponse: true });
  const counts = { passed: 0, limited: 0, kills: 0 };
  const buckets = new Map<string, { tokens: number; atMs: number }>();
  const functions = new Map<string, string>();
  const lookups = new Map<string, Promise<void>>();

  function learn({ accessKeyId }: AwsCall, request: IncomingMessage): Promise<void> {
    let lookup = lookups.get(accessKeyId);
    if (lookup === undefined) {
      lookup = processOfPort(request.socket.remotePort ?? 0).then((holder) => {
        if (holder === undefined) lookups.delete(accessKeyId);
        else functions.set(accessKeyId, holder.functionName);
      });
      lookups.set(accessKeyId, lookup);
    }
    return lookup;
  }

  async function kill(request: IncomingMessage): Promise<void> {
    await sleep(gatherMs);
    const holder = await processOfPort(request.socket.remotePort ?? 0);
    // Another call may have killed the process.
    if (holder !== undefined && holder.functionName !== '' && killProcess(holder.pid)) counts.kills += 1;
    request.socket.destroy();
  }

  /** A token bucket of one second, like AWS's. */
  function isOverLimit({ service }: AwsCall): boolean {
    const limit = self.limits.get(service);
    if (limit === undefined) return false;
    const nowMs = performance.now();
    const bucket = buckets.get(service) ?? { tokens: limit, atMs: nowMs };
    bucket.tokens = Math.min(limit, bucket.tokens + ((nowMs - bucket.atMs) / 1000) * limit);
    bucket.atMs = nowMs;
    buckets.set(service, bucket);
    if (bucket.tokens < 1) return true;
    bucket.tokens -= 1;
    return false;
  }

  function refuse(call: AwsCall, refusal: Refusal, response: ServerResponse): void {
    const { status, contentType, body } = awsRefusal(call, refusal);
    response.writeHead(status, { 'content-type': contentType }).end(body);
  }

  /** Lets a call take effect, then runs `then` instead of sending the response. */
  function swallow(request: IncomingMessage, response: ServerResponse, body: Buffer, then: () => void): void {
    response.once('swallowed', then);
    streaming.web(request, response, { buffer: Readable.from([body]) });
  }
  streaming.on('proxyRes', (answer, _request, response) => {
    answer.resume().once('end', () => response.emit('swallowed'));
  });
  for (const each of [proxy, streaming]) each.on('error', (_error, request) => request.socket.destroy());

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readAll(request);
    const call = readCall(request, body.toString());
    if (!functions.has(call.accessKeyId)) await learn(call, request);
    const fault = self.decide(call);
    const destroy = () => request.socket.destroy();
    switch (fault) {
      case undefined:
        if (isOverLimit(call)) {
          counts.limited += 1;
          refuse(call, 'throttled', response);
        } else {
          counts.passed += 1;
          proxy.web(request, response, { buffer: Readable.from([body]) });
        }
        return;
      case 'killed before':
        return kill(request);
      case 'killed after':
        return swallow(request, response, body, () => void kill(request));
      case 'answer lost':
        return swallow(request, response, body, destroy);
      case 'time-out':
        return void setTimeout(destroy, hangMs);
      case 'never answered':
        return;
      default:
        refuse(call, fault, response);
    }
  }

  const server = createServer((request, response) => {
    handle(request, response).catch(() => request.socket.destroy());
  });
  // Functions reuse connections. If one closed just when it is reused, that would be an unintended fault.
  server.keepAliveTimeout = 600_000;
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const self: FaultProxy = {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    decide: () => undefined,
    limits: new Map(),
    counts,
    functionOf: (accessKeyId) => functions.get(accessKeyId),
    async stop() {
      server.close();
      server.closeAllConnections();
      agent.destroy();
      await once(server, 'close');
    },
  };
  return self;
}

function readCall({ headers, method, url }: IncomingMessage, body: string): AwsCall {
  const [, accessKeyId = '', service = ''] =
    /Credential=([^/]+)\/\d+\/[^/]+\/([^/]+)\//.exec(headers.authorization ?? '') ?? [];
  const target = headers['x-amz-target'];
  const operation =
    typeof target === 'string'
      ? target.slice(target.lastIndexOf('.') + 1)
      : (new URLSearchParams(body).get('Action') ?? `${method} ${url}`);
  return { service, operation, body, accessKeyId };
}

async function readAll(stream: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** Returns whether the process existed. One that ended by itself was not killed. */
function killProcess(pid: number): boolean {
  try {
    return process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
    throw error;
  }
}
