import { execFile, execFileSync } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { DeleteItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import {
  GetUserPolicyCommand,
  ListAccessKeysCommand,
  ListUserPoliciesCommand,
  ListUsersCommand,
} from '@aws-sdk/client-iam';
import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
} from '@aws-sdk/client-sqs';
import { marshall } from '@aws-sdk/util-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { sendTestMail } from '../../local/send-test-mail.ts';
import { createCredentialRecords } from '../support/credential-records.ts';
import { readSmtpPassword } from '../support/read-smtp-password.ts';
import { runStartCommand, type StartCommand } from '../support/run-start-command.ts';

const root = join(import.meta.dirname, '../..');
const parent = mkdtempSync(join(tmpdir(), 'sesame-state-'));
/** A cleanly saved state with the credential `kept`. */
const good = join(parent, 'good');
let state = '';
let home = '';
let runs = 0;
const running: StartCommand[] = [];

beforeAll(async () => {
  home = join(parent, 'first-home');
  const first = await start(good);
  await makeCredential(first, 'kept');
  await stop(first);
});

beforeEach(async () => {
  for (const command of running.splice(0)) {
    command.process.kill('SIGTERM');
    await command.status;
  }
  runs += 1;
  home = join(parent, `home-${runs}`);
  state = join(parent, `state-${runs}`);
});

afterAll(async () => {
  for (const command of running) command.process.kill('SIGTERM');
  await Promise.all(running.map(({ status }) => status));
  rmSync(parent, { recursive: true, force: true });
});

