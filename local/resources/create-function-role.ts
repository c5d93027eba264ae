import { CreateRoleCommand, type IAMClient, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import type { PolicyDocument } from '../policy/policy-document.ts';
import { unlessThere } from './unless-there.ts';

const trust: Omit<PolicyDocument, 'Statement'> & { Statement: unknown[] } = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }],
};

/** Creates a function's role. Its policy is always rewritten, so that an edited template takes effect. */
export async function createFunctionRole(iam: IAMClient, name: string, policy: PolicyDocument): Promise<void> {
  await unlessThere(
    iam.send(new CreateRoleCommand({ RoleName: name, AssumeRolePolicyDocument: JSON.stringify(trust) })),
    'EntityAlreadyExistsException',
  );
  await iam.send(
    new PutRolePolicyCommand({ RoleName: name, PolicyName: name, PolicyDocument: JSON.stringify(policy) }),
  );
}
