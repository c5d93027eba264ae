import {
  type ContextKeyTypeEnum,
  type EvaluationResult,
  type IAMClient,
  SimulatePrincipalPolicyCommand,
  type SimulatePrincipalPolicyCommandOutput,
  type Statement,
} from '@aws-sdk/client-iam';
import type {
  PolicySimulator,
  SimulatedDecision,
  SimulatedDecisions,
  SimulationContext,
  SimulationRequest,
} from '../../credential/iam/policy-simulator.ts';
import { limitTime } from '../limit-time.ts';
import { gone } from './call.ts';

/**
 * IAM's policy simulator.
 *
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html
 */
export function createPolicySimulator(client: () => IAMClient): PolicySimulator {
  return {
    async simulate(request) {
      const decisions = new Map<string, SimulatedDecision>();
      let Marker: string | undefined;
      do {
        const page = await simulatePage(client(), request, Marker);
        if (page === undefined) return undefined;
        for (const result of page.EvaluationResults ?? []) addDecisions(result, request.resourceArns, decisions);
        Marker = page.IsTruncated === true ? page.Marker : undefined;
      } while (Marker !== undefined);
      return decisions satisfies SimulatedDecisions;
    },
  };
}

function simulatePage(
  client: IAMClient,
  request: SimulationRequest,
  Marker: string | undefined,
): Promise<SimulatePrincipalPolicyCommandOutput | undefined> {
  const command = new SimulatePrincipalPolicyCommand({
    PolicySourceArn: request.userArn,
    ActionNames: [request.action],
    ResourceArns: [...request.resourceArns],
    ContextEntries: request.context.map(toEntry),
    Marker,
  });
  return gone('iam:SimulatePrincipalPolicy', request.userArn, () => client.send(command, limitTime()));
}

function toEntry({ key, type, values }: SimulationContext) {
  const ContextKeyType: ContextKeyTypeEnum = type;
  return { ContextKeyName: key, ContextKeyType, ContextKeyValues: [...values] };
}

/** IAM describes several resources either as several results, or as parts of one. */
function addDecisions(
  result: EvaluationResult,
  resourceArns: readonly string[],
  decisions: Map<string, SimulatedDecision>,
): void {
  const { EvalResourceName: arn, EvalDecision: decision } = result;
  const isAllowedByOrganization = result.OrganizationsDecisionDetail?.AllowedByOrganizations;
  if (arn !== undefined && resourceArns.includes(arn)) {
    decisions.set(arn, {
      decision: readDecision(decision),
      missingKeys: result.MissingContextValues ?? [],
      policies: namesOf(result.MatchedStatements),
      isAllowedByBoundary: result.PermissionsBoundaryDecisionDetail?.AllowedByPermissionsBoundary,
      isAllowedByOrganization,
    });
  }
  for (const part of result.ResourceSpecificResults ?? []) {
    if (part.EvalResourceName === undefined) continue;
    decisions.set(part.EvalResourceName, {
      decision: readDecision(part.EvalResourceDecision),
      missingKeys: part.MissingContextValues ?? [],
      policies: namesOf(part.MatchedStatements),
      isAllowedByBoundary: part.PermissionsBoundaryDecisionDetail?.AllowedByPermissionsBoundary,
      isAllowedByOrganization,
    });
  }
}

/** A decision that isn't known counts as a denial. */
function readDecision(decision: string | undefined): SimulatedDecision['decision'] {
  return decision === 'allowed' || decision === 'explicitDeny' ? decision : 'implicitDeny';
}

function namesOf(statements: readonly Statement[] = []): string[] {
  return [...new Set(statements.flatMap(({ SourcePolicyId }) => SourcePolicyId ?? []))];
}
