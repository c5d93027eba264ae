import { CreatePolicyCommand, type IAMClient } from '@aws-sdk/client-iam';
import type { PolicyDocument } from '../policy/policy-document.ts';
import { unlessThere } from './unless-there.ts';

/** Creates the permissions boundary of all SMTP users, a managed policy. */
export async function createBoundary(iam: IAMClient, name: string, policy: PolicyDocument): Promise<void> {
  await unlessThere(
    iam.send(new CreatePolicyCommand({ PolicyName: name, PolicyDocument: JSON.stringify(policy) })),
    'EntityAlreadyExistsException',
  );
}
