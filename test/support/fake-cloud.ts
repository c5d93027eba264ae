import type { CredentialTable, RecordChange, WriteResult } from '../../src/credential/credential-table.ts';
import { SesameError } from '../../src/credential/errors.ts';
import type { IamTag } from '../../src/credential/iam-user-name.ts';
import { type AccessKey, IamUserMissingError, type IamUsers, type UserPolicy } from '../../src/credential/iam-users.ts';
import type { PasswordEncryption } from '../../src/credential/password-encryption.ts';
import type { Item } from '../../src/credential/record.ts';
import { Secret } from '../../src/credential/secret.ts';

interface FakeUser {
  readonly arn: string;
  readonly tags: readonly IamTag[];
  readonly keys: Map<string, { status: AccessKey['status']; secret: string }>;
  policy?: UserPolicy;
  quarantined?: boolean;
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
  #keys = 0;
  #dead = false;

  async #call<T>(name: string, work: () => T): Promise<T> {
    // A dead process makes no call; its promises stay as they are.
    if (this.#dead) throw new ProcessDiedError(name);
    const fate = this.fate(name, this.calls.length);
    this.calls.push(name);
    await Promise.resolve();
    if (fate === 'refused') throw new SesameError('ThrottlingException', 'retryable', `${name} was throttled.`);
    if (fate === 'die before') return this.#die(name);
    const result = work();
    if (fate === 'answer lost') throw new SesameError('TimeoutError', 'retryable', `${name} timed out.`);
    if (fate === 'die after') return this.#die(name);
    return result;
  }

  #die(name: string): never {
    this.#dead = true;
    throw new ProcessDiedError(name);
  }

  /** A new process: calls go through again. */
  revive(): void {
    this.#dead = false;
  }

  readonly credentials: CredentialTable = {
    read: (username) => this.#call('GetItem', () => this.items.get(username)),
    list: (after = '') => this.#list(after),
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

  async *#list(after: string): AsyncIterable<readonly { username: string; item: Item }[]> {
    const usernames = [...this.items.keys()].filter((username) => username > after).sort();
    for (let at = 0; at < usernames.length; at += 2) {
      yield await this.#call('Query', () =>
        usernames.slice(at, at + 2).map((username) => ({ username, item: this.items.get(username) as Item })),
      );
    }
  }

  #write(username: string, change: RecordChange, condition: (item: Item) => boolean): WriteResult {
    const item = this.items.get(username);
    if (item === undefined || !condition(item)) return { written: false, item };
    const next: Record<string, unknown> = { ...item, ...change.set };
    for (const name of change.remove) delete next[name];
    this.items.set(username, next);
    return { written: true, item: next };
  }

  #user(name: string): FakeUser {
    const user = this.users.get(name);
    if (user === undefined) throw new IamUserMissingError(name);
    return user;
  }

  readonly iamUsers: IamUsers = {
    createUser: (name, tags) =>
      this.#call('CreateUser', () => {
        if (this.users.has(name)) return 'exists';
        const arn = `arn:aws:iam::123456789012:user/ses-smtp/${name}`;
        this.users.set(name, { arn, tags, keys: new Map() });
        return arn;
      }),
    findUser: (name) => this.#call('GetUser', () => this.users.get(name)),
    isQuarantined: (name) => this.#call('ListAttachedUserPolicies', () => this.#user(name).quarantined === true),
    lastUsedMs: (accessKeyId) =>
      this.#call('GetAccessKeyLastUsed', () => this.lastUsedMs.get(accessKeyId) ?? ('never' as const)),
    createAccessKey: (name) =>
      this.#call('CreateAccessKey', () => {
        const { keys } = this.#user(name);
        if (keys.size >= 2) throw new SesameError('LimitExceededException', 'retryable', 'Two keys are all.');
        this.#keys += 1;
        const accessKeyId = `AKIA${String(this.#keys).padStart(16, '0')}`;
        keys.set(accessKeyId, { status: 'Active', secret: `secret of ${accessKeyId}` });
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
        this.users.get(name)?.keys.delete(accessKeyId);
      }),
    putPolicy: (name, policy) =>
      this.#call('PutUserPolicy', () => {
        this.#user(name).policy = policy;
      }),
    deleteUser: (name) =>
      this.#call('DeleteUser', () => {
        const user = this.users.get(name);
        if (user === undefined) return;
        if (user.keys.size > 0) throw new SesameError('DeleteConflictException', 'retryable', 'It has keys.');
        this.users.delete(name);
      }),
  };

  readonly encryption: PasswordEncryption = {
    encrypt: (password, context) =>
      this.#call('Encrypt', () => `encrypted ${password.reveal()} for ${JSON.stringify(context)}`),
  };
}

function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
