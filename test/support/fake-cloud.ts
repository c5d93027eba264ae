import type { CredentialTable, RecordChange, WriteResult } from '../../src/credential/credential-table.ts';
import { SesameError } from '../../src/credential/errors.ts';
import type { IamTag } from '../../src/credential/iam-user-name.ts';
import { type AccessKey, IamUserMissingError, type IamUsers, type UserPolicy } from '../../src/credential/iam-users.ts';
import type { PasswordEncryption } from '../../src/credential/password-encryption.ts';
import type { Item } from '../../src/credential/record.ts';
import { Secret } from '../../src/credential/secret.ts';
import { MAX_INLINE_POLICY_LENGTH } from '../../src/credential/sending-policy.ts';

export interface FakeUser {
  readonly arn: string;
  readonly tags: readonly IamTag[];
  readonly keys: Map<string, { status: AccessKey['status']; secret: string }>;
  policy?: UserPolicy;
  quarantined?: boolean;
  /** Characters of the inline policies that somebody else gave it. */
  foreignInlineLength?: number;
  /** AWS's words for what somebody attached, and what keeps IAM from deleting the user. */
  deleteConflict?: string;
}

/** What befalls one call: it works, never arrives, or works without an answer; `die` ends the caller as well. */
export type Fate = 'works' | 'refused' | 'answer lost' | 'die before' | 'die after';

/** The caller's process ended: nothing of it runs any more. */
class ProcessDiedError extends Error {}

/**
 * An AWS account in memory, with the same conditional writes and the same refusals, for tests that stop a flow after
 * every call. The emulator shows that the real adapters behave alike.
 */
export class FakeCloud {
  readonly items = new Map<string, Item>();
  readonly users = new Map<string, FakeUser>();
  readonly calls: string[] = [];
  readonly lastUsedMs = new Map<string, number>();
  /** Decides what befalls the call that is about to be made. Its number counts from 0. */
  fate: (call: string, number: number) => Fate = () => 'works';
  /** Resolves when a call may go on: a scheduler decides here whose turn it is. */
  turn: (call: string) => Promise<void> = () => Promise.resolve();
  /** What the table's stream would bring: every change of an item that this account makes. */
  onChange: (username: string, before: Item | undefined, after: Item | undefined) => void = () => {};
  #keys = 0;
  readonly #own = new FakeConnection(this);
  readonly credentials = this.#own.credentials;
  readonly iamUsers = this.#own.iamUsers;
  readonly encryption = this.#own.encryption;

  /** A process of its own, that can die alone. */
  connect(): FakeConnection {
    return new FakeConnection(this);
  }

  /** A new process: calls go through again. */
  revive(): void {
    this.#own.isDead = false;
  }

  /** Puts an item over another, or deletes it. */
  put(username: string, item: Item | undefined): void {
    const before = this.items.get(username);
    if (item === undefined) this.items.delete(username);
    else this.items.set(username, item);
    this.onChange(username, before, item);
  }

  /** A key that somebody makes; undefined when there are two already. */
  addKey(user: FakeUser): string | undefined {
    if (user.keys.size >= 2) return undefined;
    this.#keys += 1;
    const accessKeyId = `AKIA${String(this.#keys).padStart(16, '0')}`;
    user.keys.set(accessKeyId, { status: 'Active', secret: `secret of ${accessKeyId}` });
    return accessKeyId;
  }
}

/** One process's way to the account. */
export class FakeConnection {
  isDead = false;
  /** What befalls this process's next call, before the account's own `fate` is asked. */
  nextFate: Fate | undefined;
  /** What this process has called so far. */
  readonly called = new Set<string>();
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

