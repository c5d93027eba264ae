import type { Containment } from '../credential/iam/containment.ts';
import { iamUserNameOfItem } from '../credential/record/record.ts';
import { requireValid } from './check-attributes.ts';
import { credentialContained } from './credential-contained.ts';
import { readAttributes } from './credential-view.ts';
import { readForWrite } from './read-for-write.ts';
import { type WriteDeps, type WriteRequest, type WrittenCredential, writeChange } from './write-credential.ts';

export interface EnableRequest extends WriteRequest {
  /** Also ends a containment. The password is the one that was stolen, so rotate at once. */
  readonly liftContainment?: boolean | undefined;
}

/**
 * Enables a credential with its existing password, retries a failed one, and ends a suspension.
 *
 * @throws InvalidAttributesError if the record's attributes are invalid; RecordChangedError `RevisionChanged` with the
 * current credential; SesameError `CredentialNotFound`, `CredentialContained`
 */
export async function enableCredential(
  request: EnableRequest,
  deps: WriteDeps & { readonly containment: Pick<Containment, 'deny' | 'lift'> },
): Promise<WrittenCredential> {
  const record = await readForWrite(request, deps);
  const isContained = record.item['contained'] !== undefined;
  if (isContained && request.liftContainment !== true) throw credentialContained(request.username);
  const isOn = !record.isToBeOff && (record.status === 'active' || record.status === 'pending');
  const attributes = { ...readAttributes(record.item), status: 'pending' };
  const warnings = requireValid({ username: request.username, given: {}, attributes }, deps);
  const set = isOn ? {} : { status: 'pending' };
  // Before the record, so that nothing is enabled that IAM still denies.
  const iamUserName = iamUserNameOfItem(request.username, record.item);
  if (isContained && iamUserName !== undefined) await deps.containment.lift(iamUserName);
  const remove = isContained ? ['contained'] : [];
  try {
    return await writeChange(request, { set, remove }, { ...record, warnings }, deps);
  } catch (error) {
    // The record still says that it is contained, so IAM must deny it again.
    if (isContained && iamUserName !== undefined) await deps.containment.deny(iamUserName);
    throw error;
  }
}
