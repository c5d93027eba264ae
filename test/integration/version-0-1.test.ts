import { readFileSync } from 'node:fs';
import { GetUserCommand, ListAccessKeysCommand, ListAttachedUserPoliciesCommand } from '@aws-sdk/client-iam';
import { ListEventSourceMappingsCommand, UpdateEventSourceMappingCommand } from '@aws-sdk/client-lambda';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLocalAdminDeps } from '../../local/local-admin-deps.ts';
import { sendTestMail } from '../../local/send-test-mail.ts';
import { readStatistics } from '../../src/admin/read-statistics.ts';
import { createCredentialAdministration } from '../support/credential-administration.ts';
import { iamPropagated, testIamLag } from '../support/iam-lag.ts';
import { readSmtpPassword } from '../support/read-smtp-password.ts';
import { runSweep } from '../support/run-sweep.ts';
import { type OwnLocalStack, startLocalStack } from '../support/start-local-stack.ts';
import { loadVersion01, readVersion01 } from '../support/version-0-1.ts';
import { waitUntil } from '../support/wait-until.ts';

/** State of version 0.1 in an account, with today's functions, roles and policies. */

type Item = Record<string, unknown>;

const leftovers = readVersion01();
const usernames = [...leftovers.keys()].sort();
const whole = usernames.filter((username) => username !== 'half.done');

let stack: OwnLocalStack;
let admin: ReturnType<typeof createCredentialAdministration>;
/** The records, with the keys that IAM gave them, before any change. */
const before = new Map<string, Item>();
let found: string[];

beforeAll(async () => {
  stack = await startLocalStack({ iamLag: testIamLag(), timings: { settleSeconds: 1, verificationDelaySeconds: 0 } });
  admin = createCredentialAdministration(stack.description, stack.clients);
  // The sweep moves everything; the manager gets the records afterwards.
  await readStream(false);
  for (const leftover of leftovers.values()) await loadVersion01(leftover, stack.description, stack.clients);
  for (const username of usernames) before.set(username, await read(username));
  await iamPropagated();
  found = await runSweep(stack);
});

afterAll(() => stack?.stop());

async function readStream(Enabled: boolean): Promise<void> {
  const { lambda } = stack.clients;
  const { EventSourceMappings = [] } = await lambda.send(
    new ListEventSourceMappingsCommand({ FunctionName: 'smtp-credential-manager' }),
  );
  expect(EventSourceMappings).toHaveLength(1);
  for (const { UUID } of EventSourceMappings) await lambda.send(new UpdateEventSourceMappingCommand({ UUID, Enabled }));
}

const read = async (username: string): Promise<Item> => (await admin.read(username)) ?? {};
const nameOf = (username: string) => leftovers.get(username)?.user.name ?? '';

async function keysOf(username: string): Promise<string[]> {
  const { AccessKeyMetadata = [] } = await stack.clients.iam.send(
    new ListAccessKeysCommand({ UserName: nameOf(username) }),
  );
  return AccessKeyMetadata.map(({ AccessKeyId, Status }) => `${AccessKeyId} ${Status}`).sort();
}

/** The keys on the record, with their statuses in the fixture. */
function keysBefore(username: string): string[] {
  const { access_key_id, previous_key } = before.get(username) ?? {};
  const current = leftovers.get(username)?.record['status'] === 'disabled' ? 'Inactive' : 'Active';
  const previous = (previous_key as Item | undefined)?.['access_key_id'];
  return [`${access_key_id} ${current}`, ...(previous === undefined ? [] : [`${previous} Active`])].sort();
}

const statisticsOf = (username: string) =>
  readStatistics({ username }, createLocalAdminDeps(stack.description, stack.clients));

/** Decrypts the password as before the move, and sends with it. */
async function send(record: Item): Promise<string> {
  const { clients, description } = stack;
  const password = await readSmtpPassword({ clients, description }, record);
  const [from] = [...(record['allowed_from_addresses'] as Iterable<string>)];
  return sendTestMail(
    description,
    { user: String(record['access_key_id']), password },
    { from: from ?? '', to: 'success@simulator.amazonses.com', security: 'TLS', subject: 'Moved' },
  );
}

