import type { AccessKey } from './iam-users.ts';

/** Reads keys at IAM, and changes nothing. All errors of IAM are thrown as `SesameError`. */
export interface KeyStates {
  /** The keys of a user; undefined if there is no such user. */
  list(iamUserName: string): Promise<readonly AccessKey[] | undefined>;
  /** The current name of the user that has a key; undefined if IAM doesn't know the key. */
  findUserOfKey(accessKeyId: string): Promise<string | undefined>;
}
