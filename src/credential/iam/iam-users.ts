import type { Secret } from '../secret.ts';
import type { IamTag } from './iam-user-name.ts';

export type AccessKeyStatus = 'Active' | 'Inactive';

export interface AccessKey {
  readonly accessKeyId: string;
  readonly status: AccessKeyStatus;
}

/** `absent`: IAM knew nothing of it. It is gone, or so young that IAM doesn't show it yet: the caller knows its age. */
export type Deletion = 'deleted' | 'absent';

export interface NewAccessKey {
  readonly accessKeyId: string;
  readonly secretAccessKey: Secret;
}

/** A policy that an IAM user is to hold, or holds. */
export interface UserPolicy {
  readonly document: string;
  readonly form: 'inline' | 'managed';
}

export interface PutPolicyOptions {
  /** The user may have a managed policy that is too young to be called missing. Without this, what isn't seen is gone. */
  readonly mayHideManaged?: boolean;
  /** Called before each call of IAM. Throws when nothing more may be begun: what takes many calls may outlast the claim on the record. */
  readonly beforeCall?: () => void;
}

/**
 * The IAM users under our path. Reads may show an old state for a while (see `propagation.ts`). Deleting what isn't there says so;
 * touching it throws `IamUserMissingError`. Anything else that AWS refuses arrives as a `SesameError`.
 */
export interface IamUsers {
  /** Creates the user with path, tags and permissions boundary. Returns its ARN, or 'exists'. */
  createUser(name: string, tags: readonly IamTag[]): Promise<string | 'exists'>;
  /** The user's ARN and tags, or undefined when there is none. */
  findUser(name: string): Promise<{ arn: string; tags: readonly IamTag[] } | undefined>;
  /** Whether AWS has put the user into quarantine: a policy `AWSCompromisedKeyQuarantine*` is attached. */
  isQuarantined(name: string): Promise<boolean>;
  /** The present name of the user that has a key; undefined when IAM knows no such key. It tells what a renamed user is called. */
  findUserOfKey(accessKeyId: string): Promise<string | undefined>;
  /** Gives a user another name. It keeps keys, policies, tags and path. Throws `IamUserMissingError` when there is none. */
  renameUser(name: string, newName: string): Promise<void>;
  /** When a key was last used, in epoch milliseconds. */
  lastUsedMs(accessKeyId: string): Promise<number | 'never'>;
  /** Not safe to repeat when the answer is lost: the caller lists the keys then. */
  createAccessKey(name: string): Promise<NewAccessKey>;
  listAccessKeys(name: string): Promise<readonly AccessKey[]>;
  setAccessKeyStatus(name: string, accessKeyId: string, status: AccessKeyStatus): Promise<void>;
  deleteAccessKey(name: string, accessKeyId: string): Promise<Deletion>;
  /**
   * Makes this the user's only policy of ours, and returns the form that it got: a short policy becomes a managed one where
   * somebody's own inline policies take the room.
   *
   * @throws SesameError `PolicyNotVisible` when the managed policy isn't seen that has to go, or to get a new version
   */
  putPolicy(
    name: string,
    policy: UserPolicy,
    previousForm?: UserPolicy['form'],
    more?: PutPolicyOptions,
  ): Promise<UserPolicy['form']>;
  /** Gives a user the tags and the path of this deployment, whatever it had. Safe to repeat. Returns the ARN that it has then. */
  moveUser(name: string, tags: readonly IamTag[], beforeCall?: () => void): Promise<string>;
  /** Detaches and deletes the managed policies that the user has under former paths. Safe to repeat. */
  removeFormerPolicies(name: string, beforeCall?: () => void): Promise<void>;
  /** Deletes a managed policy of the deployment that is attached to nobody. Safe to repeat. */
  deletePolicy(arn: string): Promise<void>;
  /** Deletes every policy of the user, attached or not, and then the user. Its keys must be gone. */
  deleteUser(name: string): Promise<Deletion>;
}

/** The IAM user, or its key, isn't there (any more, or not yet: IAM is eventually consistent). */
export class IamUserMissingError extends Error {
  constructor(name: string) {
    super(`The IAM user ${name} doesn't exist.`);
    this.name = 'IamUserMissingError';
  }
}
