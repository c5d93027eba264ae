import type { HeldPolicies, HeldPolicy } from '../admin/held-policies.ts';
import type { CredentialPolicy } from '../admin/read-policy.ts';

/** Converts a comparison to the API's words. What could not be read is null, and a finding or `problem` says why. */
export function presentPolicy({ username, matches, findings, wanted, user, differences }: CredentialPolicy) {
  return {
    username,
    matches,
    findings,
    wanted: wanted ?? null,
    iam_user: user.state === 'present' ? presentUser(user.held) : { state: user.state },
    held: user.state === 'present' ? presentHeld(user.held) : null,
    differences,
  };
}

function presentUser({ arn, newName }: HeldPolicies) {
  return {
    ...('value' in arn ? { state: 'present', arn: arn.value } : { state: 'unknown' }),
    ...(newName === undefined ? {} : { renamed_to: newName }),
  };
}

function presentHeld({ inline, attached, boundaryArn }: HeldPolicies) {
  return {
    inline: 'value' in inline ? inline.value.map(presentHeldPolicy) : null,
    attached: 'value' in attached ? attached.value.map(presentHeldPolicy) : null,
    ...('value' in boundaryArn ? { permissions_boundary: boundaryArn.value ?? null } : {}),
  };
}

function presentHeldPolicy({ document, ...policy }: HeldPolicy) {
  return { ...policy, ...('value' in document ? { document: document.value } : { document: null, ...document }) };
}
