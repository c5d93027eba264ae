import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import {
  AddUserToGroupCommand,
  AttachUserPolicyCommand,
  CreateAccessKeyCommand,
  CreateGroupCommand,
  CreatePolicyCommand,
  CreateUserCommand,
  DeleteAccessKeyCommand,
  GetAccessKeyLastUsedCommand,
  PutGroupPolicyCommand,
  PutUserPolicyCommand,
  UpdateAccessKeyCommand,
} from '@aws-sdk/client-iam';
import {
  CreateConfigurationSetCommand,
  CreateEmailIdentityCommand,
  DeleteEmailIdentityCommand,
} from '@aws-sdk/client-sesv2';
import nodemailer from 'nodemailer';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readAdministratorKey } from '../../local/administrator-key.ts';
import { type Emulator, startEmulator } from '../../local/emulator/start-emulator.ts';
import { createLocalClients, type LocalClients } from '../../local/local-clients.ts';
import { createEmulatorAccounts } from '../../local/smtp-endpoint/emulator-accounts.ts';
import { createEmulatorIdentities } from '../../local/smtp-endpoint/emulator-identities.ts';
import { createLocalCertificates, type LocalCertificates } from '../../local/smtp-endpoint/local-certificates.ts';
import { createMailbox } from '../../local/smtp-endpoint/mailbox.ts';
import { createSmtpEndpoint, type SmtpEndpoint } from '../../local/smtp-endpoint/smtp-endpoint.ts';
import { deriveSmtpPassword } from '../../src/credential/iam/smtp-password.ts';
import { iamPropagated, testIamLag } from '../support/iam-lag.ts';
import { waitUntil } from '../support/wait-until.ts';

const run = promisify(execFile);
const region = 'us-east-1';
const accountId = '000000000000';
const userName = 'ses-smtp-user-jane-1';
const arnOf = (kind: string, name: string) => `arn:aws:ses:${region}:${accountId}:${kind}/${name}`;

const policy = (pattern: string, resource: string | string[] = '*') =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Action: ['ses:SendEmail', 'ses:SendRawEmail'],
        Resource: resource,
        Condition: { StringLike: { 'ses:FromAddress': pattern } },
      },
    ],
  });

const mailbox = createMailbox();
let home: string;
let emulator: Emulator;
let clients: LocalClients;
let token: string;
let certificates: LocalCertificates;
let endpoint: SmtpEndpoint;
let ports: { startTlsPort: number; tlsPort: number };
let username: string;
let password: string;

async function findFreePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Makes a user with a boundary and each kind of policy: inline, attached, by group. */
async function makeUser(): Promise<void> {
  const { iam } = clients;
  const boundary = await iam.send(
    new CreatePolicyCommand({
      PolicyName: 'boundary',
      PolicyDocument: policy('*', `arn:aws:ses:${region}:${accountId}:*`),
    }),
  );
  await iam.send(
    new CreateUserCommand({ UserName: userName, Path: '/ses-smtp/', PermissionsBoundary: boundary.Policy?.Arn }),
  );
  await iam.send(
    new PutUserPolicyCommand({ UserName: userName, PolicyName: 'send', PolicyDocument: policy('inline@example.com') }),
  );
  const attached = await iam.send(
    new CreatePolicyCommand({ PolicyName: 'attached', PolicyDocument: policy('attached@example.com') }),
  );
  await iam.send(new AttachUserPolicyCommand({ UserName: userName, PolicyArn: attached.Policy?.Arn }));
  await iam.send(new CreateGroupCommand({ GroupName: 'senders' }));
  const inGroup = policy('group@example.com', arnOf('identity', '*'));
  await iam.send(new PutGroupPolicyCommand({ GroupName: 'senders', PolicyName: 'send', PolicyDocument: inGroup }));
  await iam.send(new AddUserToGroupCommand({ GroupName: 'senders', UserName: userName }));
  const { AccessKey: key } = await iam.send(new CreateAccessKeyCommand({ UserName: userName }));
  username = key?.AccessKeyId ?? '';
  password = deriveSmtpPassword(key?.SecretAccessKey ?? '', region);
}

