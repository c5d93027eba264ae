import type { CredentialTable, Item } from '../credential/credential-table.ts';
import { isIamUserNameOf } from '../credential/iam/iam-user-name.ts';
import { readUsernameHint } from '../credential/iam/username-of-iam-user.ts';
import { type CredentialRecord, iamUserNameOfItem, readRecord } from '../credential/record/record.ts';
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

  /**
   * The usernames that an IAM user may have been made for, by its name alone. A shortened name is looked up by its prefix. It may also be
   * the whole of another username: only the records tell.
   */
  async function findCandidates(iamUserName: string): Promise<readonly string[]> {
    const hint = readUsernameHint(iamUserName);
    if (hint === undefined) return [];
    if (hint.beginning === undefined) return [hint.whole];
    const found = await lookup.findUsernames(hint.beginning);
    return [...new Set([...found, hint.whole])].filter((username) => isIamUserNameOf(username, iamUserName));
  }

  async function preload(iamUserNames: readonly string[]): Promise<void> {
    const missing = [...new Set(iamUserNames)].filter((name) => findKept(name) === undefined);
    const candidates = await Promise.all(missing.map(findCandidates));
    const items = await lookup.readMany(candidates.flat());
    for (const [index, name] of missing.entries()) {
      const username = chooseRecord(name, candidates[index] ?? [], items);
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
      const known = kept.get(iamUserName)?.record.username;
      const usernames = known === undefined ? await findCandidates(iamUserName) : [known];
      const items = new Map<string, Item>();
      for (const username of usernames) {
        const item = await credentials.read(username);
        if (item !== undefined) items.set(username, item);
      }
      const username = chooseRecord(iamUserName, usernames, items);
      if (username !== undefined) return keep(iamUserName, username, items.get(username) ?? {});
      kept.delete(iamUserName);
      return undefined;
    },
    forget: (iamUserName) => void kept.delete(iamUserName),
  };
}

/**
 * The username whose record names this IAM user. Otherwise the only one that has a record: the IAM user may be an earlier one of the same
 * username. With two of them nobody can say whose it was.
 */
function chooseRecord(
  iamUserName: string,
  usernames: readonly string[],
  items: ReadonlyMap<string, Item>,
): string | undefined {
  const present = usernames.filter((username) => items.has(username));
  const own = present.find((username) => iamUserNameOfItem(username, items.get(username) ?? {}) === iamUserName);
  return own ?? (present.length === 1 ? present[0] : undefined);
}