describe('a state that is kept', () => {
  test('survives a killed emulator, except for about the last second, and says so', async () => {
    cpSync(good, state, { recursive: true });
    const first = await start(state);
    await makeCredential(first, 'late');
    await savedWith('late');
    process.kill((await first.emulatorPid()) ?? 0, 'SIGKILL');
    expect(await first.status).toBe(1);
    expect(first.output()).toContain('The AWS emulator ended by SIGKILL');
    expect(first.output()).toMatch(/Everything up to \d\d:\d\d:\d\d is saved\. Changes since then are lost\./);

    const second = await start(state);
    for (const username of ['kept', 'late']) await expectToSend(second, username);
    await expectOneUserEach(second, ['kept', 'late']);
    await stop(second);
    expect(second.output()).toContain(`The state is saved in ${state}.`);
  });

  test('survives a killed main process, and an immediate start after it', async () => {
    cpSync(good, state, { recursive: true });
    const first = await start(state);
    await makeCredential(first, 'late');
    first.process.kill('SIGKILL');
    const second = await start(state);
    for (const username of ['kept', 'late']) await expectToSend(second, username);
    await stop(second);
  });

  test.each<[how: string, end: (command: StartCommand) => Promise<unknown>]>([
    ['Ctrl-C', stop],
    ['a killed process group', killGroup],
  ])('edits right before %s come into force after the next start', async (_how, end) => {
    cpSync(good, state, { recursive: true });
    const first = await start(state);
    await Promise.all(['patterns', 'disabled', 'deleted'].map((username) => makeCredential(first, username)));
    const { clients, description } = await first.ready();
    const records = createCredentialRecords(clients.dynamodb, description.table);
    await Promise.all([
      records.insert('inserted', ['inserted@example.com']),
      records.setStatus('disabled', 'disabled'),
      setPatterns(first, 'patterns', ['new@example.com']),
      deleteRecord(first, 'deleted'),
    ]);
    await end(first);
    clients.destroy();

    const second = await start(state);
    const wanted = {
      kept: ['kept@example.com Active'],
      inserted: ['inserted@example.com Active'],
      patterns: ['new@example.com Active'],
      disabled: ['disabled@example.com Inactive'],
    };
    await expect.poll(() => readIam(second), { timeout: 30_000, interval: 200 }).toEqual(wanted);
    await expectToSend(second, 'inserted');
    await stop(second);
  });

  test('keeps what a function has in hand when the stop does not wait for it', async () => {
    const first = await start(state, '--iam-lag', '20s');
    const { clients, description } = await first.ready();
    const records = createCredentialRecords(clients.dynamodb, description.table);
    await records.insert('held', ['held@example.com']);
    await records.waitFor('held', (record) => record['claim'] !== undefined);
    first.process.kill('SIGINT');
    await expect.poll(first.output).toMatch(/Waiting up to 5 s for smtp-credential-manager.* to finish\./);
    await sleep(1_100);
    const began = performance.now();
    first.process.kill('SIGINT');
    await first.status;
    expect(performance.now() - began).toBeLessThan(4_500);
    clients.destroy();

    const second = await start(state);
    // The batch is delivered again. Until the claim of the function that was cut off ends, a dead letter keeps the work.
    const log = (await second.ready()).description.logs.functions;
    const busy = /"code":"CREDENTIAL_BUSY".*"username":"held"/;
    await expect.poll(() => readFileSync(log, 'utf8'), { timeout: 15_000 }).toMatch(busy);
    const { clients: others, description: now } = await second.ready();
    const delayed = () =>
      others.sqs
        .send(
          new GetQueueAttributesCommand({
            QueueUrl: now.deadLetterQueueUrl,
            AttributeNames: ['ApproximateNumberOfMessagesDelayed'],
          }),
        )
        .then(({ Attributes }) => Attributes?.['ApproximateNumberOfMessagesDelayed']);
    await expect.poll(delayed).toBe('1');
    others.destroy();
    await stop(second);
  });

  test("keeps messages that are delayed or in somebody's hand", async () => {
    const first = await start(state);
    const { sqs } = (await first.ready()).clients;
    const { QueueUrl } = await sqs.send(
      new CreateQueueCommand({ QueueName: 'mine', Attributes: { VisibilityTimeout: '15' } }),
    );
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'in hand' }));
    await sqs.send(new ReceiveMessageCommand({ QueueUrl }));
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'delayed', DelaySeconds: 15 }));
    await stop(first);
    sqs.destroy();

    const second = await start(state);
    const { clients } = await second.ready();
    const received: (string | undefined)[] = [];
    const { QueueUrl: url } = await clients.sqs.send(new GetQueueUrlCommand({ QueueName: 'mine' }));
    const receive = async () => {
      const { Messages = [] } = await clients.sqs.send(new ReceiveMessageCommand({ QueueUrl: url }));
      received.push(...Messages.map(({ Body }) => Body));
      return [...received].sort();
    };
    await expect.poll(receive, { timeout: 25_000, interval: 200 }).toEqual(['delayed', 'in hand']);
    clients.destroy();
    await stop(second);
  });

  test('survives a save that was interrupted before and after its commit', async () => {
    cpSync(good, state, { recursive: true });
    // Before: files of a save that saved.json doesn't name.
    writeFileSync(join(state, 'dynamodb.json.next'), '{"half');
    const first = await start(state);
    await makeCredential(first, 'late');
    await stop(first);
    // After: saved.json names the new files, but not all of them are renamed yet.
    for (const name of ['dynamodb.json', 'iam.json']) {
      renameSync(join(state, name), join(state, `${name}.next`));
      cpSync(join(good, name), join(state, name));
    }
    const second = await start(state);
    for (const username of ['kept', 'late']) await expectToSend(second, username);
    await stop(second);
    expect(readdirSync(state).filter((name) => name.endsWith('.next'))).toEqual([]);
  });

  test('is saved as a whole or not at all: a full disk is reported, and so is what was lost', async () => {
    cpSync(good, state, { recursive: true });
    const first = await start(state);
    await sleep(2_500);
    const before = contentOf(state);
    const emulator = String(await first.emulatorPid());
    // Small files can be written; larger ones can't.
    execFileSync('prlimit', ['--pid', emulator, '--fsize=3000:']);
    await makeCredential(first, 'late');
    await expect
      .poll(first.output, { timeout: 15_000 })
      .toContain(`The state can't be saved in ${state}: File too large`);
    expect(contentOf(state)).toEqual(before);
    execFileSync('prlimit', ['--pid', emulator, '--fsize=unlimited:']);
    await makeCredential(first, 'later');
    await expect.poll(first.output, { timeout: 15_000 }).toContain(`The state is saved again in ${state}.`);
    // The functions' log couldn't be written either, and continues too.
    const log = (await first.ready()).description.logs.functions;
    await expect.poll(() => readFileSync(log, 'utf8'), { timeout: 15_000 }).toContain('"username":"later"');

    const between = contentOf(state);
    execFileSync('prlimit', ['--pid', emulator, '--fsize=3000:']);
    await makeCredential(first, 'lost');
    first.process.kill('SIGINT');
    expect(await first.status).toBe(1);
    expect(first.output()).toContain(`The state could not be saved in ${state}: File too large (EFBIG).`);
    expect(first.output()).toContain('Changes since then are lost.');
    expect(contentOf(state)).toEqual(between);

    const second = await start(state);
    for (const username of ['kept', 'late', 'later']) await expectToSend(second, username);
    await expectOneUserEach(second, ['kept', 'late', 'later']);
    await stop(second);
  });

  test('is used by one stack at a time, wherever the stack was started', async () => {
    const first = await start(state);
    const other = await runStartCommand(join(parent, 'other-home'), '--state', state);
    expect(await other.status).toBe(1);
    expect(other.output()).toContain(`The state in ${state} is in use by another Sesame`);
    await makeCredential(first, 'undisturbed');
    // An unwritable log doesn't disturb it either.
    const log = (await first.ready()).description.logs.mail;
    rmSync(log);
    mkdirSync(log);
    await expectToSend(first, 'undisturbed');
    await stop(first);
  });

  test('is deleted by --reset, also when it is damaged or its folder must stay', async () => {
    cpSync(good, state, { recursive: true });
    writeFileSync(join(state, 'dynamodb.json'), '');
    const { ino } = statSync(state);
    const command = await start(state, '--reset');
    const { clients, description } = await command.ready();
    expect(await createCredentialRecords(clients.dynamodb, description.table).read('kept')).toBeUndefined();
    await expectOneUserEach(command, []);
    await stop(command);
    // The folder may be a mount point, or a link.
    expect(statSync(state).ino).toBe(ino);
  });
});

