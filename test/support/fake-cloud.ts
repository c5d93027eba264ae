import type { CredentialTable, Item, RecordChange, WriteResult } from '../../src/credential/credential-table.ts';
import { SesameError } from '../../src/credential/errors.ts';
import type { IamTag } from '../../src/credential/iam/iam-user-name.ts';
import {
  type AccessKey,
  IamUserMissingError,
  type IamUsers,
  type UserPolicy,
} from '../../src/credential/iam/iam-users.ts';
import type { PasswordEncryption } from '../../src/credential/iam/password-encryption.ts';
import { policyNotVisible } from '../../src/credential/iam/propagation.ts';
import { MAX_INLINE_POLICY_LENGTH } from '../../src/credential/iam/sending-policy.ts';
import { editOnRevision, removeOnRevision } from '../../src/credential/record/edit-on-revision.ts';
import type { GuardedValue } from '../../src/credential/record/revision.ts';
import { Secret } from '../../src/credential/secret.ts';
import { canonicalText } from '../../src/values/canonical-text.ts';

export interface FakeUser {
  arn: string;
  tags: readonly IamTag[];
  readonly keys: Map<string, { status: AccessKey['status']; secret: string; createdAtMs?: number }>;
  policy?: UserPolicy;
  /** When the managed policy was put. */
  managedAtMs?: number;
  /** A managed policy that is still attached in addition to the inline one. */
  leftPolicy?: UserPolicy;
  /** A managed policy under a path that isn't the deployment's own. */
  formerPolicy?: UserPolicy;
  quarantined?: boolean;
  /** Somebody has detached its managed policy, which is there all the same. */
  isDetached?: boolean;
  /** The ARN of a foreign permissions boundary, or `none`. */
  boundary?: string;
  /** The number of characters in foreign inline policies. */
  foreignInlineLength?: number;
  /** AWS's message about a foreign attachment that prevents the user's deletion. */
  deleteConflict?: string;
}

/**
 * The fate of a call: it works, never arrives, or works without a response. `repeated`: the client sends it twice, because the first
 * response was lost. `die` also ends the caller. `not visible yet`: IAM doesn't show the new user or key yet. A write then does
 * nothing; a read is refused, because IAM doesn't know the path and tags that the caller's permission depends on. `denied yet`: so is a
 * write.
 */
export type Fate =
  | 'works'
  | 'refused'
  | 'answer lost'
  | 'repeated'
  | 'die before'
  | 'die after'
  | 'not visible yet'
  | 'denied yet';

/** The state of a user before a call. */
interface PastUser {
  readonly untilCall: number;
  readonly untilMs: number;
  readonly user: FakeUser | undefined;
}

/** The caller's process ended, so none of its code runs any more. */
class ProcessDiedError extends Error {}

/**
 * An AWS account in memory with the same conditional writes and refusals, for tests that interrupt a flow at every call. Tests on the
 * emulator show that the real adapters behave alike.
 */
export class FakeCloud {
  readonly items = new Map<string, Item>();
  readonly users = new Map<string, FakeUser>();
  readonly calls: string[] = [];
  /** ARNs of managed policies that are attached to nobody, and when each was changed last. */
  readonly unattachedPolicies = new Map<string, number>();
  readonly lastUsedMs = new Map<string, number>();
  /**
   * The lag of a read of IAM, as a number of calls: it shows the user before that many calls. Writes don't lag. AWS documents no
   * maximum; here it is `longestLagMs`.
   */
  lag: (call: string) => number = () => 0;
  longestLagMs = 240_000;
  /** The account's clock. */
  now: () => number = () => 0;
  /** The largest item that the table takes, in characters of its JSON. */
  itemLimit = Number.POSITIVE_INFINITY;
  /** Called when a key is deleted. */
  onKeyDeleted: (connection: FakeConnection, iamUserName: string, accessKeyId: string) => void = () => {};
  readonly #past = new Map<string, PastUser[]>();
  /** The time of CreateUser, by user. */
  readonly createdAtMs = new Map<string, number>();
  /** The part of an ARN before the user's name: the path of the table mail in eu-west-1. */
  userArnPrefix = 'arn:aws:iam::123456789012:user/ses-smtp/eu-west-1/mail/';
  /** Decides the fate of the next call. Numbers start at 0. */
  fate: (call: string, number: number) => Fate = () => 'works';
  /** Resolves when a call may continue. A scheduler can decide here whose turn it is. */
  turn: (call: string) => Promise<void> = () => Promise.resolve();
  /** Called for every change of an item, like the table's stream. */
  onChange: (username: string, before: Item | undefined, after: Item | undefined) => void = () => {};
  #keys = 0;
  readonly #own = new FakeConnection(this);
  readonly credentials = this.#own.credentials;
  readonly iamUsers = this.#own.iamUsers;
  readonly encryption = this.#own.encryption;

