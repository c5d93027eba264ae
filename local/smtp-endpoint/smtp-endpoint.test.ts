import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { connect as connectPlain, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect as connectTls } from 'node:tls';
import nodemailer from 'nodemailer';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { deriveSmtpPassword } from '../../src/credential/iam/smtp-password.ts';
import { Secret } from '../../src/credential/secret.ts';
import type { NamedPolicy } from '../iam-evaluation/evaluate-iam-request.ts';
import { createLocalCertificates, type LocalCertificates } from './local-certificates.ts';
import { type AcceptedMail, createMailbox, type Mailbox } from './mailbox.ts';
import type { SesIdentity } from './ses-identities.ts';
import type { SmtpAccounts } from './smtp-accounts.ts';
import { createSmtpEndpoint, type SmtpEndpoint, type SmtpEndpointOptions } from './smtp-endpoint.ts';
import type { SmtpEndpointEvent } from './smtp-endpoint-events.ts';

const region = 'eu-west-1';
const accountId = '123456789012';
const userArn = `arn:aws:iam::${accountId}:user/ses-smtp/ses-smtp-user-john-1`;
const username = 'AKIAIOSFODNN7EXAMPLE';
const secret = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY';
const password = deriveSmtpPassword(secret, region);
const arnOf = (kind: string, name: string) => `arn:aws:ses:${region}:${accountId}:${kind}/${name}`;

const allow = (name: string, statement: object = {}): NamedPolicy => ({
  name,
  document: {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: ['ses:SendEmail', 'ses:SendRawEmail'], Resource: '*', ...statement }],
  },
});
const sendAs = (...patterns: string[]) => allow('send', { Condition: { StringLike: { 'ses:FromAddress': patterns } } });

/** The state that a test may change. */
function makeWorld() {
  return {
    status: 'Active' as 'Active' | 'Inactive',
    policies: [sendAs('john@example.com', '*@mail.example.com')],
    boundary: undefined as NamedPolicy | undefined,
    identities: [{ name: 'example.com', verified: true }] as SesIdentity[],
    configurationSets: ['mails'],
    broken: false,
    userGone: false,
    uses: [] as string[],
    events: [] as SmtpEndpointEvent[],
    accepted: [] as AcceptedMail[],
    time: Date.parse('2026-01-02T03:04:05Z'),
  };
}

let world: ReturnType<typeof makeWorld>;
let mailbox: Mailbox;
let endpoint: SmtpEndpoint | undefined;
let ports: { startTlsPort: number; tlsPort: number };
let certificates: LocalCertificates;
let ca: string;
let dir: string;
const sockets: Socket[] = [];

function ask<T>(answer: () => T): Promise<T> {
  return world.broken ? Promise.reject(new Error('the emulator is gone')) : Promise.resolve(answer());
}

const accounts: SmtpAccounts = {
  findByAccessKeyId: (accessKeyId) =>
    ask(() =>
      accessKeyId === username
        ? { accessKeyId, userName: 'john', status: world.status, secretAccessKey: new Secret(secret) }
        : undefined,
    ),
  findPermissions: () =>
    ask(() =>
      world.userGone ? undefined : { userArn, identityPolicies: world.policies, permissionsBoundary: world.boundary },
    ),
  recordUse: (accessKeyId) =>
    ask(() => {
      world.uses.push(accessKeyId);
    }),
};

async function start(overrides: Partial<SmtpEndpointOptions> = {}): Promise<void> {
  endpoint = createSmtpEndpoint({
    region,
    accountId,
    accounts,
    identities: {
      list: () => ask(() => world.identities),
      hasConfigurationSet: (name) => ask(() => world.configurationSets.includes(name)),
    },
    mailbox,
    tls: certificates,
    ports: { startTlsPort: 0, tlsPort: 0 },
    limits: { sendsPerSecond: 1000 },
    onAccepted: (mail) => {
      world.accepted.push(mail);
    },
    onEvent: (event) => world.events.push(event),
    now: () => new Date(world.time),
    ...overrides,
  });
  ports = await endpoint.start();
}

function createClient(overrides: object = {}) {
  return nodemailer.createTransport({
    host: 'localhost',
    port: ports.startTlsPort,
    requireTLS: true,
    tls: { ca },
    auth: { user: username, pass: password },
    ...overrides,
  });
}

const testMail = { from: 'john@example.com', to: 'jane@example.org', subject: 'Hello', text: 'Hi' };

/** Sends with nodemailer and returns the reply, good or bad. */
async function send(message: object = testMail, client: object = {}): Promise<string> {
  const transport = createClient(client);
  try {
    return (await transport.sendMail(message)).response;
  } catch (error) {
    return (error as { response?: string }).response ?? String(error);
  } finally {
    transport.close();
  }
}

/** An SMTP conversation line by line, to see exactly what is on the wire. */
class Dialogue {
  #socket: Socket;
  #received = '';

  constructor(socket: Socket) {
    this.#socket = this.#listen(socket);
  }