describe('a damaged state is refused by name, and left as it is', () => {
  const older = () => readFileSync(join(good, 'kms.json'));
  test.each<[damage: string, harm: (folder: string) => void, named: string]>([
    ['broken JSON', (folder) => writeFileSync(join(folder, 'dynamodb.json'), '{broken'), 'dynamodb.json'],
    ['an empty file', (folder) => writeFileSync(join(folder, 'iam.json'), ''), 'iam.json is empty'],
    ['a missing file', (folder) => unlinkSync(join(folder, 'iam.json')), 'iam.json is missing'],
    ["another file's content", (folder) => writeFileSync(join(folder, 'sqs.json'), older()), 'sqs.json'],
    ['half a file', (folder) => halve(join(folder, 'iam.json')), 'iam.json'],
    ['an empty index', (folder) => writeFileSync(join(folder, 'saved.json'), ''), 'saved.json is empty'],
    ['half an index', (folder) => halve(join(folder, 'saved.json')), 'saved.json is damaged'],
    ['an index of a later version', (folder) => writeFileSync(join(folder, 'saved.json'), later), 'saved.json'],
  ])('%s', async (_damage, harm, named) => {
    cpSync(good, state, { recursive: true });
    harm(state);
    await expectRefusal(named);
  });

  // Sesame 0.1 saved the same files without an index.
  test.each<[damage: string, harm: (folder: string) => void, named: string]>([
    ['broken JSON', (folder) => writeFileSync(join(folder, 'dynamodb.json'), '{broken'), 'dynamodb.json is damaged'],
    ['an empty file', (folder) => writeFileSync(join(folder, 'iam.json'), ''), 'iam.json is empty'],
    ['a missing file', (folder) => unlinkSync(join(folder, 'kms.json')), 'kms.json is missing'],
  ])('as version 0.1 saved it: %s', async (_damage, harm, named) => {
    cpSync(good, state, { recursive: true });
    unlinkSync(join(state, 'saved.json'));
    harm(state);
    await expectRefusal(named);
  });

  test('an undamaged state of version 0.1 is used', async () => {
    cpSync(good, state, { recursive: true });
    unlinkSync(join(state, 'saved.json'));
    const command = await start(state);
    await expectToSend(command, 'kept');
    await stop(command);
    expect(readdirSync(state)).toContain('saved.json');
  });

  async function expectRefusal(named: string) {
    const before = contentOf(state);
    const command = await runStartCommand(home, '--state', state);
    expect(await command.status).toBe(1);
    expect(command.output()).toContain(`The state in ${state} can't be used:`);
    expect(command.output()).toContain(named);
    expect(command.output()).toContain('--reset');
    expect(contentOf(state)).toEqual(before);
  }
});

