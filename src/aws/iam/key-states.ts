import { type IAMClient, ListAccessKeysCommand } from '@aws-sdk/client-iam';
import type { KeyStates } from '../../credential/iam/key-states.ts';
import { limitTime } from '../limit-time.ts';
import { gone } from './call.ts';
import { findUserOfKey } from './find-user-of-key.ts';

/** The keys of users, over IAM. https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListAccessKeys.html */
export function createKeyStates(client: () => IAMClient): KeyStates {
  return {
    async list(UserName) {
      const answer = await gone('iam:ListAccessKeys', UserName, () =>
        client().send(new ListAccessKeysCommand({ UserName }), limitTime()),
      );
      return answer?.AccessKeyMetadata?.map(({ AccessKeyId = '', Status }) => ({
        accessKeyId: AccessKeyId,
        status: Status === 'Active' ? 'Active' : 'Inactive',
      }));
    },
    findUserOfKey: (accessKeyId) => findUserOfKey(accessKeyId, client),
  };
}