  /** Starts a process, which can die alone. */
  connect(): FakeConnection {
    return new FakeConnection(this);
  }

  /** Starts a new process, whose calls succeed again. */
  revive(): void {
    this.#own.isDead = false;
  }

  /** Replaces or deletes an item. */
  put(username: string, item: Item | undefined): void {
    const before = this.items.get(username);
    if (item === undefined) this.items.delete(username);
    else this.items.set(username, item);
    this.onChange(username, before, item);
  }

  /** Adds a foreign key; undefined when there are two already. */
  addKey(user: FakeUser): string | undefined {
    if (user.keys.size >= 2) return undefined;
    this.#keys += 1;
    const accessKeyId = `AKIA${String(this.#keys).padStart(16, '0')}`;
    user.keys.set(accessKeyId, {
      status: 'Active',
      secret: `secret of ${accessKeyId}`,
      createdAtMs: this.now(),
    });
    return accessKeyId;
  }

  /** Somebody gives a user another name: it keeps keys, tags and policies. */
  renameUser(name: string, newName: string): void {
    const user = this.findUser(name);
    if (user === undefined) throw new IamUserMissingError(name);
    this.remember(name);
    this.remember(newName);
    this.users.delete(name);
    this.users.set(newName, { ...user, arn: user.arn.replace(/[^/]*$/, newName) });
  }

  /** IAM's names are case-insensitive. */
  findUser(name: string): FakeUser | undefined {
    const lower = name.toLowerCase();
    return this.users.get(name) ?? [...this.users].find(([other]) => other.toLowerCase() === lower)?.[1];
  }

  /** Keeps a user's state before a change, which IAM may show for a while. */
  remember(name: string): void {
    const past = this.#past.get(name.toLowerCase()) ?? [];
    const user = this.findUser(name);
    past.push({
      untilCall: this.calls.length,
      untilMs: this.now(),
      user: user === undefined ? undefined : structuredClone(user),
    });
    this.#past.set(name.toLowerCase(), past);
  }

  /** The state of a user that IAM shows. */
  showUser(call: string, name: string): FakeUser | undefined {
    const lag = this.lag(call);
    if (lag === 0) return this.findUser(name);
    const shown = this.#past
      .get(name.toLowerCase())
      ?.find(
        ({ untilCall, untilMs }) => untilCall > this.calls.length - lag && untilMs > this.now() - this.longestLagMs,
      );
    return shown === undefined ? this.findUser(name) : shown.user;
  }
}

/** A process's connection to the account. */
export class FakeConnection {
  isDead = false;
  /** The fate of this process's next call. It precedes the account's `fate`. */
  nextFate: Fate | undefined;
  /** Whether a call is in flight. */
  #isCalling = false;
  /** Whether the client gave up the call in flight because it took too long. Such a call never arrives. */
  #isGivenUp = false;
  /** The calls of this process so far. */
  readonly called = new Set<string>();
  /** The keys that this process has made. */
  readonly madeKeys = new Set<string>();
  readonly #cloud: FakeCloud;
  readonly credentials: CredentialTable;
  readonly iamUsers: IamUsers;
  readonly encryption: PasswordEncryption;

  constructor(cloud: FakeCloud) {
    this.#cloud = cloud;
    this.credentials = this.#createCredentials();
    this.iamUsers = this.#createIamUsers();
    this.encryption = {
      encrypt: (password, context) =>
        this.#call('Encrypt', () => `encrypted ${password.reveal()} for ${JSON.stringify(context)}`),
    };
  }

