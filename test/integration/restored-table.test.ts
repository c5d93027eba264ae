import { readFileSync } from 'node:fs';
import { GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { GetUserCommand, ListAccessKeysCommand } from '@aws-sdk/client-iam';
import { marshall } from '@aws-sdk/util-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { nameDeployment } from '../../local/local-deployment.ts';
import { localSettings } from '../../local/local-settings.ts';
import { sendTestMail } from '../../local/send-test-mail.ts';
import { keyOfUsername } from '../../src/credential/credential-key.ts';
import { createCredentialAdministration } from '../support/credential-administration.ts';
import { iamPropagated, testIamLag } from '../support/iam-lag.ts';
import { iamUsersOf } from '../support/iam-users-of.ts';
import { readSmtpPassword } from '../support/read-smtp-password.ts';
import { restoreTable, switchOnStream } from '../support/restore-table.ts';
import { runSweep } from '../support/run-sweep.ts';
import { type OwnLocalStack, startLocalStack } from '../support/start-local-stack.ts';
import { waitUntil } from '../support/wait-until.ts';

/** A table that was restored from a backup as docs/runbooks/restore-table.md says, under its own name and under others. */

type Item = Record<string, unknown>;

const former = localSettings.table;
const timings = { settleSeconds: 1, verificationDelaySeconds: 0 };
const stacks: OwnLocalStack[] = [];
/** The stack whose functions run, and its administrator's actions. */
let stack: OwnLocalStack;
let admin: ReturnType<typeof createCredentialAdministration>;

const longList = Array.from({ length: 60 }, (_, index) => `long-of-a-rather-long-name-${100 + index}@example.com`);
const usernames = [
  'kept',
  'lost',
  'turned',
  'stops',
  'stays',
  'goes.off',
  'proven',
  'turning',
  'leaves',
  'leaves.moved',
];

beforeAll(async () => {
  run(await startLocalStack({ iamLag: testIamLag(), timings }));
  await Promise.all([
    ...usernames.map((username) => admin.create(username)),
    admin.create('long', longList),
    admin.create('was.off'),
  ]);
  await Promise.all([...usernames, 'long', 'was.off'].map((username) => admin.waitFor(username, isVerified, 30)));
  await admin.edit('was.off', { status: 'disabled' });
  await admin.waitFor('was.off', isOff);
  const { access_key_id: old } = await read('turning');
  await admin.edit('turning', { rotate_requested: true });
  await admin.waitFor('turning', (record) => record['access_key_id'] !== old && isVerified(record), 30);
});

afterAll(async () => {
  // The first one has the emulator.
  for (const { stop } of stacks.reverse()) await stop();
});

function run(started: OwnLocalStack): void {
  stacks.push(started);
  stack = started;
  admin = createCredentialAdministration(stack.description, stack.clients);
}

/** Replaces the deployment by one of the same functions with another table. */
async function deployTo(table: string, previousTableNames: string[]): Promise<void> {
  const [first] = stacks;
  const { region, namePrefix, identity, keyAlias } = localSettings;
  const deployment = nameDeployment({ region, namePrefix, identity, keyAlias, table, previousTableNames });
  run(await startLocalStack({ account: first?.account, deployment, timings }));
}

const isVerified = ({ verified_at }: Item) => verified_at !== undefined;
const isOff = ({ status, disabled_at }: Item) => status === 'disabled' && disabled_at !== undefined;
const read = async (username: string): Promise<Item> => (await admin.read(username)) ?? {};
const userOf = (record: Item) => String(record['iam_user_arn']).split('/').at(-1) ?? '';

async function keysOf(username: string): Promise<string[]> {
  const names = await iamUsersOf(stack.clients.iam, username);
  const lists = await Promise.all(
    names.map((UserName) => stack.clients.iam.send(new ListAccessKeysCommand({ UserName }))),
  );
  const keys = lists.flatMap(({ AccessKeyMetadata = [] }) => AccessKeyMetadata);
  return keys.map(({ AccessKeyId, Status }) => `${AccessKeyId} ${Status}`).sort();
}

/** Decrypts the password in the context of a table's name, and sends with it. */
async function send(table: string, record: Item, from?: string): Promise<string> {
  const username = String(record['SK']).slice('USER#'.length);
  const password = await readSmtpPassword(stack, record, table);
  await iamPropagated();
  return sendTestMail(
    stack.description,
    { user: String(record['access_key_id']), password },
    {
      from: from ?? `${username}@example.com`,
      to: 'success@simulator.amazonses.com',
      security: 'TLS',
      subject: 'Restored',
    },
  );
}

/** The refusals in the functions' log: which call was denied, and on what. */
const deniedCalls = () =>
  readFileSync(stack.description.logs.functions, 'utf8')
    .split('\n')
    .filter((line) => /AccessDenied|not authorized/.test(line));

/** Checks that ARN and tags have the deployment's names. */
async function expectUserOf(username: string, table: string): Promise<void> {
  const { region } = stack.description;
  const record = await read(username);
  const { User } = await stack.clients.iam.send(new GetUserCommand({ UserName: userOf(record) }));
  expect(User?.Arn, username).toBe(record['iam_user_arn']);
  expect(User?.Arn).toContain(`:user/ses-smtp/${region}/${table}/`);
  expect(User?.Tags).toContainEqual({ Key: 'sesame:table', Value: `${region}/${table}` });
}

describe('restored under its own name', () => {
  const backup = 'mail-backup';
  const before = new Map<string, Item>();

  /** Copies a whole item back. */
  async function putBack(username: string): Promise<void> {
    const { dynamodb } = stack.clients;
    const { Item } = await dynamodb.send(
      new GetItemCommand({ TableName: backup, Key: marshall(keyOfUsername(username)) }),
    );
    await dynamodb.send(new PutItemCommand({ TableName: former, Item }));
  }

  beforeAll(async () => {
    await restoreTable(stack.clients.dynamodb, former, backup);
    for (const username of ['kept', 'lost', 'turned']) before.set(username, await read(username));
    // Changes after the backup.
    await admin.edit('kept', { allowed_from_addresses: ['after@example.com'] });
    await admin.waitFor('kept', ({ policy_digest }) => policy_digest !== before.get('kept')?.['policy_digest']);
    await admin.edit('turned', { rotate_requested: true });
    await admin.waitFor('turned', ({ access_key_id }) => access_key_id !== before.get('turned')?.['access_key_id']);
    await admin.remove('lost');
    await waitUntil(async () => (await iamUsersOf(stack.clients.iam, 'lost')).length === 0);
    for (const username of before.keys()) await putBack(username);
    // The sweep doesn't compare users that are younger than IAM's lag.
    const isComplete = async () => (await read('lost'))['access_key_id'] !== before.get('lost')?.['access_key_id'];
    await waitUntil(async () => {
      await runSweep(stack);
      return (await isComplete()) && (await keysOf('turned')).length === 1;
    }, 30);
  });

  it('a record that was changed after the backup is as in the backup, with its password', async () => {
    const { access_key_id, encrypted_password } = before.get('kept') ?? {};
    const record = await admin.waitForStatus('kept', 'active');
    expect(record).toMatchObject({ access_key_id, encrypted_password });
    expect(await send(former, record)).toMatch(/^250 /);
    expect(await send(former, record, 'after@example.com')).toMatch(/^554 /);
  });

  it('a record that was deleted comes back with a new user and a new password, and leaves no key', async () => {
    const record = await admin.waitForStatus('lost', 'active');
    expect(record['last_transition']).toMatchObject({ name: 'recreated' });
    expect(record['encrypted_password']).not.toBe(before.get('lost')?.['encrypted_password']);
    expect(await iamUsersOf(stack.clients.iam, 'lost')).toEqual([userOf(record)]);
    expect(await keysOf('lost')).toEqual([`${record['access_key_id']} Active`]);
    expect(await send(former, record)).toMatch(/^250 /);
  });

  it('a rotation after the backup is undone: the old key works, the new one is gone', async () => {
    const record = await admin.waitForStatus('turned', 'active');
    expect(record['access_key_id']).toBe(before.get('turned')?.['access_key_id']);
    expect(await keysOf('turned')).toEqual([`${record['access_key_id']} Active`]);
    expect(await send(former, record)).toMatch(/^250 /);
  });

  it('the next sweep finds nothing', async () => {
    expect(await runSweep(stack)).toEqual([]);
  });
});

describe('restored under another name, without previous_table_names', () => {
  const table = 'mail-unaware';

  beforeAll(async () => {
    const { dynamodb } = stack.clients;
    await restoreTable(dynamodb, former, table, (username) => ['stops', 'stays'].includes(username));
    await switchOnStream(dynamodb, table);
    await deployTo(table, []);
  });

  it('disabled is not applied, and the record says so and what to set', async () => {
    await admin.edit('stops', { status: 'disabled' });
    const record = await admin.waitFor('stops', ({ failure }) => failure !== undefined);
    expect(record).toMatchObject({
      status: 'disabled',
      failure: {
        code: 'IamUserNotOwned',
        wish: 'disabled',
        message: expect.stringContaining(`add "${former}" to previous_table_names`),
      },
    });
    expect(record).not.toHaveProperty('disabled_at');
    expect(await keysOf('stops')).toEqual([`${record['access_key_id']} Active`]);
    expect(await send(former, record)).toMatch(/^250 /);
  });

  it('a sweep alerts a person two minutes later', async () => {
    const { failure } = await read('stops');
    const since = new Date(Date.now() - 121_000).toISOString();
    await admin.edit('stops', { failure: { ...(failure as Item), since } });
    await waitUntil(async () => (await runSweep(stack)).includes('stops not-disabled'), 20);
    expect(await read('stops')).toMatchObject({ failure: { wish: 'disabled', since } });
    expect(await keysOf('stops')).toEqual([expect.stringMatching(/ Active$/)]);
  });

  it('a credential keeps working, and its record fails', async () => {
    const record = await admin.waitForStatus('stays', 'failed');
    expect(record).toMatchObject({ failure: { code: 'IamUserNotOwned' } });
    expect(await send(former, record)).toMatch(/^250 /);
  });

  it('a sweep repairs everything once the name is set', async () => {
    await deployTo(table, [former]);
    await waitUntil(async () => {
      await runSweep(stack);
      return isOff(await read('stops'));
    }, 20);
    expect(await keysOf('stops')).toEqual([expect.stringMatching(/ Inactive$/)]);
    expect(await admin.waitForStatus('stays', 'active')).not.toHaveProperty('failure');
    await expectUserOf('stays', table);
  });
});

describe('restored under another name, with previous_table_names', () => {
  const table = 'mail-restored';
  const restored = ['goes.off', 'was.off', 'proven', 'turning', 'long', 'leaves', 'leaves.moved'];
  const before = new Map<string, Item>();

  beforeAll(async () => {
    const { dynamodb } = stack.clients;
    await restoreTable(dynamodb, former, table, (username) => restored.includes(username));
    await switchOnStream(dynamodb, table);
    await deployTo(table, [former]);
    for (const username of restored) before.set(username, await read(username));
  });

  it('every password decrypts with the former name', async () => {
    for (const username of ['goes.off', 'proven', 'turning', 'long']) {
      const record = await read(username);
      expect(
        await send(former, record, String([...(record['allowed_from_addresses'] as Iterable<string>)][0])),
      ).toMatch(/^250 /);
      await expect(readSmtpPassword(stack, record, table)).rejects.toMatchObject({
        name: 'InvalidCiphertextException',
      });
    }
    const record = await read('turning');
    expect(await send(former, { ...record, ...(record['previous_key'] as Item) })).toMatch(/^250 /);
  });

  it('disabled disables at once, before any sweep', async () => {
    await admin.edit('goes.off', { status: 'disabled' });
    const record = await admin.waitFor('goes.off', isOff);
    expect(await keysOf('goes.off')).toEqual([`${record['access_key_id']} Inactive`]);
    expect(await send(former, record)).toMatch(/^535 /);
  });

  it('the verifier decrypts the password, and logs in', async () => {
    await admin.edit('proven', { status: 'disabled', verified_at: undefined });
    await admin.waitFor('proven', isOff);
    await admin.edit('proven', { status: 'pending' });
    const { access_key_id, encrypted_password } = before.get('proven') ?? {};
    expect(await admin.waitFor('proven', isVerified, 30)).toMatchObject({ access_key_id, encrypted_password });
  });

  it('addresses can be changed: that moves the user', async () => {
    const from = ['changed@example.com'];
    await admin.edit('proven', { allowed_from_addresses: from });
    const record = await admin.waitFor(
      'proven',
      ({ policy_digest }) => policy_digest !== before.get('proven')?.['policy_digest'],
    );
    await expectUserOf('proven', table);
    expect(await send(former, record, 'changed@example.com')).toMatch(/^250 /);
    expect(await send(former, record)).toMatch(/^554 /);
  });

  it('a record that is deleted before the sweep leaves no user and no key', async () => {
    await admin.remove('leaves');
    await waitUntil(async () => (await iamUsersOf(stack.clients.iam, 'leaves')).length === 0);
  });

  it('the sweep moves all others, and reports what was made after the backup', async () => {
    const found = await runSweep(stack);
    expect(found).toEqual(
      [
        ...['goes.off', 'was.off', 'turning', 'long', 'leaves.moved'].map((username) => `${username} former-path`),
        ...['kept', 'lost', 'turned'].map((username) => `${username} orphan-user`),
      ].sort(),
    );
    for (const username of restored.filter((name) => name !== 'leaves')) {
      await expectUserOf(username, table);
      const { access_key_id, encrypted_password } = before.get(username) ?? {};
      expect(await read(username)).toMatchObject({ access_key_id, encrypted_password });
    }
    expect(await keysOf('goes.off')).toEqual([expect.stringMatching(/ Inactive$/)]);
    expect(await keysOf('was.off')).toEqual([expect.stringMatching(/ Inactive$/)]);
    expect(await keysOf('turning')).toHaveLength(2);
  });

  it('long lists of addresses and old keys keep working', async () => {
    expect(await send(former, await read('long'), longList.at(-1))).toMatch(/^250 /);
    const turning = await read('turning');
    expect(await send(former, turning)).toMatch(/^250 /);
    expect(await send(former, { ...turning, ...(turning['previous_key'] as Item) })).toMatch(/^250 /);
  });

  it('a rotation binds the new password to the new name', async () => {
    const { access_key_id: old } = await read('long');
    await admin.edit('long', { rotate_requested: true });
    const record = await admin.waitFor('long', (now) => now['access_key_id'] !== old && isVerified(now), 30);
    expect(await send(table, record, longList[0])).toMatch(/^250 /);
    expect(await send(former, { ...record, ...(record['previous_key'] as Item) }, longList[0])).toMatch(/^250 /);
  });

  it('a record that is deleted after the sweep leaves no user and no key', async () => {
    await admin.remove('leaves.moved');
    await waitUntil(async () => (await iamUsersOf(stack.clients.iam, 'leaves.moved')).length === 0);
  });

  it('needs no permission that the functions lack', () => {
    // The record `lost` comes back a moment after its user was deleted. While IAM still shows that user, a write on it is refused: a
    // user that isn't there has no path, by which the role has its permissions. The next attempt makes a new one.
    const isAboutDeletedUser = (line: string) =>
      line.includes('"username":"lost"') && /iam:(?:CreateAccessKey|PutUserPolicy) failed/.test(line);
    expect(deniedCalls().filter((line) => !isAboutDeletedUser(line))).toEqual([]);
  });
});
