import type { IamTag } from './iam-user-name.ts';
import type { AccessKey } from './iam-users.ts';

/** An access key with its age. */
export interface AgedAccessKey extends AccessKey {
  /** Epoch milliseconds. */
  readonly createdAtMs: number;
}

/** What a sweep has read of one IAM user. Undefined: not read this time. */
export interface IamUserSnapshot {
  readonly keys?: readonly AgedAccessKey[] | undefined;
  /** The document of our own policy; `none` when the user hasn't got it. */
  readonly document?: { readonly text: string } | 'none' | undefined;
  /** Inline policies that aren't ours. */
  readonly foreignInlinePolicies?: readonly string[] | undefined;
  /** Whether the user has our own inline policy. */
  readonly hasInlinePolicy?: boolean | undefined;
  /** The ARN of the permissions boundary; `none` when the user has none. */
  readonly boundary?: string | undefined;
  /** Names of all attached managed policies. */
  readonly attachedPolicies: readonly string[];
  /** When the record's key was last used: epoch milliseconds. */
  readonly lastUsedMs?: number | 'never' | undefined;
}

/** A managed policy that grants nothing to anybody. */
export interface UnattachedPolicy {
  readonly arn: string;
  readonly name: string;
  /** When it was made or changed: epoch milliseconds. */
  readonly changedAtMs: number;
}

/** Reads all of IAM that is ours, for the sweep. Everything it refuses arrives as a `SesameError`. */
export interface IamInventory {
  /** The names of the users under our path, page by page. Their tags are not among what IAM lists. */
  listUsers(): AsyncIterable<readonly string[]>;
  /** What a user holds, as far as `reads` asks; undefined when there's no such user. */
  readHoldings(name: string, reads: SweepReads): Promise<IamUserSnapshot | undefined>;
  /** A user's tags, which tell whose it is; undefined when there's no such user. */
  readTags(name: string): Promise<readonly IamTag[] | undefined>;
  /** The present name of the user that has a key; undefined when IAM knows no such key. */
  findUserOfKey(accessKeyId: string): Promise<string | undefined>;
  /** The managed policies below the deployment's own path that are attached to nobody, page by page. */
  listUnattachedPolicies(): AsyncIterable<readonly UnattachedPolicy[]>;
  /** How many users the account has, ours or not, and how many it may have. */
  countUsers(): Promise<{ used: number; quota: number }>;
}

/** What one sweep reads of one user: three calls of IAM at most, unless it reads everything. The attached policies are always read. */
export interface SweepReads {
  readonly keys: boolean;
  /** `managed` takes two calls: one for the version in force, one for its document. */
  readonly document: 'inline' | 'managed' | undefined;
  readonly inlineNames: boolean;
  /** The permissions boundary. */
  readonly boundary: boolean;
  /** The key whose last use is read. */
  readonly lastUseOf: string | undefined;
}