describe('one sweep', () => {
  it('finds every user of version 0.1', () => {
    expect(found).toEqual([...whole.map((username) => `${username} former-path`), 'half.done half-done'].sort());
  });

  it.each(usernames)('moves the user of %s to path and tags of this version', async (username) => {
    const { region, table, accountId } = stack.description;
    const Arn = `arn:aws:iam::${accountId}:user/ses-smtp/${region}/${table}/${nameOf(username)}`;
    const { User } = await stack.clients.iam.send(new GetUserCommand({ UserName: nameOf(username) }));
    expect(User).toMatchObject({ Arn });
    expect(User?.Tags).toContainEqual({ Key: 'sesame:table', Value: `${region}/${table}` });
    expect(await read(username)).toMatchObject({ iam_user_arn: Arn });
    expect(await read(username)).not.toHaveProperty('failure');
    expect(await read(username)).not.toHaveProperty('claim');
    const { AttachedPolicies = [] } = await stack.clients.iam.send(
      new ListAttachedUserPoliciesCommand({ UserName: nameOf(username) }),
    );
    for (const { PolicyArn } of AttachedPolicies) expect(PolicyArn).toContain(`/ses-smtp/${region}/${table}/`);
    expect(AttachedPolicies).toHaveLength(username === 'long' ? 1 : 0);
  });

  it.each(whole)('leaves keys and passwords of %s as they were', async (username) => {
    expect(await keysOf(username)).toEqual(keysBefore(username));
    const { access_key_id, encrypted_password, previous_key, status } = before.get(username) ?? {};
    const record = await read(username);
    expect(record).toMatchObject({ access_key_id, encrypted_password, status });
    expect(record['previous_key']).toEqual(previous_key);
  });

  it('finishes an unfinished user, with one key', async () => {
    expect(await read('half.done')).toMatchObject({ status: 'active' });
    expect(await keysOf('half.done')).toEqual([`${(await read('half.done'))['access_key_id']} Active`]);
  });

  it('needs no permission that the functions lack', () => {
    const log = readFileSync(stack.description.logs.functions, 'utf8');
    expect(log).toContain('SWEEP_RUN_DONE');
    expect(log).not.toMatch(/AccessDenied|not authorized/);
  });

  it('finds no user to move the next time', async () => {
    expect((await runSweep(stack)).filter((finding) => !finding.endsWith(' unverified'))).toEqual([]);
  });
});

describe('after the move', () => {
  beforeAll(() => iamPropagated());

  it.each(['short', 'long', 'rotating', 'half.done'])('%s sends with its password', async (username) => {
    expect(await send(await read(username))).toMatch(/^250 /);
  });

  it('the old key of a rotation sends until its grace period is over', async () => {
    const record = await read('rotating');
    expect(await send({ ...record, ...(record['previous_key'] as Item) })).toMatch(/^250 /);
  });

  it.each(['off', 'off.long'])('%s stays disabled', async (username) => {
    expect(await send(await read(username))).toMatch(/^535 /);
  });

  it('a mail is counted for the record of the user that sent it', async () => {
    await waitUntil(async () => (await statisticsOf('rotating')).windows.day.sends === 2, 30);
    for (const username of ['short', 'long', 'half.done']) {
      await waitUntil(async () => (await statisticsOf(username)).windows.day.sends === 1, 30);
    }
  });

  it('late stream records change nothing', async () => {
    await readStream(true);
    await admin.edit('short', { status: 'disabled' });
    await admin.waitFor('short', ({ disabled_at }) => disabled_at !== undefined);
    for (const username of whole.filter((name) => name !== 'short')) {
      expect(await keysOf(username), username).toEqual(keysBefore(username));
    }
    expect(await keysOf('short')).toEqual([expect.stringMatching(/ Inactive$/)]);
    await admin.remove('long');
    await waitUntil(async () => {
      const answer = await stack.clients.iam.send(new GetUserCommand({ UserName: nameOf('long') })).catch(String);
      return String(answer).startsWith('NoSuchEntity');
    });
    expect(readFileSync(stack.description.logs.functions, 'utf8')).not.toMatch(/AccessDenied|not authorized/);
  });
});
