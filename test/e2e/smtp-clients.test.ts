import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ListAccessKeysCommand } from '@aws-sdk/client-iam';
import { createTransport } from 'nodemailer';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildIamPath } from '../../src/credential/iam/ownership.ts';
import { createCredentialAdministration } from '../support/credential-administration.ts';
import { iamPropagated } from '../support/iam-lag.ts';
import { iamUsersOf } from '../support/iam-users-of.ts';
import { localStack } from '../support/local-stack.ts';
import { readSmtpPassword } from '../support/read-smtp-password.ts';
import { waitUntil } from '../support/wait-until.ts';

const run = promisify(execFile);
const { description, clients } = localStack();
const admin = createCredentialAdministration(description, clients);
const folder = mkdtempSync(join(tmpdir(), 'sesame-mail-'));

interface Account {
  readonly user: string;
  readonly password: string;
}

interface Mail {
  /** Envelope sender. */
  readonly sender: string;
  /** From header. */
  readonly from: string;
  readonly subject: string;
}

type Security = 'STARTTLS' | 'TLS';

/** Sends a mail and returns the server's reply: 250, or the refusal. */
type Send = (account: Account, mail: Mail, security: Security) => Promise<string>;

const to = 'jane@example.org';
const { smtp } = description;
const portOf = (security: Security) => (security === 'TLS' ? smtp.tlsPort : smtp.startTlsPort);

const byNodemailer: Send = async ({ user, password }, { sender, from, subject }, security) => {
  const transport = createTransport({
    host: smtp.host,
    port: portOf(security),
    secure: security === 'TLS',
    requireTLS: true,
    tls: { ca: readFileSync(smtp.caFile) },
    auth: { user, pass: password },
  });
  try {
    const { response } = await transport.sendMail({ envelope: { from: sender, to }, from, to, subject, text: 'Hi' });
    return response;
  } catch (error) {
    return (error as { response?: string }).response ?? String(error);
  } finally {
    transport.close();
  }
};

const pythonScript = `
import os, smtplib, ssl
e = os.environ
context = ssl.create_default_context(cafile=e['CA_FILE'])
if e['SECURITY'] == 'TLS':
    client = smtplib.SMTP_SSL(e['HOST'], int(e['PORT']), context=context)
else:
    client = smtplib.SMTP(e['HOST'], int(e['PORT']))
    client.starttls(context=context)
try:
    client.login(e['SMTP_USER'], e['SMTP_PASSWORD'])
    client.ehlo_or_helo_if_needed()
    client.mail(e['SENDER'])
    client.rcpt(e['TO'])
    code, text = client.data(f"From: {e['FROM']}\\r\\nTo: {e['TO']}\\r\\nSubject: {e['SUBJECT']}\\r\\n\\r\\nHi\\r\\n")
except smtplib.SMTPResponseException as refusal:
    code, text = refusal.smtp_code, refusal.smtp_error
print(code, text.decode())
`;

const byPython: Send = async ({ user, password }, { sender, from, subject }, security) => {
  const { stdout, stderr } = await runTool('python3', ['-c', pythonScript], {
    CA_FILE: smtp.caFile,
    SECURITY: security,
    HOST: smtp.host,
    PORT: String(portOf(security)),
    SMTP_USER: user,
    SMTP_PASSWORD: password,
    SENDER: sender,
    FROM: from,
    TO: to,
    SUBJECT: subject,
  });
  return stdout.trim() || stderr;
};

const byCurl: Send = async ({ user, password }, { sender, from, subject }, security) => {
  const letter = join(folder, 'letter.eml');
  const settings = join(folder, 'curl.conf');
  writeFileSync(letter, `From: ${from}\r\nTo: ${to}\r\nSubject: ${subject}\r\n\r\nHi\r\n`);
  // Arguments, with the password, would be visible in the list of processes.
  writeFileSync(settings, `user = "${user}:${password}"\n`, { mode: 0o600 });
  const url = `${security === 'TLS' ? 'smtps' : 'smtp'}://${smtp.host}:${portOf(security)}`;
  const options = ['--verbose', '--silent', '--config', settings, '--cacert', smtp.caFile, '--ssl-reqd'];
  const mail = ['--mail-from', sender, '--mail-rcpt', to, '--upload-file', letter];
  const { stderr } = await runTool('curl', [...options, ...mail, url]);
  // It prints the server's replies on stderr, each after an arrow. The last one before the reply to QUIT counts.
  const replies = [...stderr.matchAll(/^< (\d{3} .*)$/gm)].map(([, reply = '']) => reply.trim());
  return replies.filter((reply) => !reply.startsWith('221 ')).at(-1) ?? stderr;
};

