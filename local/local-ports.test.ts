import { createServer } from 'node:net';
import { expect, test } from 'vitest';
import { freePorts, portsFrom, requireFreePorts } from './local-ports.ts';

test('ports end in the same digits as those of AWS', () => {
  expect(portsFrom(4500)).toEqual({ emulator: 4500, mailbox: 4580, startTls: 4587, tls: 4565 });
});

test('free ports differ and are usable', async () => {
  const ports = await freePorts();
  expect(new Set(Object.values(ports)).size).toBe(4);
  await requireFreePorts(ports);
});

test('a taken port is named with its purpose', async () => {
  const ports = await freePorts();
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(ports.startTls, '127.0.0.1', resolve));
  await expect(requireFreePorts(ports)).rejects.toThrow(
    `Port ${ports.startTls}, meant for SMTP with STARTTLS, is taken.`,
  );
  await new Promise((resolve) => server.close(resolve));
});
