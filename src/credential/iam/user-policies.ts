import type { IamTag } from './iam-user-name.ts';

/** A managed policy that is attached to a user. */
export interface AttachedPolicy {
  readonly name: string;
  readonly arn: string;
}

/** Everything that decides what an IAM user may do, as IAM holds it. All errors of IAM are thrown as `SesameError`. */
export interface UserPolicies {
  /** The ARN, the tags and the ARN of the permissions boundary; undefined if there is no such user. */
  findUser(
    name: string,
  ): Promise<{ readonly arn: string; readonly tags: readonly IamTag[]; readonly boundaryArn?: string } | undefined>;
  /** The names of all inline policies; undefined if there is no such user. */
  listInline(name: string): Promise<readonly string[] | undefined>;
  /** The document of an inline policy, as JSON; undefined if it is gone. */
  readInline(name: string, policyName: string): Promise<string | undefined>;
  /** All attached managed policies; undefined if there is no such user. */
  listAttached(name: string): Promise<readonly AttachedPolicy[] | undefined>;
  /** The version of a managed policy that is in force; undefined if the policy is gone. */
  readManaged(arn: string): Promise<{ readonly version: string; readonly document: string } | undefined>;
}