async function send(from: string, headers: Record<string, string> = {}): Promise<string> {
  const transport = nodemailer.createTransport({
    host: 'localhost',
    port: ports.startTlsPort,
    requireTLS: true,
    tls: { ca: await readFile(certificates.caFile, 'utf8') },
    auth: { user: username, pass: password },
  });
  try {
    return (await transport.sendMail({ from, to: 'john@example.org', subject: 'Hello', text: 'Hi', headers })).response;
  } catch (error) {
    return (error as { response?: string }).response ?? String(error);
  } finally {
    transport.close();
  }
}

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'sesame-smtp-'));
  token = randomBytes(16).toString('hex');
  const credentials = readAdministratorKey(home);
  const iamLag = testIamLag();
  emulator = await startEmulator({ port: await findFreePort(), region, accountId, credentials, home, token, iamLag });
  clients = createLocalClients({ endpoint: emulator.endpoint, region, credentials });
  await clients.ses.send(new CreateEmailIdentityCommand({ EmailIdentity: 'example.com' }));
  await clients.ses.send(new CreateConfigurationSetCommand({ ConfigurationSetName: 'mails' }));
  await makeUser();
  certificates = await createLocalCertificates(join(home, 'certificates'), ['localhost', '127.0.0.1']);
  endpoint = createSmtpEndpoint({
    region,
    accountId,
    accounts: createEmulatorAccounts({ iam: clients.iam, endpoint: emulator.endpoint, token, region }),
    identities: createEmulatorIdentities({ ses: clients.ses }),
    mailbox,
    tls: certificates,
    ports: { startTlsPort: 0, tlsPort: 0 },
  });
  ports = await endpoint.start();
  await iamPropagated();
});

afterAll(async () => {
  await endpoint?.close();
  clients?.destroy();
  await emulator?.stop();
  await rm(home, { recursive: true });
});

