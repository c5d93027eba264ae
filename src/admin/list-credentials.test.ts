import { beforeEach, expect, it } from 'vitest';
import { FakeCloud } from '../../test/support/fake-cloud.ts';
import type { Item } from '../credential/credential-table.ts';
import type { CredentialFilter } from './credential-filter.ts';
import { listCredentials } from './list-credentials.ts';

let cloud: FakeCloud;
const deps = () => ({ credentials: cloud.credentials, now: () => 0 });
beforeEach(() => {
  cloud = new FakeCloud();
});

const put = (username: string, item: Item = {}) =>
  cloud.items.set(username, { status: 'active', allowed_from_addresses: [`${username}@example.com`], ...item });

async function namesOf(filter: CredentialFilter): Promise<string[]> {
  const { credentials } = await listCredentials({ filter }, deps());
  return credentials.map(({ username }) => username);
}

it('returns every credential once, page by page, and no empty page except a sole one', async () => {
  for (let index = 0; index < 23; index += 1) put(`user${String(index).padStart(2, '0')}`);
  for (const limit of [1, 2, 5, 23, 24]) {
    const names: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await listCredentials({ limit, cursor }, deps());
      expect(page.credentials.length).toBeGreaterThan(0);
      names.push(...page.credentials.map(({ username }) => username));
      cursor = page.nextCursor;
    } while (cursor !== undefined);
    expect(names).toEqual([...cloud.items.keys()]);
  }
  cloud = new FakeCloud();
  expect(await listCredentials({}, deps())).toEqual({ credentials: [], nextCursor: undefined });
});

it('ends a page before it is too large for an answer', async () => {
  for (let index = 10; index < 20; index += 1) put(`user${index}`, { description: 'x'.repeat(390_000) });
  const first = await listCredentials({ limit: 1_000 }, deps());
  expect(first.credentials).toHaveLength(6);
  const { credentials, nextCursor } = await listCredentials({ limit: 1_000, cursor: first.nextCursor }, deps());
  expect(credentials.map(({ username }) => username)).toEqual(['user16', 'user17', 'user18', 'user19']);
  expect(nextCursor).toBeUndefined();
});

it('goes on after any name that a record can have, and takes no other cursor', async () => {
  put('zoe');
  const after = (name: string) => ({ cursor: Buffer.from(`1:${name}`).toString('base64url') });
  for (const name of ['', '\n', 'x'.repeat(1_019)]) {
    expect((await listCredentials(after(name), deps())).credentials, name).toHaveLength(1);
  }
  await expect(listCredentials(after('x'.repeat(1_020)), deps())).rejects.toMatchObject({ code: 'InvalidCursor' });
});

it('reads on until the filter matches, and returns no cursor that leads to an empty page', async () => {
  for (let index = 0; index < 50; index += 1) put(`user${index}`);
  put('zoe', { owner: 'Zoe' });
  const page = await listCredentials({ filter: { owner: 'zoe' }, limit: 1 }, deps());
  expect(page).toMatchObject({ credentials: [{ username: 'zoe' }], nextCursor: undefined });
});

it('also continues after names that no credential may have', async () => {
  for (const username of ['a b', 'ä', 'ö#1']) put(username);
  const { nextCursor } = await listCredentials({ limit: 2 }, deps());
  const { credentials } = await listCredentials({ cursor: nextCursor }, deps());
  expect(credentials.map(({ username }) => username)).toEqual(['ö#1']);
});

it('filters', async () => {
  put('jane', { owner: 'Team Mail', labels: { env: 'prod', app: 'shop' }, access_key_id: 'AKIAJANE' });
  put('john', { status: 'disabled', labels: { env: 'test' }, description: 'Printer on floor 3' });
  put('wild', { allowed_from_addresses: new Set(['*@Example.org', '*@*.example.net']) });
  put('broken', { status: 'failed', allowed_from_addresses: 7, labels: 'none' });
  expect(await namesOf({})).toEqual(['broken', 'jane', 'john', 'wild']);
  expect(await namesOf({ state: 'disabling' })).toEqual(['john']);
  expect(await namesOf({ state: 'failed' })).toEqual(['broken']);
  expect(await namesOf({ owner: 'team mail' })).toEqual(['jane']);
  expect(
    await namesOf({
      labels: [
        ['env', 'prod'],
        ['app', 'shop'],
      ],
    }),
  ).toEqual(['jane']);
  expect(await namesOf({ labels: [['env', '']] })).toEqual(['jane', 'john']);
  expect(
    await namesOf({
      labels: [
        ['env', 'prod'],
        ['app', 'other'],
      ],
    }),
  ).toEqual([]);
  expect(
    await namesOf({
      labels: [
        ['env', 'prod'],
        ['env', 'test'],
      ],
    }),
  ).toEqual([]);
  for (const name of ['constructor', 'toString', '__proto__'])
    expect(await namesOf({ labels: [[name, '']] })).toEqual([]);
  expect(await namesOf({ domain: 'EXAMPLE.com' })).toEqual(['jane', 'john']);
  expect(await namesOf({ domain: 'example.org' })).toEqual(['wild']);
  expect(await namesOf({ domain: 'a.example.net' })).toEqual(['wild']);
  expect(await namesOf({ domain: 'example.net' })).toEqual([]);
  for (const text of ['FLOOR', 'john@', 'test']) expect(await namesOf({ text }), text).toEqual(['john']);
  expect(await namesOf({ text: 'akiajane' })).toEqual(['jane']);
  expect(await namesOf({ text: 'shop', state: 'disabled' })).toEqual([]);
});

it("shows the IAM user, if it is the credential's own", async () => {
  const iamUserArn = 'arn:aws:iam::123456789012:user/ses-smtp/eu-west-1/mail/ses-smtp-user-jane-1764000000000';
  put('jane', { iam_user_arn: iamUserArn });
  put('john', { iam_user_arn: iamUserArn });
  const { credentials } = await listCredentials({}, deps());
  expect(credentials.map((view) => view.iamUserArn)).toEqual([iamUserArn, undefined]);
});

it('shows no secret', async () => {
  put('jane', { encrypted_password: 'hidden', previous_key: { encrypted_password: 'hidden' } });
  expect(JSON.stringify(await listCredentials({}, deps()))).not.toContain('hidden');
});

it.each(['', 'x', Buffer.from('2:jane').toString('base64url'), `${Buffer.from('1:jane').toString('base64url')}=`])(
  'refuses the cursor %j',
  async (cursor) => {
    await expect(listCredentials({ cursor }, deps())).rejects.toMatchObject({
      code: 'InvalidCursor',
      kind: 'permanent',
    });
  },
);

it.each([0, -1, 1.5, Number.NaN, 1_001])('refuses a page of %d', async (limit) => {
  await expect(listCredentials({ limit }, deps())).rejects.toMatchObject({ code: 'InvalidLimit', kind: 'permanent' });
});
