import {
  DeleteUserPolicyCommand,
  type IAMClient,
  ListUserPoliciesCommand,
  PutUserPolicyCommand,
} from '@aws-sdk/client-iam';
import { SesameError } from '../../credential/errors.ts';
import type { UserPolicy } from '../../credential/iam/iam-users.ts';
import { MAX_INLINE_POLICY_LENGTH } from '../../credential/iam/sending-policy.ts';
import { call, gone, orCode } from './call.ts';
import { INLINE_POLICY_NAME } from './policy-names.ts';

/** The inline policies of credentials' users. */
export interface InlinePolicies {
  /** Returns AWS's refusal where the user's inline policies leave no room. */
  put(name: string, policy: UserPolicy): Promise<SesameError | undefined>;
  remove(name: string): Promise<void>;
  /** The error of a user that has room for neither form, with the policies that are in the way, and how much of them. */
  describeCrowd(name: string, policy: UserPolicy, error: unknown): Promise<unknown>;
}

export function createInlinePolicies(client: () => IAMClient): InlinePolicies {
  return {
    async put(UserName, { document }) {
      const command = new PutUserPolicyCommand({ UserName, PolicyName: INLINE_POLICY_NAME, PolicyDocument: document });
      return await call('iam:PutUserPolicy', UserName, () => client().send(command)).then(
        () => undefined,
        orCode('InlinePolicyQuotaReached'),
      );
    },

    async remove(UserName) {
      await gone('iam:DeleteUserPolicy', UserName, () =>
        client().send(new DeleteUserPolicyCommand({ UserName, PolicyName: INLINE_POLICY_NAME })),
      );
    },

    async describeCrowd(name, policy, error) {
      if (!(error instanceof SesameError)) return error;
      const { PolicyNames = [] } = await call('iam:ListUserPolicies', name, () =>
        client().send(new ListUserPoliciesCommand({ UserName: name })),
      ).catch(() => ({ PolicyNames: [] }));
      const others = PolicyNames.filter((each) => each !== INLINE_POLICY_NAME);
      const left = MAX_INLINE_POLICY_LENGTH - policy.document.replace(/\s/g, '').length;
      const message =
        `${error.message} The policy has to be a managed one because the IAM user's other inline policies ` +
        `(${others.join(', ') || 'which could not be listed'}) leave no room. Remove them, or shorten them to ${left} characters together.`;
      return new SesameError(error.code, error.kind, message, { cause: error });
    },
  };
}
