import { CONTAINMENT_POLICY } from '../aws/iam/policy-names.ts';
import { comparePolicies, type PolicyDifference } from '../credential/iam/compare-policies.ts';
import { isYoung } from '../credential/iam/propagation.ts';
import { digestOfPolicy } from '../credential/iam/sending-policy.ts';
import type { DesiredState } from '../credential/record/desired-state.ts';
import { contentOfDigest } from '../credential/record/policy-digest.ts';
import type { CredentialRecord } from '../credential/record/record.ts';
import type { HeldPolicies, HeldPolicy, ReadUser } from './held-policies.ts';

/** Something that was compared. */
export interface PolicyFinding {
  /** For programs. */
  readonly code: string;
  /** In words. */
  readonly message: string;
  readonly state: 'same' | 'different' | 'unknown';
}

export interface PolicyComparison {
  readonly findings: readonly PolicyFinding[];
  /** Between the policy that is wanted and Sesame's own policy in IAM. */
  readonly differences: readonly PolicyDifference[];
}

interface Compared {
  readonly record: CredentialRecord;
  /** Undefined: the record asks for something that can't be. */
  readonly desired: DesiredState | undefined;
  readonly permissionsBoundaryArn: string;
  readonly nowMs: number;
}

/** IAM knows a user's path only if there is the user: a role for one path is refused all others. */
const MAY_BE_GONE = 'A role that may only read users of its own path is refused in the same way if the user is gone.';

/** Compares what a record asks for with what IAM holds. Pure. */
export function findPolicyDifferences(user: ReadUser, compared: Compared): PolicyComparison {
  if (user.state !== 'present') return { findings: [describeMissing(user, compared.record)], differences: [] };
  const { held } = user;
  const sending = compareSending(held, compared);
  const findings = [
    ...describeUser(held),
    ...sending.findings,
    ...findContainment(held, compared.record),
    ...findOthers(held),
    ...compareBoundary(held, compared),
    ...[held.inline, held.attached].flatMap((list) =>
      'problem' in list ? [unknown('PoliciesUnknown', list.problem)] : [],
    ),
  ];
  return { findings, differences: sending.differences };
}

function describeMissing(user: Exclude<ReadUser, { state: 'present' }>, record: CredentialRecord): PolicyFinding {
  switch (user.state) {
    case 'none':
      return different(
        'NoIamUser',
        record.namesOtherUser
          ? 'The record names the IAM user of another credential, and has none of its own.'
          : 'The record names no IAM user yet: Sesame has made none, or is about to.',
      );
    case 'absent':
      return different(
        'IamUserMissing',
        `IAM does not know the IAM user ${record.iamUserArn ?? 'of the record'}. It was removed, or is too new to be visible.`,
      );
    case 'not-owned':
      return different('IamUserNotOwned', user.message);
    case 'unknown':
      return unknown('IamUserUnknown', user.message);
  }
}

function describeUser({ arn, newName }: HeldPolicies): PolicyFinding[] {
  return [
    ...('problem' in arn ? [unknown('IamUserUnknown', `${arn.problem} ${MAY_BE_GONE}`)] : []),
    ...(newName === undefined
      ? []
      : [
          different(
            'IamUserRenamed',
            `Somebody renamed the IAM user to ${newName}. It has its keys and policies still.`,
          ),
        ]),
  ];
}

function compareSending(held: HeldPolicies, compared: Compared): PolicyComparison {
  const { desired } = compared;
  const own = policiesOf(held).filter(({ kind }) => kind === 'sending');
  const policy = own.find(({ form }) => form === desired?.policy.form) ?? own[0];
  const second = own.filter((each) => each !== policy).map(({ name }) => name);
  const more = second.map((name) =>
    different('SecondPolicy', `The policy ${name} of an earlier list stands as well, and allows what it names.`),
  );
  if (desired === undefined) {
    const message = "The record can't be fulfilled, so there is no policy to compare: see the credential's problems.";
    return { findings: [unknown('SpecInvalid', message), ...more], differences: [] };
  }
  if (policy === undefined) {
    // Where a list is unknown, the policy may be in it.
    if ('problem' in held.inline || 'problem' in held.attached) return { findings: [], differences: [] };
    return {
      findings: [
        different('PolicyMissing', `The IAM user has no policy of Sesame. ${describeDelay(compared, desired)}`),
      ],
      differences: [],
    };
  }
  if ('problem' in policy.document) {
    return { findings: [unknown('PolicyUnknown', policy.document.problem), ...more], differences: [] };
  }
  const differences = comparePolicies(JSON.parse(desired.policy.document), policy.document.value);
  return { findings: [judgeDifferences(policy, differences, desired, compared), ...more], differences };
}