// The steps depend on each other: the last ones delete the key and stop the emulator.
describe.sequential('the SMTP endpoint on the emulator', () => {
  it('shows a key as never used before the first login', async () => {
    const { AccessKeyLastUsed: use } = await clients.iam.send(
      new GetAccessKeyLastUsedCommand({ AccessKeyId: username }),
    );
    expect(use?.LastUsedDate).toBeUndefined();
  });

  it.each(['inline', 'attached', 'group'])('follows the %s policy', async (kind) => {
    expect(await send(`${kind}@example.com`)).toMatch(/^250 Ok 0100/);
    expect(mailbox.list().at(-1)).toMatchObject({ userName, from: [`${kind}@example.com`] });
  });

  it('denies another sender', async () => {
    expect(await send('boss@example.com')).toBe(
      `554 Access denied: User \`arn:aws:iam::${accountId}:user/ses-smtp/${userName}' is not authorized to perform ` +
        `\`ses:SendRawEmail' on resource \`${arnOf('identity', 'example.com')}'`,
    );
  });

  it('knows the configuration sets', async () => {
    expect(await send('inline@example.com', { 'X-SES-CONFIGURATION-SET': 'mails' })).toMatch(/^250 Ok /);
    expect(await send('inline@example.com', { 'X-SES-CONFIGURATION-SET': 'missing' })).toMatch(/^554 /);
    expect(await send('group@example.com', { 'X-SES-CONFIGURATION-SET': 'mails' })).toContain(
      `on resource \`${arnOf('configuration-set', 'mails')}'`,
    );
  });

  it('uses the default configuration set of the most specific identity', async () => {
    const identity = { EmailIdentity: 'group@example.com' };
    await clients.ses.send(new CreateEmailIdentityCommand({ ...identity, ConfigurationSetName: 'mails' }));
    // Answers are cached for a second.
    await waitUntil(async () =>
      (await send('group@example.com')).includes(`on resource \`${arnOf('configuration-set', 'mails')}'`),
    );
    await clients.ses.send(new DeleteEmailIdentityCommand(identity));
    await waitUntil(async () => (await send('group@example.com')).startsWith('250 Ok '));
  });

  it('shows the use of the key', async () => {
    const { AccessKeyLastUsed: use } = await clients.iam.send(
      new GetAccessKeyLastUsedCommand({ AccessKeyId: username }),
    );
    expect(use).toMatchObject({ ServiceName: 'ses', Region: region });
    expect(Date.now() - (use?.LastUsedDate?.getTime() ?? 0)).toBeLessThan(60_000);
  });

  it.each([
    ['STARTTLS', 'SMTP', 'c.starttls(context=x)', () => ports.startTlsPort],
    ['implicit TLS', 'SMTP_SSL', 'pass', () => ports.tlsPort],
  ])("serves Python's smtplib over %s, certificate checked", async (_name, kind, secure, port) => {
    const script = [
      'import os, smtplib, ssl',
      "x = ssl.create_default_context(cafile=os.environ['CA_FILE'])",
      'x.verify_flags |= ssl.VERIFY_X509_STRICT',
      `c = smtplib.${kind}('localhost', ${port()}${kind === 'SMTP_SSL' ? ', context=x' : ''})`,
      secure,
      "print(c.login(os.environ['SMTP_USER'], os.environ['SMTP_PASSWORD']))",
      "print(c.sendmail('inline@example.com', ['john@example.org'], 'From: inline@example.com\\r\\n\\r\\nHi'))",
      'c.quit()',
    ];
    const env = { ...process.env, CA_FILE: certificates.caFile, SMTP_USER: username, SMTP_PASSWORD: password };
    const { stdout } = await run('python3', ['-c', script.join('\n')], { env });
    expect(stdout).toBe("(235, b'Authentication successful')\n{}\n");
  });

  it.each([
    ['STARTTLS', () => [`smtp://localhost:${ports.startTlsPort}`, '--ssl-reqd']],
    ['implicit TLS', () => [`smtps://localhost:${ports.tlsPort}`]],
  ])('serves curl over %s, certificate checked', async (_name, target) => {
    const before = mailbox.list().length;
    const letter = join(home, 'letter.eml');
    const settings = join(home, 'curl.conf');
    await writeFile(letter, 'From: inline@example.com\r\nSubject: curl\r\n\r\nHi\r\n');
    await writeFile(settings, `user = "${username}:${password}"\n`, { mode: 0o600 });
    const mail = ['--mail-from', 'inline@example.com', '--mail-rcpt', 'john@example.org', '--upload-file', letter];
    await run('curl', ['-sS', '--config', settings, '--cacert', certificates.caFile, ...target(), ...mail]);
    expect(mailbox.list().slice(before)).toMatchObject([{ subject: 'curl' }]);
  });

  it('returns no secret without the token', async () => {
    const ask = (headers: Record<string, string>) =>
      fetch(`${emulator.endpoint}/_sesame/access-keys/${username}`, { headers });
    expect((await ask({})).status).toBe(403);
    expect((await ask({ 'x-sesame-token': `${token}x` })).status).toBe(403);
    expect((await ask({ 'x-sesame-token': token })).status).toBe(200);
  });

  it('refuses a key that is inactive, and one that is deleted', async () => {
    const key = { UserName: userName, AccessKeyId: username };
    await clients.iam.send(new UpdateAccessKeyCommand({ ...key, Status: 'Inactive' }));
    await iamPropagated();
    expect(await send('inline@example.com')).toBe('535 Authentication Credentials Invalid');
    await clients.iam.send(new UpdateAccessKeyCommand({ ...key, Status: 'Active' }));
    await iamPropagated();
    expect(await send('inline@example.com')).toMatch(/^250 Ok /);
    await clients.iam.send(new DeleteAccessKeyCommand(key));
    await iamPropagated();
    expect(await send('inline@example.com')).toBe('535 Authentication Credentials Invalid');
  });

  it('replies 454 when the emulator is gone', async () => {
    await emulator.stop();
    expect(await send('inline@example.com')).toBe('454 Temporary authentication failure');
  });
});
