import type { Item } from '../credential-table.ts';
import { InvalidRecordError } from '../errors.ts';
import { readDesiredState, type SendingScope } from './desired-state.ts';
import { isOff } from './is-off.ts';
import type { CredentialRecord } from './record.ts';

/** Failures that the record itself doesn't show, and that only an edit ends, on records that don't say so. */
const permanentCodes = new Set(['IamUserNotOwned', 'ReceivingRuleMissing']);

/**
 * Whether a record tells that nothing is left to do for it: by the record alone, without a look at IAM. A record that
 * somebody holds isn't converged: nobody knows whether the holder still lives. Scheduled rotation is the rotator's affair.
 */
export function isConverged(record: CredentialRecord, scope: SendingScope): boolean {
  if (record.claim?.by !== undefined) return false;
  // A request to disable that isn't carried out yet is never converged, whatever the status says.
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
  // While a rotation's grace period runs, another one can't begin.
  const isRotationAsked = record.rotateRequested && record.previousKey === undefined;
  return isComplete && !isRotationAsked && record.policyDigest === readDigest(record, scope);
}

/** The digest of the policy that the record asks for; undefined when it asks for something impossible. */
function readDigest(record: CredentialRecord, scope: SendingScope): string | undefined {
  try {
    return readDesiredState(record, scope).policyDigest;
  } catch (error) {
    if (error instanceof InvalidRecordError) return undefined;
    throw error;
  }
}
