import { SesameError } from '../../src/credential/errors.ts';
import { buildIamUserTags, type IamTag } from '../../src/credential/iam/iam-user-name.ts';
import type { UserPolicies } from '../../src/credential/iam/user-policies.ts';

interface FakeUser {
  arn: string;
  tags: readonly IamTag[];
  boundaryArn?: string;
  readonly inline: Map<string, object>;
  readonly attached: Map<string, { readonly arn: string; readonly version: string; readonly document: object }>;
}

/** The users of a deployment in memory, with their policies. */
export function createFakeUserPolicies(ownership: { readonly region: string; readonly table: string }) {
  const users = new Map<string, FakeUser>();
  const denied = new Set<string>();
  const call = <T>(operation: string, read: () => T): Promise<T> => {
    const refusal = new SesameError('AccessDenied', 'retryable', `${operation} failed: AccessDenied.`);
    return denied.has(operation) ? Promise.reject(refusal) : Promise.resolve(read());
  };
  const userPolicies: UserPolicies = {
    findUser: (name) => call('iam:GetUser', () => users.get(name)),
    listInline: (name) =>
      call('iam:ListUserPolicies', () => users.get(name) && [...(users.get(name)?.inline.keys() ?? [])]),
    readInline: (name, policyName) =>
      call('iam:GetUserPolicy', () => {
        const document = users.get(name)?.inline.get(policyName);
        return document && JSON.stringify(document);
      }),
    listAttached: (name) =>
      call('iam:ListAttachedUserPolicies', () => {
        const user = users.get(name);
        return user && [...user.attached].map(([policyName, { arn }]) => ({ name: policyName, arn }));
      }),
    readManaged: (arn) =>
      call('iam:GetPolicyVersion', () => {
        const policy = [...users.values()]
          .flatMap(({ attached }) => [...attached.values()])
          .find((each) => each.arn === arn);
        return policy && { version: policy.version, document: JSON.stringify(policy.document) };
      }),
  };
  return {
    userPolicies,
    /** IAM refuses these operations, such as `iam:GetUser`. */
    denied,
    users,
    /** Makes a user of a credential, without policies. */
    addUser(username: string, arn: string, boundaryArn?: string): FakeUser {
      const user: FakeUser = {
        arn,
        tags: buildIamUserTags({ ...ownership, username }),
        ...(boundaryArn === undefined ? {} : { boundaryArn }),
        inline: new Map(),
        attached: new Map(),
      };
      users.set(arn.slice(arn.lastIndexOf('/') + 1), user);
      return user;
    },
  };
}
