import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SMTPServer } from 'smtp-server';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLocalCertificates } from '../../local/smtp-endpoint/local-certificates.ts';
import { Secret } from '../credential/secret.ts';
import { createSmtpLogin } from './smtp-login.ts';

const account = { user: 'AKIA1', password: new Secret('right') };
const folder = mkdtempSync(join(tmpdir(), 'sesame-login-'));
let server: SMTPServer;
let port: number;
let caPem: string;

beforeAll(async () => {
  const { caFile, key, cert } = await createLocalCertificates(folder, ['127.0.0.1']);
  caPem = readFileSync(caFile, 'utf8');
  server = new SMTPServer({
    secure: true,
    key,
    cert,
    onAuth: ({ username, password }, _session, answer) =>
      username === 'AKIA1' && password === 'right'
        ? answer(null, { user: username })
        : answer(Object.assign(new Error('Authentication Credentials Invalid'), { responseCode: 535 })),
  });
  server.on('error', () => {});
  port = await new Promise<number>((resolve) => {
    const listener = server.listen(0, '127.0.0.1', () => resolve((listener.address() as { port: number }).port));
  });
});

afterAll(async () => {
  await new Promise<void>((resolve) => server.close(() => resolve()));
  rmSync(folder, { recursive: true });
});

describe('a login', () => {
  it('is accepted', async () => {
    const smtp = createSmtpLogin({ host: '127.0.0.1', port, caPem });
    expect(await smtp.logIn(account)).toEqual({ result: 'accepted' });
  });

  it("is refused in the server's words, which hold no password", async () => {
    const smtp = createSmtpLogin({ host: '127.0.0.1', port, caPem });
    expect(await smtp.logIn({ user: 'AKIA1', password: new Secret('canary') })).toEqual({
      result: 'refused',
      code: 535,
      text: '535 Authentication Credentials Invalid',
    });
  });

  it('is not begun where the certificate is not trusted', async () => {
    const smtp = createSmtpLogin({ host: '127.0.0.1', port });
    const login = await smtp.logIn(account);
    expect(login.result).toBe('unreachable');
    expect(JSON.stringify(login)).toMatch(/certificate/i);
  });

  it('says that nobody is there', async () => {
    const smtp = createSmtpLogin({ host: '127.0.0.1', port: 1, caPem });
    expect(await smtp.logIn(account)).toMatchObject({ result: 'unreachable', code: 'ECONNREFUSED' });
  });
});
