import { policyValues } from '../../local/deploy-function.ts';
import { evaluateIamRequest } from '../../local/iam-evaluation/evaluate-iam-request.ts';
import { localFunctions } from '../../local/local-functions.ts';
import { localSettings } from '../../local/local-settings.ts';
import type { PolicyDocument } from '../../local/policy/policy-document.ts';
import { readPolicyTemplate } from '../../local/policy/read-policy-template.ts';
import { readRolePolicy } from '../../local/policy/read-role-policy.ts';
import { renderPolicy } from '../../local/policy/render-policy.ts';
import { arn, type Call, iam, kmsKeyArn, tableArn } from './calls.ts';

const resources = {
  tableArn,
  kmsKeyArn,
  deadLetterQueue: { url: '', arn: arn('sqs', localSettings.queues.deadLetters) },
  permissionsBoundaryArn: iam(`policy/${localSettings.permissionsBoundary}`),
};

/** Roles whose policy is one file: of the services that call for Sesame, and of people. */
const singleFileRoles = [
  'smtp-scheduler',
  'smtp-health-forwarder',
  'admin-viewer',
  'admin-operator',
  'admin-secret-reader',
];

/** The policy of every role in a deployment with all settings on, in the order of the table. */
export async function readRoles(): Promise<Map<string, PolicyDocument>> {
  const functions = localFunctions.map(
    async ({ name }) =>
      [name, await readRolePolicy(name, policyValues(name, resources), { suppressionList: true })] as const,
  );
  const others = singleFileRoles.map(
    async (name) => [name, renderPolicy(await readPolicyTemplate(name), policyValues(name, resources))] as const,
  );
  return new Map(await Promise.all([...functions, ...others]));
}

/** A key's own policy as in most accounts: IAM policies decide. */
const keyPolicy = {
  name: 'key policy',
  document: {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: { AWS: iam('root') }, Action: 'kms:*', Resource: '*' }],
  },
};

/** Whether a role with this policy could make one of the calls. */
export async function canMakeOne(document: PolicyDocument, calls: readonly Call[]): Promise<boolean> {
  const decisions = await Promise.all(
    calls.map((each) =>
      evaluateIamRequest({
        ...each,
        principalArn: iam('role/role'),
        identityPolicies: [{ name: 'role', document }],
        resourcePolicy: each.action.startsWith('kms:') ? keyPolicy : undefined,
      }),
    ),
  );
  return decisions.some(({ allowed }) => allowed);
}
