import { beforeEach, describe, expect, it } from 'vitest';
import type { Item } from '../credential/credential-table.ts';
import { buildIamUserName } from '../credential/iam/iam-user-name.ts';
import { createCachedCredentials } from './cached-credentials.ts';

const createdAtMs = 1_764_000_000_000;
const long = 'marketing.department.newsletters@germany.example.com';
const nameOf = (username: string, atMs = createdAtMs) => buildIamUserName(username, atMs);
const arnOf = (name: string) => `arn:aws:iam::123456789012:user/ses-smtp/eu-west-1/mail/${name}`;
/** A username that is, letter by letter, what the long one is shortened to. */
const twin = nameOf(long).slice('ses-smtp-user-'.length, -'-1764000000000'.length);

let items: Map<string, Item>;
let reads: string[][];
const lookup = {
  readMany: (usernames: readonly string[]) => {
    reads.push([...usernames]);
    const found = usernames.flatMap((name) => (items.has(name) ? [[name, items.get(name) ?? {}] as const] : []));
    return Promise.resolve(new Map(found));
  },
  findUsernames: (beginning: string) => Promise.resolve([...items.keys()].filter((name) => name.startsWith(beginning))),
};
const create = () =>
  createCachedCredentials({
    lookup,
    credentials: { read: (username) => Promise.resolve(items.get(username)) },
    cacheSeconds: 60,
    now: () => createdAtMs,
  });
const insert = (username: string, atMs = createdAtMs) =>
  items.set(username, { status: 'active', iam_user_arn: arnOf(nameOf(username, atMs)) });

beforeEach(() => {
  items = new Map();
  reads = [];
});

describe('the record of an IAM user', () => {
  it.each([1, 36, 37, 52, 128])('is found for a username of %i characters', async (length) => {
    const username = `${'a'.repeat(length - 1)}z`;
    insert(username);
    insert(`${username}x`.slice(-128));
    const cache = create();
    expect((await cache.find(nameOf(username)))?.username).toBe(username);
    expect((await cache.findFresh(nameOf(username)))?.username).toBe(username);
    expect(reads).toHaveLength(1);
  });

  it('is found for an earlier IAM user of the same username', async () => {
    insert(long, createdAtMs + 1000);
    expect((await create().find(nameOf(long)))?.username).toBe(long);
  });

  it('is not that of a username that looks like the shortened one', async () => {
    insert(long);
    insert(twin, createdAtMs + 5000);
    const cache = create();
    expect((await cache.find(nameOf(long)))?.username).toBe(long);
    expect((await cache.find(nameOf(twin, createdAtMs + 5000)))?.username).toBe(twin);
    expect((await cache.findFresh(nameOf(long)))?.username).toBe(long);
  });

  it('is unknown where two usernames fit and neither record names the IAM user', async () => {
    insert(long, createdAtMs + 1000);
    insert(twin, createdAtMs + 5000);
    expect(await create().find(nameOf(long))).toBeUndefined();
  });

  it('is unknown without a record, and for other names', async () => {
    const cache = create();
    for (const name of [nameOf(long), nameOf('ann'), 'root', 'AdminRole'])
      expect(await cache.find(name)).toBeUndefined();
    insert(long);
    expect((await cache.find(nameOf(long)))?.username).toBe(long);
  });
});
