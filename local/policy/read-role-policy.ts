import { localFunctions } from '../local-functions.ts';
import type { PolicyDocument } from './policy-document.ts';
import { readPolicyTemplate } from './read-policy-template.ts';
import { type PolicyValues, renderPolicy } from './render-policy.ts';

/**
 * Builds the policy of a function's role as terraform/functions.tf does: the role's own statements, then those that all
 * reconciling functions share (`reconcile-statements.json`).
 *
 * @throws Error as `renderPolicy` does
 */
export async function readRolePolicy(functionName: string, values: PolicyValues): Promise<PolicyDocument> {
  const reconciles = localFunctions.some((definition) => definition.name === functionName && definition.reconciles);
  const own = renderPolicy(await readPolicyTemplate(functionName), values);
  if (!reconciles) return own;
  const shared = renderPolicy(await readPolicyTemplate('reconcile-statements'), values);
  return { ...own, Statement: [...own.Statement, ...shared.Statement] };
}