describe('an unusable folder ends the start at once, with one line', () => {
  test.each(['/proc/sesame', '/dev/null/state', '/proc/self/fd/none/state'])('%s', async (folder) => {
    const began = performance.now();
    const command = await runStartCommand(home, '--state', folder);
    expect(await command.status).toBe(1);
    expect(performance.now() - began).toBeLessThan(20_000);
    expect(command.output().trim().split('\n')).toHaveLength(1);
    expect(command.output()).toMatch(/^\/(proc|dev)\/\S+ .* Name another folder\.$/m);
  });

  test('a relative one, from the folder that npm is called in, by its full path', async () => {
    const caller = join(parent, 'caller');
    mkdirSync(caller);
    writeFileSync(join(caller, 'taken'), '');
    const options = { cwd: caller, env: { ...process.env, SESAME_HOME: home } };
    const args = ['--prefix', root, '--silent', 'start', '--', '--port-base', '31000', '--state', 'taken'];
    const { stdout, stderr } = await promisify(execFile)('npm', args, options).catch((error) => error);
    expect(`${stdout}${stderr}`.trim().split('\n').at(-1)).toBe(`${join(caller, 'taken')} is a file. Name a folder.`);
  });

  test('a link to nothing', async () => {
    symlinkSync(join(parent, 'nothing'), state);
    const command = await runStartCommand(home, '--state', state);
    expect(await command.status).toBe(1);
    expect(command.output().trim()).toBe(`${state} is a link to something that isn't there. Name another folder.`);
  });
});

describe('a stop during the start', () => {
  test.each([0.6, 1.4, 2.4])('works after %d s, and leaves nothing behind', async (seconds) => {
    const command = await runStartCommand(home, '--state', state);
    await sleep(seconds * 1000);
    const began = performance.now();
    command.process.kill('SIGTERM');
    const status = await command.status;
    expect(performance.now() - began).toBeLessThan(20_000);
    // If the start was faster, it has stopped cleanly.
    expect([143, -1, 0]).toContain(status);
    expect(await command.emulatorPid()).toBeUndefined();
    const next = await start(state);
    await makeCredential(next, 'after');
    await stop(next);
  });
});

const later = '{"format":99,"files":{}}';

async function start(folder: string, ...args: string[]): Promise<StartCommand> {
  const command = await runStartCommand(home, '--state', folder, ...args);
  running.push(command);
  await command.ready();
  return command;
}

async function stop(command: StartCommand): Promise<void> {
  command.process.kill('SIGINT');
  expect(await command.status, command.output()).toBe(0);
}

/** As a terminal that is killed does it: all at once, so that nobody can tell the emulator. */
async function killGroup(command: StartCommand): Promise<void> {
  process.kill(-(command.process.pid ?? 0), 'SIGKILL');
  await command.status;
}

async function setPatterns(command: StartCommand, username: string, patterns: string[]): Promise<void> {
  const { clients, description } = await command.ready();
  await clients.dynamodb.send(
    new UpdateItemCommand({
      TableName: description.table,
      Key: marshall({ PK: 'SMTP_USER', SK: `USER#${username}` }),
      UpdateExpression: 'SET allowed_from_addresses = :patterns',
      ExpressionAttributeValues: marshall({ ':patterns': patterns }),
    }),
  );
}