  #listen(socket: Socket): Socket {
    sockets.push(socket);
    return socket.on('error', () => undefined).on('data', (chunk) => (this.#received += chunk.toString('latin1')));
  }

  async read(): Promise<string> {
    for (let waited = 0; waited < 5000; waited += 5) {
      const end = /^\d{3}(?: .*)?\r\n/m.exec(this.#received);
      if (end) {
        const reply = this.#received.slice(0, end.index + end[0].length);
        this.#received = this.#received.slice(reply.length);
        return reply.trimEnd();
      }
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    return `nothing, after ${JSON.stringify(this.#received)}`;
  }

  say(line: string | Buffer): Promise<string> {
    this.#socket.write(typeof line === 'string' ? `${line}\r\n` : line);
    return this.read();
  }

  async startTls(): Promise<void> {
    await this.say('STARTTLS');
    this.#socket.removeAllListeners('data');
    const secured = connectTls({ socket: this.#socket, ca, servername: 'localhost' });
    await once(secured, 'secureConnect');
    this.#socket = this.#listen(secured);
  }

  async closed(): Promise<boolean> {
    return this.#socket.readableEnded || (await once(this.#socket, 'end').then(() => true));
  }
}

async function openPlain(): Promise<Dialogue> {
  const dialogue = new Dialogue(connectPlain(ports.startTlsPort, '127.0.0.1'));
  await dialogue.read();
  return dialogue;
}

async function openSecure(): Promise<Dialogue> {
  const dialogue = new Dialogue(connectTls({ port: ports.tlsPort, host: '127.0.0.1', servername: 'localhost', ca }));
  await dialogue.read();
  await dialogue.say('EHLO client.example.com');
  return dialogue;
}

const plainToken = (user: string, pass: string) => Buffer.from(`\0${user}\0${pass}`).toString('base64');

async function openLoggedIn(): Promise<Dialogue> {
  const dialogue = await openSecure();
  expect(await dialogue.say(`AUTH PLAIN ${plainToken(username, password)}`)).toBe('235 Authentication successful');
  return dialogue;
}

async function openStartTlsLoggedIn(): Promise<Dialogue> {
  const dialogue = await openPlain();
  await dialogue.say('EHLO client.example.com');
  await dialogue.startTls();
  await dialogue.say('EHLO client.example.com');
  expect(await dialogue.say(`AUTH PLAIN ${plainToken(username, password)}`)).toBe('235 Authentication successful');
  return dialogue;
}

/** Runs a whole transaction and returns the reply to the message. */
async function submit(dialogue: Dialogue, raw: string, from = 'john@example.com', to = ['jane@example.org']) {
  expect(await dialogue.say(`MAIL FROM:<${from}>`)).toBe('250 Ok');
  for (const address of to) {
    expect(await dialogue.say(`RCPT TO:<${address}>`)).toBe('250 Ok');
  }
  expect(await dialogue.say('DATA')).toBe('354 End data with <CR><LF>.<CR><LF>');
  return dialogue.say(`${raw}\r\n.`);
}

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'sesame-endpoint-'));
  certificates = await createLocalCertificates(dir, ['localhost', '127.0.0.1']);
  ca = await readFile(certificates.caFile, 'utf8');
});
afterAll(() => rm(dir, { recursive: true }));

beforeEach(() => {
  world = makeWorld();
  mailbox = createMailbox();
});
afterEach(async () => {
  for (const socket of sockets.splice(0)) {
    socket.destroy();
  }
  await endpoint?.close();
  endpoint = undefined;
});

describe('the dialogue of AWS’s own recipe', () => {
  const base64 = (text: string) => Buffer.from(text).toString('base64');
  const mail = ['From: Jane <john@example.com>', 'To: success@simulator.amazonses.com', 'Subject: x', '', 'Hi', '.'];
  const login = ['AUTH LOGIN', base64(username), base64(password)];

  it.each([
    ['MAIL FROM: john@example.com', 'RCPT TO: success@simulator.amazonses.com'],
    ['mail from:john@example.com SIZE=100', 'rcpt to:success@simulator.amazonses.com'],
    ['MAIL FROM:  <john@example.com>', 'RCPT TO:\t<success@simulator.amazonses.com>'],
  ])('takes %s', async (from, to) => {
    await start();
    const dialogue = await openStartTlsLoggedIn();
    expect(await dialogue.say(from)).toBe('250 Ok');
    expect(await dialogue.say(to)).toBe('250 Ok');
    expect(await dialogue.say('DATA')).toMatch(/^354 /);
    expect(await dialogue.say(mail.join('\r\n'))).toMatch(/^250 Ok /);
    expect(mailbox.list()).toMatchObject([{ envelope: { from: 'john@example.com' } }]);
  });

  it.each([
    'MAIL FROM: john',
    'MAIL FROM: john@',
    'MAIL FROM: john@example.com>',
    'MAIL FROM: a@example.com b@example.com',
    'MAIL FROM:',
    'MAIL FROM: @example.com',
  ])('still refuses %s', async (line) => {
    await start();
    expect(await (await openLoggedIn()).say(line)).toMatch(/^(?:501|553|555) /);
  });

  it.each(['MAIL FROM:<john@example.com>', 'MAIL FROM: john@example.com'])(
    'may be sent as a whole before the greeting, with %s',
    async (from) => {
      await start();
      for (let round = 0; round < 3; round += 1) {
        const socket = connectTls({ port: ports.tlsPort, host: '127.0.0.1', servername: 'localhost', ca });
        sockets.push(socket);
        let received = '';
        socket.on('data', (chunk: Buffer) => (received += chunk.toString()));
        await once(socket, 'secureConnect');
        const lines = [
          'EHLO example.com',
          ...login,
          from,
          'RCPT TO:<success@simulator.amazonses.com>',
          'DATA',
          ...mail,
          'QUIT',
        ];
        socket.write(`${lines.join('\r\n')}\r\n`);
        await once(socket, 'end');
        expect(received).toMatch(/\r\n250 Ok \S+\r\n221 /);
        expect(received).toMatch(/^220 /);
      }
      expect(mailbox.list()).toHaveLength(3);
    },
  );

  it('may begin before the greeting on the other port as well', async () => {
    await start();
    const dialogue = new Dialogue(connectPlain(ports.startTlsPort, '127.0.0.1'));
    const first = dialogue.say('EHLO example.com');
    expect(await first).toMatch(/^220 /);
    expect(await dialogue.read()).toContain('250-STARTTLS');
  });
});

describe('with chaos', () => {
  it('every fifth mail meets another trouble, and the next try is accepted', async () => {
    await start({ chaos: true });
    const replies: string[] = [];
    for (let mail = 1; mail <= 30; mail += 1) replies.push((await send()).replace(/^(250 Ok) .*/, '$1'));
    expect(replies.filter((_, index) => (index + 1) % 5 !== 0)).toEqual(Array(24).fill('250 Ok'));
    expect(replies.filter((_, index) => (index + 1) % 5 === 0)).toEqual([
      '454 Throttling failure: Maximum sending rate exceeded',
      '451 4.4.2 Timeout waiting for data from client.',
      '451 Temporary service failure',
      '421 Too many concurrent SMTP connections',
      '250 Ok',
      '454 Throttling failure: Daily message quota exceeded',
    ]);
    await vi.waitFor(() => expect(world.accepted).toHaveLength(25));
    expect(world.accepted.filter(({ isSuppressed }) => isSuppressed)).toHaveLength(1);
    const [first] = mailbox.list();
    expect(mailbox.get(first?.id ?? '')?.raw.toString()).toMatch(/^Message-ID: <\w+-[^>]+amazonses\.com>/);
  });
});

describe('the address that a policy is asked about', () => {
  const raw = (from: string) => `From: ${from}\r\n\r\nHi`;
  const anEnvelope = 'bounces+kim=example.org@example.com';

  it.each([
    ['both', /^554 Access denied/, /^554 Access denied/],
    ['header', /^250 Ok /, /^554 Access denied/],
    ['envelope', /^554 Access denied/, /^250 Ok /],
  ] as const)('is, by --from-address, %s', async (fromAddress, otherEnvelope, otherFrom) => {
    await start({ fromAddress });
    const dialogue = await openLoggedIn();
    expect(await submit(dialogue, raw('john@example.com'), anEnvelope)).toMatch(otherEnvelope);
    expect(await submit(dialogue, raw('boss@example.com'), 'john@example.com')).toMatch(otherFrom);
    expect(await submit(dialogue, raw('boss@example.com'), 'boss@example.com')).toMatch(/^554 /);
    expect(await submit(dialogue, raw('john@example.com'), 'john@example.com')).toMatch(/^250 Ok /);
  });

  it('leaves the envelope to a policy that limits ses:FeedbackAddress', async () => {
    world.policies = [
      allow('send', {
        Condition: {
          StringLike: { 'ses:FromAddress': ['john@example.com'] },
          StringLikeIfExists: { 'ses:FeedbackAddress': ['bounces+*@example.com'] },
        },
      }),
    ];
    await start();
    const dialogue = await openLoggedIn();
    expect(await submit(dialogue, raw('john@example.com'), anEnvelope)).toMatch(/^250 Ok /);
    expect(await submit(dialogue, raw('john@example.com'), 'bounces+kim=example.org@EXAMPLE.com')).toMatch(/^250 Ok /);
    expect(await submit(dialogue, raw('john@example.com'), 'john@example.com')).toMatch(/^554 /);
    expect(await submit(dialogue, raw('boss@example.com'), anEnvelope)).toMatch(/^554 /);
  });

  it('has no case in its domain, and has case before it', async () => {
    await start();
    const dialogue = await openLoggedIn();
    expect(await submit(dialogue, raw('John <john@Example.COM>'), 'john@EXAMPLE.com')).toMatch(/^250 Ok /);
    expect(await submit(dialogue, raw('John@example.com'))).toMatch(/^554 /);
    world.policies = [sendAs('john@Example.COM')];
    expect(await submit(dialogue, raw('john@Example.COM'), 'john@Example.COM')).toMatch(/^250 Ok /);
  });
});

describe('a recipient that asks for trouble', () => {
  const to = (label: string) => `chaos+${label}@simulator.amazonses.com`;

  it.each([
    ['454', '454 Throttling failure: Maximum sending rate exceeded'],
    ['454-daily', '454 Throttling failure: Daily message quota exceeded'],
    ['451', '451 Temporary service failure'],
  ])('%s: the message gets %s, and the next one is accepted', async (label, reply) => {
    await start();
    const dialogue = await openLoggedIn();
    expect(await submit(dialogue, 'From: john@example.com\r\n\r\nHi', 'john@example.com', [to(label)])).toBe(reply);
    expect(mailbox.list()).toEqual([]);
    expect(await submit(dialogue, 'From: john@example.com\r\n\r\nHi')).toMatch(/^250 Ok /);
  });

  it.each([
    ['421', '421 Too many concurrent SMTP connections'],
    ['451-idle', '451 4.4.2 Timeout waiting for data from client.'],
  ])('%s: the connection ends with %s', async (label, reply) => {
    await start();
    const dialogue = await openLoggedIn();
    await dialogue.say('MAIL FROM:<john@example.com>');
    expect(await dialogue.say(`RCPT TO:<${to(label)}>`)).toBe(reply);
    expect(await dialogue.closed()).toBe(true);
  });

  it('message-id: the message gets what SES writes there', async () => {
    await start();
    const raw = 'Message-ID: <own@example.com>\r\nFrom: john@example.com\r\n\r\nHi';
    expect(await submit(await openLoggedIn(), raw, 'john@example.com', [to('message-id')])).toMatch(/^250 Ok /);
    const [mail] = mailbox.list();
    const shown = mailbox.get(mail?.id ?? '')?.raw.toString();
    expect(shown).toContain(`Message-ID: <${mail?.id}@${region}.amazonses.com>\r\n`);
    expect(shown).not.toContain('own@example.com');
    expect(mail?.messageIdHeader).toBe('<own@example.com>');
    // Events tell what the client wrote.
    expect(world.accepted[0]?.raw.toString()).toContain('own@example.com');
  });

  it('but only with a label that exists', async () => {
    await start();
    for (const label of ['constructor', 'other', 'suppressed'])
      expect(await send({ ...testMail, to: to(label) })).toMatch(/^250 /);
  });
});

describe('a default configuration set that is gone', () => {
  it('refuses every mail of its identity', async () => {
    await start();
    world.identities = [{ name: 'example.com', verified: true, defaultConfigurationSet: 'gone' }];
    expect(await send()).toBe('554 Configuration set <gone> does not exist.');
    world.identities = [{ name: 'example.com', verified: true, defaultConfigurationSet: 'mails' }];
    expect(await send()).toMatch(/^250 Ok /);
  });
});

describe('the wire', () => {
  beforeEach(() => start());

  it('greets as SES does, before and after TLS', async () => {
    const dialogue = new Dialogue(connectPlain(ports.startTlsPort, '127.0.0.1'));
    expect(await dialogue.read()).toMatch(
      /^220 email-smtp\.amazonaws\.com ESMTP SimpleEmailService-d-[A-Z0-9]{9} [A-Za-z0-9]{20}$/,
    );
    expect(await dialogue.say('EHLO client.example.com')).toBe(
      '250-email-smtp.amazonaws.com\r\n250-8BITMIME\r\n250-STARTTLS\r\n250-AUTH PLAIN LOGIN\r\n250 Ok',
    );
    await dialogue.startTls();
    expect(await dialogue.say('EHLO client.example.com')).toBe(
      '250-email-smtp.amazonaws.com\r\n250-8BITMIME\r\n250-AUTH PLAIN LOGIN\r\n250 Ok',
    );
    expect(await dialogue.say('NOOP')).toBe('250 Ok');
    expect(await dialogue.say('RSET')).toBe('250 Ok');
    expect(await dialogue.say('QUIT')).toBe('221 Bye');
  });

  it.each(['AUTH LOGIN', `AUTH PLAIN ${plainToken(username, password)}`, 'MAIL FROM:<john@example.com>'])(
    'requires TLS before %s',
    async (command) => {
      const dialogue = await openPlain();
      await dialogue.say('EHLO client.example.com');
      expect(await dialogue.say(command)).toBe('530 Must issue a STARTTLS command first');
      expect(world.uses).toEqual([]);
    },
  );

  it.each(['MAIL FROM:<john@example.com>', 'RCPT TO:<jane@example.org>', 'DATA'])(
    'requires a login before %s',
    async (command) => {
      expect(await (await openSecure()).say(command)).toBe('530 Authentication required');
    },
  );

  it('supports AUTH LOGIN too', async () => {
    const dialogue = await openSecure();
    expect(await dialogue.say('AUTH LOGIN')).toBe('334 VXNlcm5hbWU6');
    expect(await dialogue.say(Buffer.from(username).toString('base64'))).toBe('334 UGFzc3dvcmQ6');
    expect(await dialogue.say(Buffer.from(password).toString('base64'))).toBe('235 Authentication successful');
  });

  it('supports no other mechanism', async () => {
    expect(await (await openSecure()).say('AUTH CRAM-MD5')).toMatch(/^504 /);
  });

  it('accepts a message with an id in the form of SES', async () => {
    const reply = await submit(await openLoggedIn(), 'From: john@example.com\r\n\r\nHi');
    expect(reply).toMatch(
      /^250 Ok 0102[0-9a-f]{12}-[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}-000000$/,
    );
  });

  it.each([
    ['MAIL FROM:<>', '501 Invalid MAIL FROM address provided'],
    ['MAIL FROM:john', '501 Invalid MAIL FROM address provided'],
    ['MAIL FROM:<john>', '501 Invalid MAIL FROM address provided'],
    ['MAIL FROM:<jo hn@example.com>', '501 Invalid MAIL FROM address provided'],
    ['MAIL FROM:<john@exam_ple.com>', '553 <john@exam_ple.com> Invalid email address'],
    ['MAIL FROM:<jöhn@example.com>', /^553 <j.*hn@example.com> Invalid email address$/],
    [`MAIL FROM:<john@example.com> SIZE=${41 * 1024 * 1024}`, '552 Message is too long.'],
  ])('refuses %s', async (command, reply) => {
    const answer = await (await openLoggedIn()).say(command);
    expect(answer).toEqual(typeof reply === 'string' ? reply : expect.stringMatching(reply));
  });

  it.each([
    ['a short one', 'From: john@example.com\r\n\r\nHi\r\n', /^250 Ok /],
    ['a long one', `From: john@example.com\r\n\r\n${`${'x'.repeat(76)}\r\n`.repeat(3000)}`, /^250 Ok /],
    ['one with a line that begins with a dot', 'From: john@example.com\r\n\r\n..Hi\r\n', /^250 Ok /],
    ['one that is only a dot', '', /^554 /],
    ['one that is refused', 'From: boss@example.com\r\n\r\nHi\r\n', /^554 /],
  ])('loses no command that arrives in one packet with a message: %s', async (_name, message, reply) => {
    for (const dialogue of [await openLoggedIn(), await openStartTlsLoggedIn()]) {
      const commands = 'MAIL FROM:<john@example.com>\r\nRCPT TO:<jane@example.org>\r\nDATA\r\n';
      expect(await dialogue.say(Buffer.from(`${commands}${message}.\r\nQUIT\r\n`))).toBe('250 Ok');
      expect(await dialogue.read()).toBe('250 Ok');
      expect(await dialogue.read()).toMatch(/^354 /);
      expect(await dialogue.read()).toMatch(reply);
      expect(await dialogue.read()).toMatch(/^221 /);
      expect(await dialogue.closed()).toBe(true);
    }
  });

  it('takes several messages that arrive in one packet', async () => {
    for (const dialogue of [await openLoggedIn(), await openStartTlsLoggedIn()]) {
      const commands = 'MAIL FROM:<john@example.com>\r\nRCPT TO:<jane@example.org>\r\nDATA\r\n';
      const mail = `${commands}From: john@example.com\r\n\r\nHi\r\n.\r\n`;
      let reply = await dialogue.say(Buffer.from(`${mail.repeat(3)}QUIT\r\n`));
      for (let sent = 0; sent < 3; sent += 1) {
        expect(reply).toBe('250 Ok');
        expect(await dialogue.read()).toBe('250 Ok');
        expect(await dialogue.read()).toMatch(/^354 /);
        expect(await dialogue.read()).toMatch(/^250 Ok /);
        reply = await dialogue.read();
      }
      expect(reply).toMatch(/^221 /);
    }
    expect(world.accepted).toHaveLength(6);
  });

  it('refuses source routes, and SMTPUTF8, which it does not announce', async () => {
    const dialogue = await openLoggedIn();
    const invalid = '501 Invalid MAIL FROM address provided';
    expect(await dialogue.say('MAIL FROM:<@a.example.com,@b.example.com:john@example.com>')).toBe(invalid);
    expect(await dialogue.say('MAIL FROM: <@a.example.com:john@example.com>')).toBe(invalid);
    expect(await dialogue.say('MAIL FROM:<john@example.com> SMTPUTF8')).toBe('555 SMTPUTF8 is not supported');
    expect(await dialogue.say('MAIL FROM:<john@example.com> BODY=8BITMIME SIZE=100')).toBe('250 Ok');
    const invalidRecipient = '501 Invalid RCPT TO address provided';
    expect(await dialogue.say('RCPT TO:<@a.example.com:jane@example.org>')).toBe(invalidRecipient);
    expect(await dialogue.say('RCPT TO:<jane@example.org>')).toBe('250 Ok');
  });

  it('refuses an invalid recipient address', async () => {
    const dialogue = await openLoggedIn();
    await dialogue.say('MAIL FROM:<john@example.com>');
    expect(await dialogue.say('RCPT TO:<jane@-->')).toBe('553 <jane@--> Invalid email address');
    expect(await dialogue.say('RCPT TO:<>')).toBe('501 Invalid RCPT TO address provided');
  });
});

describe('login', () => {
  beforeEach(() => start());

  it.each([
    ['a wrong password', username, 'wrong'],
    ['the secret itself', username, secret],
    ["another region's password", username, deriveSmtpPassword(secret, 'us-east-1')],
    ['no password', username, ''],
    ['an unknown key', 'AKIAIOSFODNN7UNKNOWN', password],
    ['a name that is no key id', '../last-use', password],
  ])('refuses %s', async (_name, user, pass) => {
    const dialogue = await openSecure();
    const reply = await dialogue.say(`AUTH PLAIN ${plainToken(user, pass)}`);
    expect(reply).toBe('535 Authentication Credentials Invalid');
    expect(world.uses).toEqual([]);
  });

  it('refuses a valid login that wants to act as another user, and accepts one that names itself', async () => {
    const token = (authzid: string) => Buffer.from(`${authzid}\0${username}\0${password}`).toString('base64');
    expect(await (await openSecure()).say(`AUTH PLAIN ${token('other')}`)).toBe(
      '535 Authentication Credentials Invalid',
    );
    expect(world.uses).toEqual([]);
    expect(await (await openSecure()).say(`AUTH PLAIN ${token(username)}`)).toBe('235 Authentication successful');
    const misplaced = Buffer.from(`${username}\0\0${password}`).toString('base64');
    expect(await (await openSecure()).say(`AUTH PLAIN ${misplaced}`), 'the name in the wrong field').toBe(
      '535 Authentication Credentials Invalid',
    );
    const dialogue = await openSecure();
    expect(await dialogue.say('auth plain')).toMatch(/^334/);
    expect(await dialogue.say(token(''))).toBe('235 Authentication successful');
    const byLogin = await openSecure();
    expect(await byLogin.say(`AUTH LOGIN ${Buffer.from(username).toString('base64')}`)).toMatch(/^334/);
    expect(await byLogin.say(Buffer.from(password).toString('base64'))).toBe('235 Authentication successful');
  });

  it('refuses a key as soon as it is inactive', async () => {
    expect(await send()).toMatch(/^250 Ok /);
    world.status = 'Inactive';
    expect(await send()).toBe('535 Authentication Credentials Invalid');
  });

  it('marks the key as used', async () => {
    await send();
    expect(world.uses).toEqual([username]);
  });

  it('replies 454 when IAM does not answer', async () => {
    world.broken = true;
    expect(await send()).toBe('454 Temporary authentication failure');
    expect(world.events).toContainEqual({ kind: 'error', message: 'the emulator is gone' });
  });

  it('logs logins without any secret', async () => {
    await send();
    await send(testMail, { auth: { user: username, pass: `${password}x` } });
    const log = JSON.stringify(world.events);
    expect(world.events.map(({ kind }) => kind)).toEqual(['login', 'accepted', 'login-refused']);
    expect(log).not.toContain(password);
    expect(log).not.toContain(secret);
  });
});

describe('sending', () => {
  const denied = (resource: string) =>
    `554 Access denied: User \`${userArn}' is not authorized to perform \`ses:SendRawEmail' on resource \`${resource}'`;

  beforeEach(() => start());

  it('keeps an accepted mail', async () => {
    const reply = await send({ ...testMail, headers: { 'X-SES-CONFIGURATION-SET': 'mails' } });
    const [mail] = mailbox.list();
    expect(reply).toBe(`250 Ok ${mail?.id}`);
    expect(mail).toMatchObject({
      userName: 'john',
      userArn,
      accessKeyId: username,
      envelope: { from: 'john@example.com', to: ['jane@example.org'] },
      from: ['john@example.com'],
      to: ['jane@example.org'],
      subject: 'Hello',
      configurationSet: 'mails',
      sourceIp: '127.0.0.1',
      tls: 'starttls',
    });
    expect(mailbox.get(mail?.id ?? '')?.raw.toString()).toContain('\r\n\r\nHi');
    expect(world.accepted).toHaveLength(1);
  });

  it('accepts mails on the port with implicit TLS', async () => {
    expect(await send(testMail, { port: ports.tlsPort, secure: true })).toMatch(/^250 Ok /);
    expect(mailbox.list()).toMatchObject([{ tls: 'implicit' }]);
  });

  it('accepts several mails in one session and refuses one between them', async () => {
    const dialogue = await openLoggedIn();
    const raw = 'From: john@example.com\r\n\r\nHi';
    expect(await submit(dialogue, raw)).toMatch(/^250 Ok /);
    expect(await submit(dialogue, raw, 'boss@example.com')).toBe(denied(arnOf('identity', 'example.com')));
    expect(await submit(dialogue, raw)).toMatch(/^250 Ok /);
    expect(mailbox.list()).toHaveLength(2);
  });

  it.each([
    ['the envelope sender', { ...testMail, envelope: { from: 'boss@example.com', to: testMail.to } }],
    [
      'the From header',
      { ...testMail, from: 'boss@example.com', envelope: { from: 'john@example.com', to: testMail.to } },
    ],
    ['one of two From addresses', { ...testMail, from: ['john@example.com', 'boss@example.com'] }],
    ['an address of another case', { ...testMail, from: 'John@example.com' }],
  ])('denies by %s', async (_name, message) => {
    expect(await send(message)).toBe(denied(arnOf('identity', 'example.com')));
    expect(mailbox.list()).toEqual([]);
  });

  it('refuses two From headers, allowed or not', async () => {
    const raw = 'From: john@example.com\r\nFrom: boss@example.com\r\n\r\nHi';
    expect(await submit(await openLoggedIn(), raw)).toBe("554 Transaction failed: Duplicate header 'From'.");
    expect(mailbox.list()).toEqual([]);
  });

  it("logs which address was wrong, which SES's reply omits", async () => {
    const reply = await submit(await openLoggedIn(), 'From: John@example.com\r\n\r\nHi');
    expect(reply).toBe(denied(arnOf('identity', 'example.com')));
    expect(world.events.at(-1)).toMatchObject({
      kind: 'refused',
      explanation:
        'The policy of john doesn\'t allow "John@example.com", which is the From header, from 127.0.0.1 to jane@example.org. ' +
        'Case counts before the @.',
    });
    await submit(await openLoggedIn(), 'From: boss@example.com\r\n\r\nHi', 'boss@example.com');
    expect(world.events.at(-1)).toMatchObject({
      explanation: expect.stringMatching(
        /"boss@example\.com", which is the envelope sender and the From header, .*\.$/,
      ),
    });
    expect(JSON.stringify(world.events.at(-1))).not.toContain('Case counts');
  });

  it('denies by the permissions boundary', async () => {
    world.boundary = allow('boundary', { Resource: arnOf('identity', 'example.org') });
    expect(await send()).toBe(denied(arnOf('identity', 'example.com')));
  });

  it.each([
    ['the recipients', { 'ForAllValues:StringLike': { 'ses:Recipients': ['*@example.com'] } }],
    ['the source address', { IpAddress: { 'aws:SourceIp': '192.0.2.0/24' } }],
  ])('denies by %s', async (_name, condition) => {
    world.policies = [allow('send', { Condition: condition })];
    expect(await send()).toBe(denied(arnOf('identity', 'example.com')));
  });

  it('denies a configuration set that the policy does not name', async () => {
    world.configurationSets.push('others');
    world.policies = [allow('send', { Resource: [arnOf('identity', '*'), arnOf('configuration-set', 'mails')] })];
    const withSet = (name: string) => ({ ...testMail, headers: { 'X-SES-CONFIGURATION-SET': name } });
    expect(await send(withSet('mails'))).toMatch(/^250 Ok /);
    expect(await send(withSet('others'))).toBe(denied(arnOf('configuration-set', 'others')));
    expect(await send(withSet('missing'))).toBe('554 Configuration set <missing> does not exist.');
  });

  it.each(['X-SES-SOURCE-ARN', 'X-SES-FROM-ARN', 'X-SES-RETURN-PATH-ARN'])(
    'denies another account’s identity that %s names',
    async (header) => {
      const foreign = 'arn:aws:ses:us-east-1:999999999999:identity/example.com';
      world.policies = [allow('send', { Resource: arnOf('identity', '*') })];
      expect(await send({ ...testMail, headers: { [header]: foreign } })).toBe(denied(foreign));
      expect(await send({ ...testMail, headers: { [header]: arnOf('identity', 'example.com') } })).toMatch(/^250 Ok /);
    },
  );

  it("evaluates the identity's default configuration set, named or not", async () => {
    world.identities = [{ name: 'example.com', verified: true, defaultConfigurationSet: 'mails' }];
    world.policies = [allow('send', { Resource: arnOf('identity', '*') })];
    expect(await send()).toBe(denied(arnOf('configuration-set', 'mails')));
    world.policies = [allow('send')];
    expect(await send()).toMatch(/^250 Ok /);
    expect(mailbox.list()).toMatchObject([{ configurationSet: 'mails' }]);
  });

  it('uses the current policy, also in an open session', async () => {
    const dialogue = await openLoggedIn();
    const raw = 'From: john@example.com\r\n\r\nHi';
    expect(await submit(dialogue, raw)).toMatch(/^250 Ok /);
    world.policies = [sendAs('jane@example.com')];
    expect(await submit(dialogue, raw)).toBe(denied(arnOf('identity', 'example.com')));
    world.status = 'Inactive';
    expect(await submit(dialogue, raw)).toBe('535 Authentication Credentials Invalid');
    world.status = 'Active';
    world.userGone = true;
    expect(await submit(dialogue, raw)).toBe('535 Authentication Credentials Invalid');
  });

  it('checks the address itself when it has no identity', async () => {
    world.identities = [];
    expect(await send({ ...testMail, from: 'boss@example.com' })).toBe(denied(arnOf('identity', 'boss@example.com')));
  });

  it('names the identities that are not verified', async () => {
    world.policies = [allow('send')];
    world.identities = [{ name: 'example.net', verified: false }];
    const message = { ...testMail, sender: 'c@example.org', envelope: { from: 'b@example.net', to: testMail.to } };
    expect(await send(message)).toBe(
      '554 Message rejected: Email address is not verified. The following identities failed the check in region ' +
        'EU-WEST-1: b@example.net, john@example.com, c@example.org',
    );
  });

  it('writes punycode domains as policies do', async () => {
    world.policies = [sendAs('*@xn--bcher-kva.example.com')];
    const raw = 'From: john@xn--bcher-kva.example.com\r\n\r\nHi';
    const reply = await submit(await openLoggedIn(), raw, 'john@xn--bcher-kva.example.com', [
      'a@xn--bcher-kva.example.com',
    ]);
    expect(reply).toMatch(/^250 Ok /);
    expect(mailbox.list()).toMatchObject([{ envelope: { to: ['a@xn--bcher-kva.example.com'] } }]);
  });

  it('refuses a message without From', async () => {
    expect(await submit(await openLoggedIn(), 'Subject: x\r\n\r\nHi')).toBe(
      "554 Transaction failed: Missing final '@domain'",
    );
  });

  it('accepts 50 recipients and refuses 51', async () => {
    const to = Array.from({ length: 51 }, (_, index) => `r${index}@example.org`);
    expect(await send({ ...testMail, to: to.slice(1) })).toMatch(/^250 Ok /);
    expect(await send({ ...testMail, to })).toBe('554 Transaction failed: Recipient count exceeds 50.');
  });

  it('replies 451 when the emulator stops answering', async () => {
    const dialogue = await openLoggedIn();
    world.broken = true;
    expect(await submit(dialogue, 'From: john@example.com\r\n\r\nHi')).toBe('451 Temporary service failure');
  });

  it('replies 451 when a policy is broken, and goes on', async () => {
    world.policies = [{ name: 'broken', document: '{' }];
    expect(await send()).toBe('451 Temporary service failure');
    world.policies = [allow('send')];
    expect(await send()).toMatch(/^250 Ok /);
  });
});

describe('limits', () => {
  it('refuses what is too long, and goes on', async () => {
    await start({ limits: { messageBytes: 1000 } });
    const dialogue = await openLoggedIn();
    const raw = 'From: john@example.com\r\n\r\n';
    expect(await submit(dialogue, `${raw}${'x'.repeat(1000)}`)).toBe('552 Message is too long.');
    expect(await submit(dialogue, `${raw}Hi`)).toMatch(/^250 Ok /);
  });

  it('limits the memory for incoming messages', async () => {
    await start({ limits: { incomingBytes: 1000 } });
    const dialogue = await openLoggedIn();
    const raw = 'From: john@example.com\r\n\r\n';
    expect(await submit(dialogue, `${raw}${'x'.repeat(1000)}`)).toBe('451 Temporary service failure');
    expect(await submit(dialogue, `${raw}Hi`)).toMatch(/^250 Ok /);
  });

  it('throttles by rate and by day', async () => {
    await start({ limits: { sendsPerSecond: 1, sendsPerDay: 2 } });
    expect(await send()).toMatch(/^250 Ok /);
    expect(await send()).toBe('454 Throttling failure: Maximum sending rate exceeded');
    world.time += 1000;
    expect(await send()).toMatch(/^250 Ok /);
    world.time += 1000;
    expect(await send()).toBe('454 Throttling failure: Daily message quota exceeded');
  });

  it('replies 421 to one connection too many, and accepts the next', async () => {
    await start({ limits: { connections: 1 } });
    const first = await openPlain();
    const second = new Dialogue(connectPlain(ports.startTlsPort, '127.0.0.1'));
    expect(await second.read()).toBe('421 Too many concurrent SMTP connections');
    const third = new Dialogue(connectTls({ port: ports.tlsPort, host: '127.0.0.1', servername: 'localhost', ca }));
    expect(await third.read()).toBe('421 Too many concurrent SMTP connections');
    await first.say('QUIT');
    expect(await (await openPlain()).say('NOOP')).toBe('250 Ok');
  });

  it('replies 451 to a silent client, and closes the connection', async () => {
    await start({ limits: { idleSeconds: 0.3 } });
    const dialogue = await openPlain();
    expect(await dialogue.read()).toBe('451 4.4.2 Timeout waiting for data from client.');
    expect(await dialogue.closed()).toBe(true);
  });

  it('survives hostile clients', async () => {
    await start();
    const long = await openPlain();
    expect(await long.say('X'.repeat(100_000))).toMatch(/^421 /);
    const noise = await openPlain();
    expect(await noise.say(Buffer.from([0, 255, 13, 10]))).toMatch(/^500 /);
    connectPlain(ports.tlsPort, '127.0.0.1')
      .on('error', () => undefined)
      .end('not TLS at all\r\n');
    const gone = connectTls({ port: ports.tlsPort, host: '127.0.0.1', servername: 'localhost', ca });
    await once(gone, 'secureConnect');
    const commands = ['EHLO x', `AUTH PLAIN ${plainToken(username, password)}`, 'MAIL FROM:<john@example.com>'];
    for (const command of [...commands, 'RCPT TO:<jane@example.org>', 'DATA', 'From: john@example.com']) {
      await new Promise((resolve) => setTimeout(resolve, 120));
      gone.write(`${command}\r\n`);
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
    gone.destroy();
    expect(await send()).toMatch(/^250 Ok /);
    expect(mailbox.list()).toHaveLength(1);
  });

  it('names a port that is taken, and opens none', async () => {
    await start();
    const second = createSmtpEndpoint({
      region,
      accountId,
      accounts,
      identities: { list: async () => [], hasConfigurationSet: async () => false },
      mailbox,
      tls: certificates,
      ports: { startTlsPort: 0, tlsPort: ports.tlsPort },
    });
    await expect(second.start()).rejects.toThrow(`127.0.0.1:${ports.tlsPort}`);
  });

  it('replies 421 when it closes', async () => {
    await start();
    const dialogue = await openSecure();
    const closing = endpoint?.close();
    expect(await dialogue.read()).toMatch(/^421 /);
    await closing;
  });
});
