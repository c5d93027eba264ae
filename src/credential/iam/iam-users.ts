import type { Secret } from '../secret.ts';
import type { IamTag } from './iam-user-name.ts';

export type AccessKeyStatus = 'Active' | 'Inactive';

export interface AccessKey {
  readonly accessKeyId: string;
  readonly status: AccessKeyStatus;
}

/** `absent`: IAM doesn't know it. It is gone, or too new for IAM to show it. The caller knows its age and decides. */
export type Deletion = 'deleted' | 'absent';

export interface NewAccessKey {
  readonly accessKeyId: string;
  readonly secretAccessKey: Secret;
}

/** The policy of an IAM user. */
export interface UserPolicy {
  readonly document: string;
  readonly form: 'inline' | 'managed';
}

export interface PutPolicyOptions {
  /**
   * The user may have a managed policy that is too new for IAM to show it. Without this option, a policy that IAM
   * doesn't show counts as gone.
   */
  readonly mayHideManaged?: boolean;
  /**
   * Called before each IAM call. Throws if no more calls may be made, because many calls may outlast the claim on the
   * record.
   */
  readonly beforeCall?: () => void;
}

/**
 * The IAM users on our path. Reads may return an old state for a while (see `propagation.ts`). Deleting something that
 * doesn't exist returns `absent`; changing it throws `IamUserMissingError`. All other errors of AWS are thrown as
 * `SesameError`.
 */
export interface IamUsers {
  /** Creates the user with its path, tags and permissions boundary. Returns its ARN, or `exists`. */
  createUser(name: string, tags: readonly IamTag[]): Promise<string | 'exists'>;
  /** The user's ARN and tags; undefined if there is no such user. */
  findUser(name: string): Promise<{ arn: string; tags: readonly IamTag[] } | undefined>;
  /** Whether AWS has put the user in quarantine: a policy `AWSCompromisedKeyQuarantine*` is attached. */
  isQuarantined(name: string): Promise<boolean>;
  /**
   * The current name of the user that has a key, even if the user was renamed. Undefined if IAM doesn't know the key.
   */
  findUserOfKey(accessKeyId: string): Promise<string | undefined>;
  /**
   * Renames a user. It keeps its keys, policies, tags and path. Throws `IamUserMissingError` if there is no such user.
   */
  renameUser(name: string, newName: string): Promise<void>;
  /** When a key was last used, in epoch milliseconds. */
  lastUsedMs(accessKeyId: string): Promise<number | 'never'>;
  /** Not idempotent: if the answer is lost, the caller must list the keys. */
  createAccessKey(name: string): Promise<NewAccessKey>;
  listAccessKeys(name: string): Promise<readonly AccessKey[]>;
  setAccessKeyStatus(name: string, accessKeyId: string, status: AccessKeyStatus): Promise<void>;
  deleteAccessKey(name: string, accessKeyId: string): Promise<Deletion>;
  /**
   * Makes this the user's only Sesame policy, and returns its form. A short policy becomes a managed one if the user's
   * other inline policies leave no room.
   *
   * @throws SesameError `PolicyNotVisible` if IAM doesn't show the managed policy that must be deleted or get a new
   *   version
   */
  putPolicy(
    name: string,
    policy: UserPolicy,
    previousForm?: UserPolicy['form'],
    more?: PutPolicyOptions,
  ): Promise<UserPolicy['form']>;
  /**
   * Sets the tags and the path of this deployment, whatever the user had before. Safe to repeat. Returns the new ARN.
   */
  moveUser(name: string, tags: readonly IamTag[], beforeCall?: () => void): Promise<string>;
  /** Detaches and deletes the user's managed policies on former paths. Safe to repeat. */
  removeFormerPolicies(name: string, beforeCall?: () => void): Promise<void>;
  /** Deletes a managed policy of the deployment that is attached to nobody. Safe to repeat. */
  deletePolicy(arn: string): Promise<void>;
  /** Deletes all policies of the user, attached or not, and then the user. Its keys must already be deleted. */
  deleteUser(name: string): Promise<Deletion>;
}

/** The IAM user, or its key, doesn't exist (not any more, or not yet: IAM is eventually consistent). */
export class IamUserMissingError extends Error {
  constructor(name: string) {
    super(`The IAM user ${name} doesn't exist.`);
    this.name = 'IamUserMissingError';
  }
}
