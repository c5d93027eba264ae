import type { IamTag } from './iam-user-name.ts';
import type { AccessKey } from './iam-users.ts';

/** An access key with its creation time. */
export interface AgedAccessKey extends AccessKey {
  /** Epoch milliseconds. */
  readonly createdAtMs: number;
}

/** The part of an IAM user that a sweep has read. Undefined: not read this time. */
export interface IamUserSnapshot {
  readonly keys?: readonly AgedAccessKey[] | undefined;
  /** The document of Sesame's own policy; `none` if the user doesn't have it. */
  readonly document?: { readonly text: string } | 'none' | undefined;
  /** Inline policies that aren't Sesame's. */
  readonly foreignInlinePolicies?: readonly string[] | undefined;
  /** Whether the user has Sesame's own inline policy. */
  readonly hasInlinePolicy?: boolean | undefined;
  /** The ARN of the permissions boundary; `none` if the user has none. */
  readonly boundary?: string | undefined;
  /** The names of all attached managed policies. */
  readonly attachedPolicies: readonly string[];
  /** When the record's key was last used: epoch milliseconds. */
  readonly lastUsedMs?: number | 'never' | undefined;
}

/** A managed policy that is attached to nobody. */
export interface UnattachedPolicy {
  readonly arn: string;
  readonly name: string;
  /** When it was created or last changed: epoch milliseconds. */
  readonly changedAtMs: number;
}

/** Reads the deployment's part of IAM for the sweep. All errors of IAM are thrown as `SesameError`. */
export interface IamInventory {
  /** The names of the users on our path, page by page. IAM doesn't list their tags. */
  listUsers(): AsyncIterable<readonly string[]>;
  /** Reads the parts of a user that `reads` selects; undefined if there is no such user. */
  readHoldings(name: string, reads: SweepReads): Promise<IamUserSnapshot | undefined>;
  /** The tags of a user, which show its owner; undefined if there is no such user. */
  readTags(name: string): Promise<readonly IamTag[] | undefined>;
  /** The current name of the user that has a key; undefined if IAM doesn't know the key. */
  findUserOfKey(accessKeyId: string): Promise<string | undefined>;
  /** The managed policies on the deployment's own path that are attached to nobody, page by page. */
  listUnattachedPolicies(): AsyncIterable<readonly UnattachedPolicy[]>;
  /** The number of users in the account, whether ours or not, and the account's quota. */
  countUsers(): Promise<{ used: number; quota: number }>;
}

/**
 * What one sweep reads of one user: at most three calls of IAM, unless it reads everything. The attached policies are
 * always read.
 */
export interface SweepReads {
  readonly keys: boolean;
  /** `managed` takes two calls: one for the current version, one for its document. */
  readonly document: 'inline' | 'managed' | undefined;
  readonly inlineNames: boolean;
  /** The permissions boundary. */
  readonly boundary: boolean;
  /** The key whose last use is read. */
  readonly lastUseOf: string | undefined;
}
