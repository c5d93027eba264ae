import type { CredentialTable } from '../credential/credential-table.ts';
import { InvalidRecordError } from '../credential/errors.ts';
import type { PolicyDifference } from '../credential/iam/compare-policies.ts';
import { type DesiredState, readDesiredState, type SendingScope } from '../credential/record/desired-state.ts';
import type { CredentialRecord } from '../credential/record/record.ts';
import { type HeldPoliciesDeps, type ReadUser, readHeldPolicies } from './held-policies.ts';
import { findPolicyDifferences, type PolicyFinding } from './policy-findings.ts';
import { requireRecord } from './require-record.ts';

/** The policy that a credential's record asks for, what IAM holds, and how they differ. */
export interface CredentialPolicy {
  readonly username: string;
  /** Whether IAM holds the policy that is wanted, and nothing else. Null: something could not be read, and nothing else differs. */
  readonly matches: boolean | null;
  readonly findings: readonly PolicyFinding[];
  /** Undefined: the record can't be fulfilled. */
  readonly wanted: { readonly form: 'inline' | 'managed'; readonly document: unknown } | undefined;
  readonly user: ReadUser;
  readonly differences: readonly PolicyDifference[];
}

export interface ReadPolicyDeps extends HeldPoliciesDeps {
  readonly credentials: Pick<CredentialTable, 'read'>;
  readonly permissionsBoundaryArn: string;
  readonly now: () => number;
}

/**
 * Compares the policy that the reconciler would write for a record with everything that IAM holds for its IAM user. Whatever can't be read is
 * said to be unknown.
 *
 * @throws SesameError `CredentialNotFound`, permanent; or what the table throws
 */
export async function readPolicy(
  { username }: { readonly username: string },
  deps: ReadPolicyDeps,
): Promise<CredentialPolicy> {
  const record = await requireRecord(username, deps.credentials);
  const user = await readHeldPolicies(record, deps);
  const desired = readDesired(record, deps.scope);
  const { permissionsBoundaryArn, now } = deps;
  const comparison = findPolicyDifferences(user, { record, desired, permissionsBoundaryArn, nowMs: now() });
  const states = comparison.findings.map(({ state }) => state);
  return {
    username,
    matches: states.includes('different') ? false : states.includes('unknown') ? null : true,
    ...comparison,
    wanted: desired && { form: desired.policy.form, document: JSON.parse(desired.policy.document) as unknown },
    user,
  };
}

function readDesired(record: CredentialRecord, scope: SendingScope): DesiredState | undefined {
  try {
    return readDesiredState(record, scope);
  } catch (error) {
    if (error instanceof InvalidRecordError) return undefined;
    throw error;
  }
}
