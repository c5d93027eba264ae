import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ListAccessKeysCommand } from '@aws-sdk/client-iam';
import { createCredential } from '../src/admin/create-credential.ts';
import type { CredentialView } from '../src/admin/credential-view.ts';
import { disableCredential } from '../src/admin/disable-credential.ts';
import { enableCredential } from '../src/admin/enable-credential.ts';
import { readPassword } from '../src/admin/read-password.ts';
import { showCredential } from '../src/admin/show-credential.ts';
import type { AdminDeps } from '../src/admin/wire.ts';
import { iamUserNameOfArn } from '../src/credential/record/record.ts';
import { readArguments } from './command/read-arguments.ts';
import { runCommand } from './command/run-command.ts';
import { createLocalAdminDeps, createLocalPasswordDeps } from './local-admin-deps.ts';
import { createLocalClients } from './local-clients.ts';
import { localHome } from './local-description.ts';
import { freePorts } from './local-ports.ts';
import { makeFolder } from './make-folder.ts';
import { sendTestMail, type TestMail } from './send-test-mail.ts';
import { type Stack, startStack } from './start-stack.ts';
import { exitStatusOf, listenForStop } from './stop-request.ts';

const username = 'john.doe';
const allowed = ['john.doe@example.com', '*@marketing.example.com'];
const recipient = 'success@simulator.amazonses.com';

const usage = `Usage: npm run demo

Shows the life of a credential as a transcript, on a separate local stack.

  -h, --help      show this`;

// Comes first, so that no stop signal is missed.
const stopRequested = listenForStop().first;
// Exits even if a library still holds a handle open: the stack has ended.
process.exit(await runCommand(usage, () => readArguments(process.argv.slice(2), {}).values, demonstrate));

async function demonstrate(): Promise<number> {
  makeFolder(localHome);
  const home = mkdtempSync(join(localHome, 'demo-'));
  const starting = new AbortController();
  const interrupted = stopRequested.then((request) => {
    starting.abort(request);
    return exitStatusOf(request);
  });
  let stack: Stack | undefined;
  let status = 0;
  try {
    announce('Starting Sesame on free ports, with a separate state');
    stack = await startStack({ ports: await freePorts(), home, signal: starting.signal });
    const emulatorEnded = stack.ended.then((reason) => {
      throw new Error(`The AWS emulator ${reason}.`);
    });
    await Promise.race([showLifeOfCredential(stack), interrupted, emulatorEnded]);
  } catch (error) {
    status = 1;
    if (!starting.signal.aborted) {
      console.error(`\nThe demo failed: ${error instanceof Error ? error.message : error}`);
    }
  } finally {
    if (starting.signal.aborted) {
      status = await interrupted;
      console.error('\nStopped before the end.');
    }
    announce('Stopping');
    await stack?.stop();
    rmSync(home, { recursive: true, force: true });
  }
  if (status === 0) console.log('\nEverything went as expected.');
  return status;
}

async function showLifeOfCredential({ description }: Stack): Promise<void> {
  const clients = createLocalClients(description);
  const admin = createLocalAdminDeps(description, clients);
  const request = { username, requestedBy: 'npm run demo' };

  announce(`An administrator inserts a record for ${username}, who may send as ${allowed.join(' and ')}`);
  const began = performance.now();
  const attributes = { description: `Mail of ${username}`, allowed_from_addresses: allowed };
  await createCredential({ ...request, attributes }, admin);
  const { iamUserArn = '' } = await waitForState('active', admin);
  result(`active after ${Math.round(performance.now() - began)} ms`);
  result(`IAM user ${iamUserArn}`);

  announce('The administrator decrypts the SMTP password and hands it to a mail client');
  const { accessKeyId, password } = await readPassword({ username }, createLocalPasswordDeps(description, clients));
  const account = { user: accessKeyId, password: password.reveal() };
  result(`SMTP username ${account.user}, password of ${account.password.length} characters`);

  const send = async (mail: TestMail, expected: string) => {
    announce(`Sending as ${mail.from}, over ${mail.security}`);
    const reply = await sendTestMail(description, account, mail);
    result(reply);
    if (!reply.startsWith(expected)) throw new Error(`The reply should begin with "${expected}".`);
  };
  const mail = { to: recipient, subject: 'Hello from Sesame' };
  await send({ ...mail, from: 'john.doe@example.com', security: 'STARTTLS' }, '250 ');
  await send({ ...mail, from: 'ceo@example.com', security: 'STARTTLS' }, '554 ');
  await send({ ...mail, from: 'news@marketing.example.com', security: 'TLS' }, '250 ');

  announce('The administrator sets the record to disabled');
  await disableCredential(request, admin);
  result('disabling, until the record has disabled_at');
  const off = await waitForState('disabled', admin);
  result(`disabled, off since ${off.description.since}`);
  await waitForKey(clients.iam, iamUserArn, 'Inactive');
  await send({ ...mail, from: 'john.doe@example.com', security: 'STARTTLS' }, '535 ');

  announce('The administrator sets it back to pending');
  await enableCredential(request, admin);
  await waitForState('active', admin);
  await send({ ...mail, from: 'john.doe@example.com', security: 'STARTTLS' }, '250 ');

  announce('The mailbox');
  const { messages } = (await (await fetch(description.mailbox)).json()) as {
    messages: { envelope: { from: string } }[];
  };
  for (const { envelope } of messages) result(`from ${envelope.from}`);
  if (messages.length !== 3) throw new Error(`The mailbox should hold three mails, not ${messages.length}.`);
  clients.destroy();
}

/** Looks at the credential until it is so. */
async function waitForState(state: string, admin: AdminDeps): Promise<CredentialView> {
  const deadline = Date.now() + 20_000;
  for (;;) {
    const view = await showCredential({ username }, admin);
    const { description } = view;
    if (description.state === state) return view;
    if (Date.now() > deadline) {
      const problems = description.problems.map(({ text }) => text).join(' ');
      throw new Error(`${username} is ${description.state} after 20 s. ${problems}`);
    }
    await sleep(15);
  }
}

/** The record shows `disabled` at once; IAM follows a moment later. */
async function waitForKey(
  iam: ReturnType<typeof createLocalClients>['iam'],
  iamUserArn: string,
  status: 'Active' | 'Inactive',
): Promise<void> {
  const userName = iamUserNameOfArn(iamUserArn);
  const deadline = Date.now() + 20_000;
  for (;;) {
    const { AccessKeyMetadata = [] } = await iam.send(new ListAccessKeysCommand({ UserName: userName }));
    if (AccessKeyMetadata.length > 0 && AccessKeyMetadata.every((key) => key.Status === status)) {
      result(`its access key is ${status}`);
      return;
    }
    if (Date.now() > deadline) throw new Error(`The access key is not ${status} after 20 s.`);
    await sleep(25);
  }
}

function announce(text: string): void {
  console.log(`\n${text}`);
}

function result(text: string): void {
  console.log(`  ${text}`);
}
