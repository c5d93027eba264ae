import type { CredentialTable, Item } from '../credential/credential-table.ts';
import { findUsername, readUsernameHint } from '../credential/iam/username-of-iam-user.ts';
import { type CredentialRecord, readRecord } from '../credential/record/record.ts';
import type { CredentialLookup } from '../mail-events/stores.ts';

/** The maximum number of cached records. */
const maxKept = 2_000;

/** Finds records by the names of IAM users. */
export interface CachedCredentials {
  /** Reads the uncached records of these users, in as few calls as possible. */
  preload(iamUserNames: readonly string[]): Promise<void>;
  /** The record of the IAM user's username, possibly from the cache. */
  find(iamUserName: string): Promise<CredentialRecord | undefined>;
  /** The same record, read now. */
  findFresh(iamUserName: string): Promise<CredentialRecord | undefined>;
  /** Drops the record from the cache. */
  forget(iamUserName: string): void;
}

export interface CachedCredentialsDeps {
  readonly lookup: CredentialLookup;
  readonly credentials: Pick<CredentialTable, 'read'>;
  readonly cacheSeconds: number;
  readonly now: () => number;
}

/** An IAM user name usually contains the full username, so a BatchGetItem by key suffices. Misses are not cached. */
export function createCachedCredentials({
  lookup,
  credentials,
  cacheSeconds,
  now,
}: CachedCredentialsDeps): CachedCredentials {
  const kept = new Map<string, { readonly record: CredentialRecord; readonly atMs: number }>();

  function keep(iamUserName: string, username: string, item: Item): CredentialRecord {
    const record = readRecord(username, item);
    kept.delete(iamUserName);
    kept.set(iamUserName, { record, atMs: now() });
    for (const oldest of kept.keys()) {
      if (kept.size <= maxKept) break;
      kept.delete(oldest);
    }
    return record;
  }

  function findKept(iamUserName: string): CredentialRecord | undefined {
    const known = kept.get(iamUserName);
    return known !== undefined && now() - known.atMs < cacheSeconds * 1000 ? known.record : undefined;
  }

  /** The username of an IAM user name. A shortened one is looked up by its prefix. */
  async function resolve(iamUserName: string): Promise<string | undefined> {
    const known = kept.get(iamUserName);
    if (known !== undefined) return known.record.username;
    const hint = readUsernameHint(iamUserName);
    if (hint?.beginning === undefined) return hint?.whole;
    return findUsername(iamUserName, [hint.whole, ...(await lookup.findUsernames(hint.beginning))]);
  }

  async function preload(iamUserNames: readonly string[]): Promise<void> {
    const missing = [...new Set(iamUserNames)].filter((name) => findKept(name) === undefined);
    const usernames = await Promise.all(missing.map(resolve));
    const items = await lookup.readMany(usernames.filter((username) => username !== undefined));
    for (const [index, name] of missing.entries()) {
      const username = usernames[index];
      const item = username === undefined ? undefined : items.get(username);
      if (username !== undefined && item !== undefined) keep(name, username, item);
      else kept.delete(name);
    }
  }

  return {
    preload,
    async find(iamUserName) {
      if (findKept(iamUserName) === undefined) await preload([iamUserName]);
      return findKept(iamUserName);
    },
    async findFresh(iamUserName) {
      const username = await resolve(iamUserName);
      const item = username === undefined ? undefined : await credentials.read(username);
      if (username !== undefined && item !== undefined) return keep(iamUserName, username, item);
      kept.delete(iamUserName);
      return undefined;
    },
    forget: (iamUserName) => void kept.delete(iamUserName),
  };
}