  async #call<T>(name: string, work: () => T): Promise<T> {
    // A dead process makes no call; its promises stay as they are.
    if (this.isDead) throw new ProcessDiedError(name);
    const cloud = this.#cloud;
    const fate = this.nextFate ?? cloud.fate(name, cloud.calls.length);
    this.nextFate = undefined;
    cloud.calls.push(name);
    this.called.add(name);
    await cloud.turn(name);
    // Killed while the call was on its way: it never arrived.
    if (this.isDead) throw new ProcessDiedError(name);
    if (fate === 'refused') throw new SesameError('ThrottlingException', 'retryable', `${name} was throttled.`);
    if (fate === 'die before') return this.#die(name);
    const result = work();
    if (fate === 'answer lost') throw new SesameError('TimeoutError', 'retryable', `${name} timed out.`);
    if (fate === 'die after') return this.#die(name);
    return result;
  }

  #die(name: string): never {
    this.isDead = true;
    throw new ProcessDiedError(name);
  }

  #createCredentials(): CredentialTable {
    return {
      read: (username) => this.#call('GetItem', () => this.#cloud.items.get(username)),
      list: () => this.#list(),
      note: (username, change, condition) =>
        this.#call('UpdateItem note', () =>
          this.#write(username, change, (item) =>
            Object.entries(condition).every(([name, value]) => isSame(item[name], value)),
          ),
        ),
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

  async *#list(): AsyncIterable<readonly { username: string; item: Item }[]> {
    const usernames = [...this.#cloud.items.keys()].sort();
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
    this.#cloud.put(username, next);
    return { written: true, item: next };
  }

  #user(name: string): FakeUser {
    const user = this.#cloud.users.get(name);
    if (user === undefined) throw new IamUserMissingError(name);
    return user;
  }

  #createIamUsers(): IamUsers {
    return {
      createUser: (name, tags) =>
        this.#call('CreateUser', () => {
          if (this.#cloud.users.has(name)) return 'exists';
          const arn = `arn:aws:iam::123456789012:user/ses-smtp/${name}`;
          this.#cloud.users.set(name, { arn, tags, keys: new Map() });
          return arn;
        }),
      findUser: (name) => this.#call('GetUser', () => this.#cloud.users.get(name)),
      isQuarantined: (name) => this.#call('ListAttachedUserPolicies', () => this.#user(name).quarantined === true),
      lastUsedMs: (accessKeyId) =>
        this.#call('GetAccessKeyLastUsed', () => this.#cloud.lastUsedMs.get(accessKeyId) ?? ('never' as const)),
      createAccessKey: (name) =>
        this.#call('CreateAccessKey', () => {
          const accessKeyId = this.#cloud.addKey(this.#user(name));
          if (accessKeyId === undefined) {
            throw new SesameError('LimitExceededException', 'retryable', 'Two keys are all.');
          }
          return { accessKeyId, secretAccessKey: new Secret(`secret of ${accessKeyId}`) };
        }),
      listAccessKeys: (name) =>
        this.#call('ListAccessKeys', () =>
          [...this.#user(name).keys].map(([accessKeyId, { status }]) => ({ accessKeyId, status })),
        ),
      setAccessKeyStatus: (name, accessKeyId, status) =>
        this.#call('UpdateAccessKey', () => {
          const key = this.#user(name).keys.get(accessKeyId);
          if (key === undefined) throw new IamUserMissingError(name);
          key.status = status;
        }),
      deleteAccessKey: (name, accessKeyId) =>
        this.#call('DeleteAccessKey', () => {
          this.#cloud.users.get(name)?.keys.delete(accessKeyId);
        }),
      putPolicy: (name, policy) =>
        this.#call('PutUserPolicy', () => {
          const user = this.#user(name);
          const isCrowded = policy.document.length + (user.foreignInlineLength ?? 0) > MAX_INLINE_POLICY_LENGTH;
          const form = isCrowded ? 'managed' : policy.form;
          user.policy = { ...policy, form };
          return form;
        }),
      deleteUser: (name) =>
        this.#call('DeleteUser', () => {
          const user = this.#cloud.users.get(name);
          if (user === undefined) return;
          const conflict =
            user.keys.size > 0 ? 'Cannot delete entity, must delete access keys first.' : user.deleteConflict;
          if (conflict !== undefined) throw new SesameError('DeleteConflictException', 'retryable', conflict);
          this.#cloud.users.delete(name);
        }),
    };
  }
}

function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
