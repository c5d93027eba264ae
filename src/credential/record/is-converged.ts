import type { Item } from '../credential-table.ts';
import { InvalidRecordError } from '../errors.ts';
import { readDesiredState, type SendingScope } from './desired-state.ts';
import { isOff } from './is-off.ts';
import type { CredentialRecord } from './record.ts';

/** Codes of failures that only an edit ends, although neither `failure.permanent` nor the spec may show it. */
const permanentCodes = new Set(['IamUserNotOwned', 'ReceivingRuleMissing']);

/**
 * Whether the record shows that nothing is left to do for it. IAM is not read. A claimed record isn't converged,
 * because the claim's holder may have died. The rotator takes care of scheduled rotations.
 */
export function isConverged(record: CredentialRecord, scope: SendingScope): boolean {
  if (record.claim?.by !== undefined) return false;
  // An unfinished request to disable is never converged, whatever the status is.
  if (record.isToBeOff) return isOff(record);
  switch (record.status) {
    case 'pending':
    case 'disabled':
    case undefined:
      return false;
    case 'failed':
      return waitsForEdit(record, scope);
    case 'active':
      return isFulfilled(record, scope);
  }
}

function waitsForEdit(record: CredentialRecord, scope: SendingScope): boolean {
  const failure = record.item['failure'] as Item | undefined;
  const isPermanent = failure?.['permanent'] === true || permanentCodes.has(String(failure?.['code']));
  return isPermanent || readDigest(record, scope) === undefined;
}

function isFulfilled(record: CredentialRecord, scope: SendingScope): boolean {
  const isComplete =
    record.iamUserArn !== undefined && record.accessKeyId !== undefined && record.encryptedPassword !== undefined;
  // Another rotation can't start during a rotation's grace period.
  const isRotationAsked = record.rotateRequested && record.previousKey === undefined;
  return isComplete && !isRotationAsked && record.policyDigest === readDigest(record, scope);
}

/** The digest of the policy for the record's spec; undefined if the spec can't be fulfilled. */
function readDigest(record: CredentialRecord, scope: SendingScope): string | undefined {
  try {
    return readDesiredState(record, scope).policyDigest;
  } catch (error) {
    if (error instanceof InvalidRecordError) return undefined;
    throw error;
  }
}