  /** @param hidden IAM's answer if it doesn't show the entity yet; undefined for other calls */
  async #call<T>(name: string, work: (isRepeated: boolean) => T, hidden?: () => T): Promise<T> {
    // A dead process makes no calls, and its promises stay pending.
    if (this.isDead) throw new ProcessDiedError(name);
    const cloud = this.#cloud;
    const fate = this.nextFate ?? cloud.fate(name, cloud.calls.length);
    this.nextFate = undefined;
    cloud.calls.push(name);
    this.called.add(name);
    this.#isCalling = true;
    await cloud.turn(name);
    this.#isCalling = false;
    // Killed while the call was in flight: it never arrives.
    if (this.isDead) throw new ProcessDiedError(name);
    if (this.#isGivenUp) {
      this.#isGivenUp = false;
      throw new SesameError('TimeoutError', 'retryable', `${name} timed out.`);
    }
    if (fate === 'refused') throw new SesameError('ThrottlingException', 'retryable', `${name} was throttled.`);
    if (fate === 'die before') return this.#die(name);
    if (fate === 'not visible yet' && hidden !== undefined) return hidden();
    if (fate === 'denied yet' && hidden !== undefined) {
      throw new SesameError('AccessDenied', 'retryable', `${name}: not authorized.`);
    }
    if (fate === 'repeated') work(false);
    const result = work(fate === 'repeated');
    if (fate === 'answer lost') throw new SesameError('TimeoutError', 'retryable', `${name} timed out.`);
    if (fate === 'die after') return this.#die(name);
    return result;
  }

  /** Lets the client time out. */
  giveUpCall(): void {
    this.#isGivenUp = this.#isCalling;
  }

  #die(name: string): never {
    this.isDead = true;
    throw new ProcessDiedError(name);
  }

  #createCredentials(): CredentialTable {
    const read = (username: string) => this.#call('GetItem', () => this.#cloud.items.get(username));
    const isGuarded = (item: Item, guard: readonly GuardedValue[]) =>
      guard.every(({ path, value }) => isSame(valueAt(item, path), value));
    const updateUnclaimed: CredentialTable['updateUnclaimed'] = (username, change, condition) =>
      this.#call('UpdateItem note', () =>
        this.#write(username, change, (item) =>
          Object.entries(condition).every(([name, value]) => isSame(item[name], value)),
        ),
      );
    return {
      read,
      insert: (username, attributes) =>
        this.#call('PutItem insert', (isRepeated) => {
          const there = this.#cloud.items.get(username);
          const item = storable(attributes);
          if (there !== undefined) return { written: isRepeated && isSame(there, item), item: there };
          return this.#put(username, item);
        }),
      edit: async (username, change, expectedRevision) =>
        editOnRevision({ ...change, set: storable(change.set) }, expectedRevision, {
          read: () => read(username),
          write: (guard) =>
            this.#call('UpdateItem edit', () => this.#write(username, change, (item) => isGuarded(item, guard))),
        }),
      remove: (username, expectedRevision) =>
        removeOnRevision(expectedRevision, {
          read: () => read(username),
          write: (guard) =>
            this.#call('DeleteItem', () => {
              const item = this.#cloud.items.get(username);
              if (item === undefined || !isGuarded(item, guard)) return { written: false, item };
              this.#cloud.put(username, undefined);
              return { written: true, item };
            }),
        }),
      list: ({ after } = {}) => this.#list(after),
      update: async (username, change, condition) => {
        const result = await updateUnclaimed(username, change, condition);
        return result.written ? { written: true } : result;
      },
      updateUnclaimed,
      claim: (username, claim) =>
        this.#call('UpdateItem claim', () =>
          this.#write(username, { set: { claim }, remove: [] }, (item) => item['claim'] === undefined),
        ),
      takeClaim: (username, claim, previous) =>
        this.#call('UpdateItem take claim', () =>
          this.#write(username, { set: { claim }, remove: [] }, (item) => isSame(item['claim'], previous)),
        ),
      write: (username, change, held) =>
        this.#call('UpdateItem write', () =>
          this.#write(
            username,
            change,
            (item) => (item['claim'] as Item | undefined)?.['by'] === held.by && isSame(item['status'], held.status),
          ),
        ),
    };
  }

  async *#list(after = ''): AsyncIterable<readonly { username: string; item: Item }[]> {
    const usernames = [...this.#cloud.items.keys()].filter((username) => username > after).sort();
    for (let at = 0; at < usernames.length; at += 2) {
      yield await this.#call('Query', () =>
        usernames.slice(at, at + 2).map((username) => ({ username, item: this.#cloud.items.get(username) as Item })),
      );
    }
  }

  #write(username: string, change: RecordChange, condition: (item: Item) => boolean): WriteResult {
    const item = this.#cloud.items.get(username);
    if (item === undefined || !condition(item)) return { written: false, item };
    const next: Record<string, unknown> = { ...item, ...change.set };
    for (const name of change.remove) delete next[name];
    return this.#put(username, next, item);
  }

  #put(username: string, next: Item, before: Item = {}): WriteResult {
    if (sizeOf(next) > Math.max(this.#cloud.itemLimit, sizeOf(before)))
      throw new SesameError('RecordTooLarge', 'permanent', 'The item is too large.');
    this.#cloud.put(username, next);
    return { written: true, item: next };
  }

  #user(name: string): FakeUser {
    const user = this.#cloud.findUser(name);
    if (user === undefined) throw new IamUserMissingError(name);
    return user;
  }

  /** Returns a user that is about to be changed. */
  #change(name: string): FakeUser {
    const user = this.#user(name);
    this.#cloud.remember(name);
    return user;
  }

  #shown(call: string, name: string): FakeUser {
    const user = this.#cloud.showUser(call, name);
    if (user === undefined) throw new IamUserMissingError(name);
    return user;
  }

  #createIamUsers(): IamUsers {
    const missing = (name: string) => () => {
      throw new IamUserMissingError(name);
    };
    const denied = (call: string) => () => {
      throw new SesameError('AccessDenied', 'retryable', `${call}: not authorized.`);
    };
    return {
      createUser: (name, tags) =>
        this.#call('CreateUser', () => {
          if (this.#cloud.findUser(name) !== undefined) return 'exists';
          this.#cloud.remember(name);
          const arn = `${this.#cloud.userArnPrefix}${name}`;
          this.#cloud.users.set(name, { arn, tags, keys: new Map() });
          this.#cloud.createdAtMs.set(name, this.#cloud.now());
          return arn;
        }),
      moveUser: async (name, tags) => {
        // Two calls of IAM: a crash may happen between them.
        await this.#call('TagUser', () => {
          const user = this.#user(name);
          this.#cloud.remember(name);
          user.tags = [...user.tags.filter(({ Key }) => !tags.some((tag) => tag.Key === Key)), ...tags];
        });
        return this.#call('UpdateUser', () => {
          const user = this.#user(name);
          this.#cloud.remember(name);
          user.arn = `${this.#cloud.userArnPrefix}${name}`;
          return user.arn;
        });
      },
      removeFormerPolicies: (name) =>
        this.#call('DeletePolicy', () => {
          delete this.#cloud.users.get(name)?.formerPolicy;
        }),
      findUser: (name) =>
        this.#call('GetUser', () => this.#cloud.showUser('GetUser', name), this.#ifNew(name, denied('GetUser'))),
      isQuarantined: (name) =>
        this.#call(
          'ListAttachedUserPolicies',
          () => this.#shown('ListAttachedUserPolicies', name).quarantined === true,
          this.#ifNew(name, denied('ListAttachedUserPolicies')),
        ),
      deletePolicy: (arn) =>
        this.#call('DeletePolicy', () => {
          this.#cloud.unattachedPolicies.delete(arn);
        }),
      findUserOfKey: (accessKeyId) =>
        this.#call(
          'GetAccessKeyLastUsed',
          () => [...this.#cloud.users].find(([, { keys }]) => keys.has(accessKeyId))?.[0],
        ),
      renameUser: (name, newName) =>
        this.#call('UpdateUser', () => {
          this.#user(name);
          this.#cloud.renameUser(name, newName);
        }),
      lastUsedMs: (accessKeyId) =>
        this.#call('GetAccessKeyLastUsed', () => this.#cloud.lastUsedMs.get(accessKeyId) ?? ('never' as const)),
      createAccessKey: (name) =>
        this.#call(
          'CreateAccessKey',
          () => {
            const accessKeyId = this.#cloud.addKey(this.#change(name));
            if (accessKeyId === undefined) {
              throw new SesameError('LimitExceededException', 'retryable', 'Two keys are all.');
            }
            this.madeKeys.add(accessKeyId);
            return { accessKeyId, secretAccessKey: new Secret(`secret of ${accessKeyId}`) };
          },
          this.#ifYoung(name, missing(name)),
        ),
      listAccessKeys: (name) =>
        this.#call(
          'ListAccessKeys',
          () =>
            [...this.#shown('ListAccessKeys', name).keys].map(([accessKeyId, { status }]) => ({ accessKeyId, status })),
          this.#ifNew(name, denied('ListAccessKeys')),
        ),
      setAccessKeyStatus: (name, accessKeyId, status) =>
        this.#call(
          'UpdateAccessKey',
          () => {
            if (this.#user(name).keys.get(accessKeyId) === undefined) throw new IamUserMissingError(name);
            const key = this.#change(name).keys.get(accessKeyId);
            if (key !== undefined) key.status = status;
          },
          this.#ifYoung(name, missing(name), accessKeyId),
        ),
      deleteAccessKey: (name, accessKeyId) =>
        this.#call(
          'DeleteAccessKey',
          () => {
            if (this.#cloud.findUser(name)?.keys.has(accessKeyId) !== true) return 'absent' as const;
            this.#cloud.onKeyDeleted(this, name, accessKeyId);
            this.#change(name).keys.delete(accessKeyId);
            return 'deleted' as const;
          },
          this.#ifYoung(name, () => 'absent' as const, accessKeyId),
        ),
      putPolicy: async (name, policy, previousForm, { mayHideManaged = false, beforeCall = () => {} } = {}) => {
        beforeCall();
        const form = await this.#call(
          'PutUserPolicy',
          () => {
            const user = this.#change(name);
            const isCrowded = policy.document.length + (user.foreignInlineLength ?? 0) > MAX_INLINE_POLICY_LENGTH;
            const put = isCrowded ? 'managed' : policy.form;
            if (put === 'managed') {
              user.managedAtMs = this.#cloud.now();
              delete user.isDetached;
              delete user.leftPolicy;
            } else if (user.policy?.form === 'managed') {
              user.leftPolicy = user.policy;
            }
            user.policy = { ...policy, form: put };
            return put;
          },
          this.#ifYoung(name, missing(name)),
        );
        const left = this.#cloud.findUser(name)?.leftPolicy;
        if (form === 'managed' || previousForm === 'inline' || (left === undefined && !mayHideManaged)) return form;
        beforeCall();
        const unseen = () => {
          if (mayHideManaged) throw policyNotVisible(name);
        };
        const isYoung = (this.#cloud.findUser(name)?.managedAtMs ?? 0) > this.#cloud.now() - this.#cloud.longestLagMs;
        await this.#call(
          'DetachUserPolicy',
          () => {
            if (this.#cloud.findUser(name)?.leftPolicy === undefined) unseen();
            else delete this.#change(name).leftPolicy;
          },
          isYoung ? unseen : undefined,
        );
        return form;
      },
      deleteUser: (name) =>
        this.#call(
          'DeleteUser',
          () => {
            const user = this.#cloud.findUser(name);
            if (user === undefined) return 'absent' as const;
            const conflict =
              user.keys.size > 0 ? 'Cannot delete entity, must delete access keys first.' : user.deleteConflict;
            if (conflict !== undefined) throw new SesameError('DeleteConflictException', 'retryable', conflict);
            this.#cloud.remember(name);
            this.#cloud.users.delete(name);
            return 'deleted' as const;
          },
          this.#ifYoung(name, () => 'absent' as const),
        ),
    };
  }

  /** If a user isn't visible yet, reads of it are refused. */
  #ifNew<T>(name: string, answer: () => T): (() => T) | undefined {
    const { createdAtMs, now, longestLagMs } = this.#cloud;
    return (createdAtMs.get(name) ?? 0) > now() - longestLagMs ? answer : undefined;
  }

  /** Only new entities may be invisible in IAM: a key, or a user with only new keys. */
  #ifYoung<T>(name: string, answer: () => T, accessKeyId?: string): (() => T) | undefined {
    const { keys } = this.#cloud.findUser(name) ?? { keys: new Map<string, { createdAtMs?: number }>() };
    const key = accessKeyId === undefined ? undefined : keys.get(accessKeyId);
    const ages = key === undefined ? [...keys.values()] : [key];
    const sinceMs = this.#cloud.now() - this.#cloud.longestLagMs;
    return ages.every(({ createdAtMs = 0 }) => createdAtMs > sinceMs) ? answer : undefined;
  }
}

function sizeOf(item: Item): number {
  return canonicalText(item).length;
}

function isSame(a: unknown, b: unknown): boolean {
  return canonicalText(a) === canonicalText(b);
}

function valueAt(item: Item, path: readonly string[]): unknown {
  return path.reduce<unknown>((value, name) => (value as Item | undefined)?.[name], item);
}

/** Removes undefined attributes, as the table's client does. */
function storable(item: Item): Item {
  if (!isStorable(item)) throw new SesameError('ValueNotStorable', 'permanent', 'The table has no type for a value.');
  return Object.fromEntries(Object.entries(item).filter(([, value]) => value !== undefined));
}

function isStorable(value: unknown): boolean {
  if (typeof value === 'number') return Math.abs(value) <= Number.MAX_SAFE_INTEGER;
  if (value instanceof Set) return value.size > 0;
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return true;
  return Object.values(value).every(isStorable);
}
