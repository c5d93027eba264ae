import { functionDefinitions } from '../function-definitions.ts';
import type { PolicyDocument } from './policy-document.ts';
import { readPolicyTemplate } from './read-policy-template.ts';
import { type PolicyValues, renderPolicy } from './render-policy.ts';

/**
 * Builds the policy of a function's role as terraform/functions.tf does: the role's own statements, then the ones that it
 * shares with other roles.
 *
 * @throws Error as `renderPolicy` does
 */
export async function readRolePolicy(functionName: string, values: PolicyValues): Promise<PolicyDocument> {
  const shared = functionDefinitions[functionName]?.shared_statements ?? [];
  const read = async (file: string) => renderPolicy(await readPolicyTemplate(file), values);
  const [own, others] = await Promise.all([read(functionName), Promise.all(shared.map(read))]);
  return { ...own, Statement: [own, ...others].flatMap((policy) => policy.Statement) };
}
