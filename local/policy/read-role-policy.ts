import { functionDefinitions } from '../function-definitions.ts';
import type { PolicyDocument } from './policy-document.ts';
import { readPolicyTemplate } from './read-policy-template.ts';
import { type PolicyValues, renderPolicy } from './render-policy.ts';

/**
 * Builds the policy of a function's role as terraform/functions.tf does: the role's own statements, then the ones that it
 * shares with other roles. Without `suppressionList` no role may put addresses on SES's suppression list.
 *
 * @throws Error as `renderPolicy` does
 */
export async function readRolePolicy(
  functionName: string,
  values: PolicyValues,
  { suppressionList = false }: { readonly suppressionList?: boolean } = {},
): Promise<PolicyDocument> {
  const shared = functionDefinitions[functionName]?.shared_statements ?? [];
  const read = async (file: string) => renderPolicy(await readPolicyTemplate(file), values);
  const [own, others] = await Promise.all([read(functionName), Promise.all(shared.map(read))]);
  const statements = [own, ...others].flatMap((policy) => policy.Statement);
  return { ...own, Statement: statements.filter(({ Sid }) => suppressionList || Sid !== 'SuppressAddresses') };
}
