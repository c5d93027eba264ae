import { buildPolicyName, formerPolicies } from '../../credential/iam/iam-user-name.ts';
import { buildIamPath, type Ownership } from '../../credential/iam/ownership.ts';

/** The name of the inline policy that a credential's user holds. */
export const INLINE_POLICY_NAME = 'sesame-sending';

/** The name of the inline policy that denies a contained user everything. */
export const CONTAINMENT_POLICY_NAME = 'sesame-contained';

/** The document of that policy. */
export const CONTAINMENT_POLICY = {
  Version: '2012-10-17',
  Statement: [{ Sid: 'Contained', Effect: 'Deny', Action: '*', Resource: '*' }],
} as const;

/** Where a deployment's users and policies stand. */
export interface IamScope {
  readonly partition: string;
  readonly accountId: string;
  readonly ownership: Ownership;
}

/** What the ARN of every IAM user and policy of the account begins with. */
export function iamArnPrefix({ partition, accountId }: IamScope): string {
  return `arn:${partition}:iam::${accountId}`;
}

/** The ARN of a user's managed policy. */
export function managedPolicyArn(iamUserName: string, scope: IamScope): string {
  return `${iamArnPrefix(scope)}:policy${buildIamPath(scope.ownership)}${buildPolicyName(iamUserName, scope.ownership)}`;
}

/** Where a user's managed policy may stand that an earlier version made, or a deployment of the table's former name. */
export function formerPolicyArns(iamUserName: string, scope: IamScope): string[] {
  return formerPolicies(iamUserName, scope.ownership).map((former) => `${iamArnPrefix(scope)}:policy${former}`);
}