async function runTool(tool: string, args: string[], environment: Record<string, string> = {}) {
  try {
    return await run(tool, args, { env: { ...process.env, ...environment }, timeout: 20_000 });
  } catch (error) {
    const { code, stdout = '', stderr = '' } = error as { code?: unknown; stdout?: string; stderr?: string };
    if (code === 'ENOENT') throw new Error(`This test needs ${tool} on the machine: install it (apt install ${tool}).`);
    return { stdout, stderr };
  }
}

async function accountOf(username: string): Promise<Account> {
  const record = await admin.waitForStatus(username, 'active');
  return {
    user: String(record['access_key_id']),
    password: await readSmtpPassword({ clients, description }, record),
  };
}

async function subjectsInMailbox(): Promise<string[]> {
  const { messages } = (await (await fetch(description.mailbox)).json()) as { messages: { subject: string }[] };
  return messages.map(({ subject }) => subject);
}

const allowed = 'john.doe@example.com';
const other = 'ceo@example.com';
const ways = (
  [
    ['nodemailer', byNodemailer],
    ['smtplib of Python', byPython],
    ['curl', byCurl],
  ] as const
).flatMap(([client, send]) => (['STARTTLS', 'TLS'] as const).map((security) => ({ client, send, security })));

let account: Account;
let disabled: Account;
let userArn: string;

beforeAll(async () => {
  await Promise.all([
    admin.create('clients.john', [allowed, '*@marketing.example.com']),
    admin.create('clients.disabled', [allowed]),
  ]);
  account = await accountOf('clients.john');
  disabled = await accountOf('clients.disabled');
  const [name] = await iamUsersOf(clients.iam, 'clients.john');
  userArn = `arn:aws:iam::${description.accountId}:user${buildIamPath(description)}${name}`;
  await admin.setStatus('clients.disabled', 'disabled');
  const [UserName] = await iamUsersOf(clients.iam, 'clients.disabled');
  await waitUntil(async () => {
    const { AccessKeyMetadata } = await clients.iam.send(new ListAccessKeysCommand({ UserName }));
    return AccessKeyMetadata?.[0]?.Status === 'Inactive';
  });
  await iamPropagated();
});

afterAll(() => rmSync(folder, { recursive: true }));

describe.each(ways)('$client over $security', ({ client, send, security }) => {
  const refusal = () =>
    `554 Access denied: User \`${userArn}' is not authorized to perform \`ses:SendRawEmail' on resource ` +
    `\`arn:aws:ses:${description.region}:${description.accountId}:identity/example.com'`;

  it('sends as the allowed sender', async () => {
    const subject = `allowed ${client} ${security}`;
    expect(await send(account, { sender: allowed, from: allowed, subject }, security)).toMatch(/^250 Ok \S+/);
    expect(await subjectsInMailbox()).toContain(subject);
  });

  it('is refused as another envelope sender, and as another From', async () => {
    const subject = `forbidden ${client} ${security}`;
    expect(await send(account, { sender: other, from: allowed, subject }, security)).toBe(refusal());
    expect(await send(account, { sender: allowed, from: other, subject }, security)).toBe(refusal());
    expect(await subjectsInMailbox()).not.toContain(subject);
  });

  it('can’t log in with a disabled key, or with a wrong password', async () => {
    const mail = { sender: allowed, from: allowed, subject: 'no login' };
    const invalid = '535 Authentication Credentials Invalid';
    expect(await send(disabled, mail, security)).toBe(invalid);
    expect(await send({ ...account, password: 'wrong' }, mail, security)).toBe(invalid);
  });
});

describe('the patterns', () => {
  it('with a wildcard allow every address of the domain', async () => {
    const from = 'news+spring@marketing.example.com';
    expect(await byNodemailer(account, { sender: from, from, subject: 'wildcard' }, 'TLS')).toMatch(/^250 /);
  });

  it('follow a change of the record', async () => {
    const before = await admin.create('clients.change', [allowed]);
    const changing = await accountOf('clients.change');
    await iamPropagated();
    const mail = { sender: other, from: other, subject: 'changed' };
    expect(await byNodemailer(changing, mail, 'STARTTLS')).toMatch(/^554 /);
    await admin.edit('clients.change', { allowed_from_addresses: [other] });
    await admin.waitFor('clients.change', (record) => record['policy_digest'] !== before['policy_digest']);
    await iamPropagated();
    expect(await byNodemailer(changing, mail, 'STARTTLS')).toMatch(/^250 /);
  });
});
