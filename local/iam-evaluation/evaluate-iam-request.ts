import { getDenialReasons, runSimulation } from '@cloud-copilot/iam-simulate';
import { renameEncryptionContextInPolicy, renameEncryptionContextKey } from './rename-encryption-context.ts';

/** A policy, with the name that explanations use for it. */
export interface NamedPolicy {
  readonly name: string;
  /** The JSON text or the parsed value. */
  readonly document: string | object;
}

/** One call to AWS, and the policies that decide on it. */
export interface IamRequest {
  /** ARN of the user, or of the role (`arn:aws:sts::...:assumed-role/...` works too). */
  readonly principalArn: string;
  readonly identityPolicies: readonly NamedPolicy[];
  readonly permissionsBoundary?: NamedPolicy | undefined;
  /** The resource's own policy. A KMS key always has one, and it must allow any use of the key. */
  readonly resourcePolicy?: NamedPolicy | undefined;
  /** For example `ses:SendRawEmail`. */
  readonly action: string;
  /** ARN of the resource, or `*` for actions without a resource. */
  readonly resource: string;
  /** Condition keys and their values; a list for a multi-valued key. */
  readonly context: Readonly<Record<string, string | readonly string[]>>;
}

/** IAM's decision, and why. */
export interface IamDecision {
  readonly allowed: boolean;
  readonly explanation: string;
}

/**
 * Decides one request as IAM does: an explicit deny wins; the identity policies and the boundary must both allow it. As in AWS,
 * condition keys that the service doesn't define for the action are ignored. One difference from AWS: a resource pattern with
 * a lone wildcard before its slash matches nothing. `arn:aws:ses:*:*:*` does match.
 *
 * @throws Error when a policy or the request is malformed: that is the caller's fault, not a denial.
 */
export async function evaluateIamRequest(request: IamRequest): Promise<IamDecision> {
  const accountId = request.principalArn.split(':')[4] ?? '';
  const outcome = await runSimulation(
    {
      request: {
        principal: request.principalArn,
        action: request.action,
        resource: { resource: request.resource, accountId },
        contextVariables: Object.fromEntries(
          Object.entries(request.context).map(([key, value]) => [
            renameEncryptionContextKey(key),
            typeof value === 'string' ? value : [...value],
          ]),
        ),
      },
      identityPolicies: request.identityPolicies.map(parsePolicy),
      serviceControlPolicies: [],
      resourceControlPolicies: [],
      ...(request.resourcePolicy ? { resourcePolicy: parsePolicy(request.resourcePolicy).policy } : {}),
      ...(request.permissionsBoundary
        ? { permissionBoundaryPolicies: [parsePolicy(request.permissionsBoundary)] }
        : {}),
    },
    {},
  );
  if (outcome.resultType === 'error') {
    throw new Error(`IAM can't evaluate ${request.action} on ${request.resource}: ${describe(outcome.errors)}`);
  }
  const analyses = outcome.resultType === 'single' ? [outcome.result] : outcome.results;
  const allowed = outcome.overallResult === 'Allowed';
  const reasons = allowed ? [] : analyses.flatMap(({ analysis }) => getDenialReasons(analysis));
  const because = reasons.length > 0 ? `: ${JSON.stringify(reasons)}` : '';
  return { allowed, explanation: `${outcome.overallResult} ${request.action} on ${request.resource}${because}` };
}

function parsePolicy({ name, document }: NamedPolicy): { name: string; policy: unknown } {
  const text = typeof document === 'string' ? document : JSON.stringify(document);
  return { name, policy: JSON.parse(renameEncryptionContextInPolicy(text)) };
}

function describe(errors: object): string {
  return JSON.stringify(errors);
}
