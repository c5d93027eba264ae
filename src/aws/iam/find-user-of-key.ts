import { GetAccessKeyLastUsedCommand, type IAMClient } from '@aws-sdk/client-iam';
import { SesameError } from '../../credential/errors.ts';
import { gone } from './call.ts';

/**
 * The present name of the user that has a key; undefined when IAM knows no such key.
 *
 * AWS documents no error for a key that doesn't exist. It is reported as a refusal "on resource: access key", so that a refusal proves
 * nothing, unless it names a user: the key is there, and its user is one that our role may not see.
 */
export async function findUserOfKey(accessKeyId: string, client: () => IAMClient): Promise<string | undefined> {
  const command = new GetAccessKeyLastUsedCommand({ AccessKeyId: accessKeyId });
  try {
    const answer = await gone('iam:GetAccessKeyLastUsed', accessKeyId, () => client().send(command));
    return answer?.UserName;
  } catch (error) {
    if (error instanceof SesameError && error.code.startsWith('AccessDenied')) return readRefusedUser(error.message);
    throw error;
  }
}

/** `on resource: user jane`, or the user's ARN. */
function readRefusedUser(message: string): string | undefined {
  return /on resource: (?:user |arn:[^\s:]+:iam::\d*:user\/(?:\S*\/)?)([\w+=,.@-]*\w)/.exec(message)?.[1];
}
