import {
  DeleteUserPolicyCommand,
  type IAMClient,
  ListAccessKeysCommand,
  PutUserPolicyCommand,
  UpdateAccessKeyCommand,
} from '@aws-sdk/client-iam';
import type { Containment } from '../../credential/iam/containment.ts';
import { gone } from './call.ts';
import { CONTAINMENT_POLICY, CONTAINMENT_POLICY_NAME } from './policy-names.ts';

export function createContainment(client: () => IAMClient): Containment {
  return {
    async deny(UserName) {
      const command = new PutUserPolicyCommand({
        UserName,
        PolicyName: CONTAINMENT_POLICY_NAME,
        PolicyDocument: JSON.stringify(CONTAINMENT_POLICY),
      });
      await gone('iam:PutUserPolicy', UserName, () => client().send(command));
    },

    async deactivateKeys(UserName) {
      const answer = await gone('iam:ListAccessKeys', UserName, () =>
        client().send(new ListAccessKeysCommand({ UserName })),
      );
      const ids = (answer?.AccessKeyMetadata ?? []).flatMap(({ AccessKeyId }) => AccessKeyId ?? []);
      // Also those that are shown as Inactive: IAM may show an old state.
      for (const AccessKeyId of ids) {
        await gone('iam:UpdateAccessKey', UserName, () =>
          client().send(new UpdateAccessKeyCommand({ UserName, AccessKeyId, Status: 'Inactive' })),
        );
      }
      return ids;
    },

    async lift(UserName) {
      const command = new DeleteUserPolicyCommand({ UserName, PolicyName: CONTAINMENT_POLICY_NAME });
      await gone('iam:DeleteUserPolicy', UserName, () => client().send(command));
    },
  };
}
