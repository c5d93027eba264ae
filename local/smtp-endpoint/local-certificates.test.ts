import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, createServer, type TLSSocket } from 'node:tls';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createLocalCertificates } from './local-certificates.ts';

const hosts = ['localhost', '127.0.0.1', 'email-smtp.eu-west-1.amazonaws.com'];
let dir: string;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'sesame-certificates-'));
});
afterEach(() => rm(dir, { recursive: true }));

describe('createLocalCertificates', () => {
  it.each(hosts)('makes a certificate that Node accepts for %s', async (host) => {
    const { caFile, key, cert } = await createLocalCertificates(dir, hosts);
    const ca = await readFile(caFile, 'utf8');
    const server = createServer({ key, cert }, (socket) => socket.end()).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as { port: number };
    const socket = await new Promise<TLSSocket>((resolve, reject) => {
      const opened = connect({ port, host: '127.0.0.1', servername: host === '127.0.0.1' ? '' : host, ca }, () =>
        resolve(opened),
      );
      opened.once('error', reject);
    });
    expect(socket.authorized).toBe(true);
    socket.destroy();
    server.close();
  });

  it('reuses the authority, and makes a new one when its key is lost', async () => {
    const { caFile } = await createLocalCertificates(dir, hosts);
    const first = await readFile(caFile, 'utf8');
    await createLocalCertificates(dir, hosts);
    expect(await readFile(caFile, 'utf8')).toBe(first);
    await writeFile(join(dir, 'ca-key.pem'), 'not a key');
    await createLocalCertificates(dir, hosts);
    expect(await readFile(caFile, 'utf8')).not.toBe(first);
  });

  it("makes the authority's key readable by its owner only", async () => {
    await createLocalCertificates(dir, hosts);
    expect((await stat(join(dir, 'ca-key.pem'))).mode & 0o777).toBe(0o600);
  });
});