function judgeDifferences(
  { document }: HeldPolicy,
  differences: readonly PolicyDifference[],
  desired: DesiredState,
  compared: Compared,
): PolicyFinding {
  if (differences.length === 0) {
    return { code: 'PolicySame', state: 'same', message: 'IAM holds the policy that the record asks for.' };
  }
  const { policyDigest, narrowedFrom } = compared.record;
  const heldDigest = digestOfPolicy(JSON.stringify('value' in document ? document.value : undefined) ?? '');
  if (narrowedFrom === desired.policyDigest && heldDigest === contentOfDigest(policyDigest)) {
    return different(
      'PolicyNarrowed',
      'Sesame left out the senders without a receiving rule on purpose: see its warnings.',
    );
  }
  if (policyDigest !== desired.policyDigest && narrowedFrom !== desired.policyDigest) {
    return different('PolicyLagging', `The policy is that of an earlier record. ${describeDelay(compared, desired)}`);
  }
  return different(
    'PolicyChanged',
    `IAM's policy is not the one that Sesame wrote. ${describeDelay(compared, desired)}`,
  );
}

/** When the policy will be written. */
function describeDelay({ record, nowMs }: Compared, desired: DesiredState): string {
  if (record.isToBeOff) return 'Sesame writes it when the credential is enabled.';
  if (record.failureCode !== undefined) return "Sesame could not carry out the record: see the credential's problems.";
  if (record.policyDigest !== desired.policyDigest) return 'Sesame writes it within seconds.';
  if (isYoung(Math.max(record.updatedAtMs, record.keyCreatedAtMs), nowMs)) {
    return 'IAM may still show the state before a recent change; if not, the next sweep restores it.';
  }
  return 'The next sweep restores it.';
}

function findContainment(held: HeldPolicies, { item }: CredentialRecord): PolicyFinding[] {
  const isContained = item['contained'] !== undefined;
  const policy = policiesOf(held).find(({ kind }) => kind === 'containment');
  const again = 'Contain it again.';
  if (policy === undefined) {
    if (!isContained || 'problem' in held.inline) return [];
    return [different('ContainmentMissing', `The record is contained, and IAM has no explicit deny. ${again}`)];
  }
  if ('problem' in policy.document) return [unknown('ContainmentUnknown', policy.document.problem)];
  if (comparePolicies(CONTAINMENT_POLICY, policy.document.value).length > 0) {
    return [different('ContainmentChanged', `The policy ${policy.name} does not deny everything. ${again}`)];
  }
  if (isContained)
    return [different('Contained', 'An explicit deny of everything stands, until the containment is lifted.')];
  return [
    different(
      'ContainmentLeftOver',
      'An explicit deny of everything stands, and the record is not contained: no mail can be sent. To remove it, contain the credential again, and lift that when you enable it.',
    ),
  ];
}

function findOthers(held: HeldPolicies): PolicyFinding[] {
  return policiesOf(held).flatMap(({ kind, name, form }) => {
    if (kind === 'quarantine')
      return [different('Quarantined', `AWS attached ${name}, because a key was found in public.`)];
    if (kind !== 'foreign') return [];
    const does = form === 'inline' ? 'has the inline policy' : 'is attached the managed policy';
    return [different('ForeignPolicy', `The IAM user ${does} ${name}, which is not Sesame's.`)];
  });
}

function compareBoundary({ boundaryArn }: HeldPolicies, { permissionsBoundaryArn }: Compared): PolicyFinding[] {
  if ('problem' in boundaryArn || boundaryArn.value === permissionsBoundaryArn) return [];
  const has =
    boundaryArn.value === undefined ? 'no permissions boundary' : `the permissions boundary ${boundaryArn.value}`;
  return [different('ForeignBoundary', `The IAM user has ${has} instead of ${permissionsBoundaryArn}.`)];
}

function policiesOf({ inline, attached }: HeldPolicies): HeldPolicy[] {
  return [inline, attached].flatMap((list) => ('value' in list ? list.value : []));
}

function different(code: string, message: string): PolicyFinding {
  return { code, message, state: 'different' };
}

function unknown(code: string, message: string): PolicyFinding {
  return { code, message, state: 'unknown' };
}
