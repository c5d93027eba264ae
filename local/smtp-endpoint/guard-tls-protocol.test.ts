import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { expect, it } from 'vitest';
import { guardTlsProtocol } from './guard-tls-protocol.ts';

it('survives a client that leaves during the handshake', async () => {
  guardTlsProtocol();
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = connect((server.address() as AddressInfo).port, '127.0.0.1').on('error', () => undefined);
  const [below] = (await once(server, 'connection')) as [Socket];
  const secure = new TLSSocket(below, { isServer: true }).on('error', () => undefined);
  // Without the guard the process ends here.
  const protocol = new Promise((resolve) => secure.once('close', () => resolve(secure.getProtocol())));
  below.once('close', () => secure.destroy());
  below.destroy();
  expect(await protocol).toBeNull();
  client.destroy();
  server.close();
});