async function deleteRecord(command: StartCommand, username: string): Promise<void> {
  const { clients, description } = await command.ready();
  const Key = marshall({ PK: 'SMTP_USER', SK: `USER#${username}` });
  await clients.dynamodb.send(new DeleteItemCommand({ TableName: description.table, Key }));
}

/** By username: for each key which addresses its user may send from, and the key's status. */
async function readIam(command: StartCommand): Promise<Record<string, string[]>> {
  const { iam } = (await command.ready()).clients;
  const found: Record<string, string[]> = {};
  const { Users = [] } = await iam.send(new ListUsersCommand({ PathPrefix: '/ses-smtp/' }));
  for (const { UserName = '' } of Users) {
    const name = { UserName };
    const [keys, policies] = await Promise.all([
      iam.send(new ListAccessKeysCommand(name)),
      iam.send(new ListUserPoliciesCommand(name)),
    ]);
    const documents = await Promise.all(
      (policies.PolicyNames ?? []).map((PolicyName) => iam.send(new GetUserPolicyCommand({ ...name, PolicyName }))),
    );
    const text = documents.map(({ PolicyDocument = '' }) => decodeURIComponent(PolicyDocument)).join();
    const shown = [...new Set(text.match(/\w+@example\.com/g))].join(' ');
    const username = UserName.replace(/^ses-smtp-user-|-\d+$/g, '');
    const ofUser = (keys.AccessKeyMetadata ?? []).map(({ Status }) => `${shown} ${Status}`);
    found[username] = [...(found[username] ?? []), ...ofUser];
  }
  iam.destroy();
  return found;
}

async function makeCredential(command: StartCommand, username: string): Promise<void> {
  const { clients, description } = await command.ready();
  const records = createCredentialRecords(clients.dynamodb, description.table);
  await records.insert(username, [`${username}@example.com`]);
  await records.waitForStatus(username, 'active');
  clients.destroy();
}

/** Waits until the saved state shows the credential as active. */
async function savedWith(username: string): Promise<void> {
  const isSaved = () => {
    const text = readFileSync(join(state, 'dynamodb.json'), 'utf8');
    return text.includes(username) && text.slice(text.indexOf(username)).includes('"active"');
  };
  await expect.poll(isSaved, { timeout: 15_000 }).toBe(true);
}

async function expectToSend(command: StartCommand, username: string): Promise<void> {
  const { clients, description } = await command.ready();
  const record = await createCredentialRecords(clients.dynamodb, description.table).waitForStatus(username, 'active');
  const password = await readSmtpPassword({ clients, description }, record);
  const reply = await sendTestMail(
    description,
    { user: String(record['access_key_id']), password },
    { from: `${username}@example.com`, to: 'success@simulator.amazonses.com', security: 'TLS', subject: 'Hello' },
  );
  expect(reply).toMatch(/^250 /);
  clients.destroy();
}

async function expectOneUserEach(command: StartCommand, usernames: string[]): Promise<void> {
  const { clients } = await command.ready();
  const { Users = [] } = await clients.iam.send(new ListUsersCommand({}));
  const names = Users.map(({ UserName = '' }) => UserName).filter((name) => name.startsWith('ses-smtp-user-'));
  expect(names.map((name) => name.replace(/^ses-smtp-user-|-\d+$/g, '')).sort()).toEqual([...usernames].sort());
  clients.destroy();
}

/** The state's files, without the lock, which names the process that uses it. */
function contentOf(folder: string): Record<string, string> {
  const files = readdirSync(folder).filter((name) => name !== 'lock' && statSync(join(folder, name)).isFile());
  return Object.fromEntries(files.map((name) => [name, readFileSync(join(folder, name), 'base64')]));
}

function halve(file: string): void {
  const content = readFileSync(file);
  writeFileSync(file, content.subarray(0, content.length / 2));
}
