import { createServer } from 'node:net';

/** The ports of a local stack, all on 127.0.0.1. */
export interface LocalPorts {
  emulator: number;
  mailbox: number;
  startTls: number;
  tls: number;
}

const offsets: LocalPorts = { emulator: 0, mailbox: 80, startTls: 87, tls: 65 };
const purposes: Record<keyof LocalPorts, string> = {
  emulator: 'the AWS emulator',
  mailbox: 'the mailbox',
  startTls: 'SMTP with STARTTLS',
  tls: 'SMTP over TLS',
};
const names = Object.keys(offsets) as (keyof LocalPorts)[];

/** Ports that end in the same digits as those of AWS: 87 for 587, 65 for 465. */
export function portsFrom(base: number): LocalPorts {
  return mapPorts((name) => base + offsets[name]);
}

/** Ports that are free at the moment. */
export async function freePorts(): Promise<LocalPorts> {
  const servers = await Promise.all(names.map(() => listen(0)));
  const ports = mapPorts((name) => portOf(servers[names.indexOf(name)]));
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

/**
 * Checks that all ports are free.
 *
 * @throws Error that names each taken port and what it is for.
 */
export async function requireFreePorts(ports: LocalPorts): Promise<void> {
  const taken: string[] = [];
  for (const name of names) {
    try {
      const server = await listen(ports[name]);
      await new Promise((resolve) => server.close(resolve));
    } catch (error) {
      const why = (error as NodeJS.ErrnoException).code === 'EADDRINUSE' ? 'is taken' : `can't be used (${error})`;
      taken.push(`Port ${ports[name]}, meant for ${purposes[name]}, ${why}.`);
    }
  }
  if (taken.length > 0) throw new Error(taken.join('\n'));
}

function mapPorts(portFor: (name: keyof LocalPorts) => number): LocalPorts {
  return Object.fromEntries(names.map((name) => [name, portFor(name)])) as unknown as LocalPorts;
}

function listen(port: number) {
  const server = createServer();
  return new Promise<typeof server>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => resolve(server));
  });
}

function portOf(server: ReturnType<typeof createServer> | undefined): number {
  const address = server?.address();
  if (!address || typeof address === 'string') throw new Error('The server has no port.');
  return address.port;
}
