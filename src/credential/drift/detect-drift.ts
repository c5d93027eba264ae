import type { Item } from '../credential-table.ts';
import { InvalidRecordError } from '../errors.ts';
import type { IamUserSnapshot } from '../iam/iam-inventory.ts';
import { buildPolicyName } from '../iam/iam-user-name.ts';
import { buildIamPath, isFormerArn, isManagedArn, type Ownership, pathOfArn } from '../iam/ownership.ts';
import { isYoung } from '../iam/propagation.ts';
import { isHeld } from '../reconcile/lease.ts';
import { readDesiredState, type SendingScope } from '../record/desired-state.ts';
import { narrowSpec } from '../record/effective-spec.ts';
import { isConverged } from '../record/is-converged.ts';
import { isOff } from '../record/is-off.ts';
import { policyFormOfDigest } from '../record/policy-digest.ts';
import { type CredentialRecord, iamUserNameOfArn } from '../record/record.ts';
import { readSuspension } from '../record/suspension.ts';
import type { DriftFinding, DriftKind } from './drift-finding.ts';

/** How long disabling may take before a person is alerted. */
const DISABLING_SECONDS = 120;

export interface DriftSettings {
  readonly scope: SendingScope;
  /** Patterns that need a receiving rule and have none. */
  readonly unreceived: ReadonlySet<string>;
  readonly claimLeaseSeconds: number;
  /** How long IAM may return an old state. */
  readonly propagationSeconds: number;
  /** How long a new key may go without a successful login before another verification is requested. */
  readonly unverifiedSeconds: number;
  /** The permissions boundary that every user must have. */
  readonly permissionsBoundaryArn: string;
  /** How long a failure is left to the dead-letter processor. */
  readonly staleFailureSeconds: number;
  /** The deployment that the IAM users belong to. It also says which older users are taken over. */
  readonly deployment: Ownership;
}

/**
 * Finds the differences between IAM and a record. Pure; `nowMs` in epoch milliseconds.
 *
 * @param user what was read of its IAM user; undefined when it has none
 * @param presentName what the IAM user is called now, when somebody renamed it
 */
export function detectDrift(
  record: CredentialRecord,
  user: IamUserSnapshot | undefined,
  nowMs: number,
  settings: DriftSettings,
  presentName?: string,
): DriftFinding[] {
  const { claim } = record;
  if (claim !== undefined) {
    // A function is working on the record or died recently; the claim's expiry will show. A claim without a holder only
    // keeps a name and is left to the retries.
    if (isHeld({ ...claim, by: claim.by ?? '' }, settings.claimLeaseSeconds, nowMs)) return [];
    const since = new Date(claim.atMs).toISOString();
    return [
      found('half-done', `A function claimed the record at ${since} and never finished.`),
      ...findUnfinishedDisabling(record, nowMs),
    ];
  }
  if (record.namesOtherUser) {
    return [found('missing-user', 'The record names the IAM user of another credential, and has none of its own.')];
  }
  if (presentName !== undefined) {
    const message = `The IAM user of the record was renamed to ${presentName}. It keeps its keys, so its password may work.`;
    return [found('renamed-user', message), ...findUnfinishedDisabling(record, nowMs)];
  }
  if (record.isToBeOff) {
    return [...compareDisabled(record, user, nowMs, settings), ...findFormerPath(record, user, settings)];
  }
  switch (record.status) {
    case 'active':
      return compareActive(record, user, nowMs, settings);
    case 'failed':
      return compareFailed(record, user, nowMs, settings);
    case 'pending':
      return [found('stuck-pending', 'The record is pending, and nobody works on it.')];
    case 'disabled':
    case undefined:
      return [found('stuck-pending', 'The record has an unknown status, and no failure is recorded.')];
  }
}

function found(kind: DriftKind, message: string, remedy: DriftFinding['remedy'] = 'repair'): DriftFinding {
  return { kind, message, remedy };
}

function compareActive(
  record: CredentialRecord,
  user: IamUserSnapshot | undefined,
  nowMs: number,
  settings: DriftSettings,
): DriftFinding[] {
  // IAM may still return the state before a recent change, so only the record itself is checked.
  const isRecent = changedRecently(record, nowMs, settings);
  if (user === undefined) {
    return isRecent ? [] : [found('missing-user', 'The record is active, and its IAM user does not exist.')];
  }
  const quarantine = findQuarantine(user);
  if (quarantine !== undefined) return [found('quarantined', `AWS has attached ${quarantine}.`)];
  // Moving the user recreates its keys and policy from the record, so nothing else needs a report.
  const former = findFormerPath(record, user, settings);
  if (former.length > 0) return former;
  return [
    ...(isRecent ? [] : compareKeys(record, user)),
    ...comparePolicy(record, isRecent ? { attachedPolicies: user.attachedPolicies } : user, settings),
    ...(isRecent ? [] : findDetachedPolicy(record, user, settings)),
    ...(isRecent ? [] : findSecondPolicy(record, user, settings)),
    ...findForeignPolicies(record, user, settings),
    ...findForeignBoundary(record, user, settings),
    ...findUnverified(record, nowMs, settings),
  ];
}

/** Whether Sesame changed something so recently that IAM may not return it yet. */
function changedRecently(record: CredentialRecord, nowMs: number, { propagationSeconds }: DriftSettings): boolean {
  return isYoung(Math.max(record.updatedAtMs, record.keyCreatedAtMs), nowMs, propagationSeconds);
}

/** A user of version 0.1, of the table's former name, or of another deployment. */
function findFormerPath(
  { iamUserArn }: CredentialRecord,
  user: IamUserSnapshot | undefined,
  { deployment }: DriftSettings,
): DriftFinding[] {
  if (user === undefined || iamUserArn === undefined || !isFormerArn(iamUserArn, deployment)) return [];
  const message = `The IAM user has the path ${pathOfArn(iamUserArn)} instead of ${buildIamPath(deployment)}.`;
  return [found('former-path', message)];
}

function compareKeys(record: CredentialRecord, { keys }: IamUserSnapshot): DriftFinding[] {
  if (keys === undefined) return [];
  const { accessKeyId, previousKey } = record;
  const current = keys.find((key) => key.accessKeyId === accessKeyId);
  const findings: DriftFinding[] = [];
  if (current === undefined) {
    findings.push(found('missing-key', `The access key ${accessKeyId ?? 'of the record'} does not exist.`));
  } else if (current.status === 'Inactive') {
    findings.push(found('inactive-key', `The access key ${accessKeyId} is Inactive, and the record is active.`));
  }
  const previous = keys.find((key) => key.accessKeyId === previousKey?.accessKeyId);
  if (previous?.status === 'Active' && previousKey?.inactiveSinceMs !== undefined) {
    const message = `The old access key ${previous.accessKeyId} is Active again, although a rotation has retired it.`;
    findings.push(found('active-key', message, 'report'));
  }
  return [...findings, ...findOrphanKeys(record, keys, 'repair')];
}

function findOrphanKeys(
  { accessKeyId, previousKey }: CredentialRecord,
  keys: NonNullable<IamUserSnapshot['keys']>,
  remedy: DriftFinding['remedy'],
): DriftFinding[] {
  const known = [accessKeyId, previousKey?.accessKeyId];
  return keys
    .filter((key) => !known.includes(key.accessKeyId))
    .map((key) => found('orphan-key', `The record does not name the access key ${key.accessKeyId}.`, remedy));
}

function comparePolicy(record: CredentialRecord, user: IamUserSnapshot, settings: DriftSettings): DriftFinding[] {
  const { scope, unreceived } = settings;
  let effective: ReturnType<typeof narrowSpec>;
  try {
    effective = narrowSpec(record, readDesiredState(record, scope), unreceived, scope);
  } catch (error) {
    if (!(error instanceof InvalidRecordError)) throw error;
    return [found('policy-drift', `The record was changed and can no longer be fulfilled: ${error.message}`)];
  }
  const { desired, suspension } = effective;
  if (suspension !== undefined) return [found('policy-drift', suspension.evidence)];
  if (record.policyDigest !== desired.policyDigest) {
    return [found('policy-drift', 'The record or the deployment was changed, and the policy was not updated yet.')];
  }
  const { document } = user;
  if (document === undefined) return [];
  if (document === 'none') return [found('policy-drift', 'The policy of the IAM user is gone.')];
  return isSameDocument(document.text, desired.policy.document)
    ? []
    : [found('policy-drift', 'The policy of the IAM user differs from the record.')];
}

function isSameDocument(held: string, desired: string): boolean {
  try {
    return JSON.stringify(JSON.parse(held)) === desired;
  } catch {
    return false;
  }
}

/** A policy that isn't attached grants nothing, even if its document is correct. */
function findDetachedPolicy(record: CredentialRecord, user: IamUserSnapshot, settings: DriftSettings): DriftFinding[] {
  if (policyFormOfDigest(record.policyDigest) !== 'managed') return [];
  const name = policyNameOf(record, settings);
  return name === undefined || user.attachedPolicies.includes(name)
    ? []
    : [found('policy-drift', 'The managed policy is not attached to the IAM user.')];
}

/** A leftover policy of the other form (inline or managed), after the list became shorter or longer. */
function findSecondPolicy(record: CredentialRecord, user: IamUserSnapshot, settings: DriftSettings): DriftFinding[] {
  const form = policyFormOfDigest(record.policyDigest);
  if (form === 'inline' && user.attachedPolicies.includes(policyNameOf(record, settings) ?? '')) {
    return [found('policy-drift', 'The IAM user has the policy of an earlier, longer list as well.')];
  }
  if (form === 'managed' && user.hasInlinePolicy === true) {
    return [found('policy-drift', 'The IAM user has the policy of an earlier, shorter list as well.')];
  }
  return [];
}

/** The name of our managed policy, whether it exists or not. */
function policyNameOf({ iamUserArn }: CredentialRecord, { deployment }: DriftSettings): string | undefined {
  return iamUserArn === undefined ? undefined : buildPolicyName(iamUserNameOfArn(iamUserArn), deployment);
}

/** Additional policies may allow more than the record does. The boundary still limits them to sending mail. */
function findForeignPolicies(record: CredentialRecord, user: IamUserSnapshot, settings: DriftSettings): DriftFinding[] {
  const own = policyNameOf(record, settings);
  const names = [
    ...(user.foreignInlinePolicies ?? []),
    ...user.attachedPolicies.filter((name) => name !== own && !isQuarantine(name)),
  ];
  if (names.length === 0) return [];
  return [found('foreign-policy', `Somebody gave the IAM user more policies: ${names.join(', ')}.`, 'report')];
}

/**
 * Without our boundary, an added policy may allow anything, and our roles may no longer write the user's own policy. It
 * is only reported: no role of ours may set a boundary, so that none can loosen one.
 */
function findForeignBoundary(
  record: CredentialRecord,
  { boundary }: IamUserSnapshot,
  { permissionsBoundaryArn }: DriftSettings,
): DriftFinding[] {
  if (boundary === undefined || boundary === permissionsBoundaryArn) return [];
  const has = boundary === 'none' ? 'no permissions boundary' : `the permissions boundary ${boundary}`;
  const message =
    `The IAM user has ${has} instead of ${permissionsBoundaryArn}, so its policy can't be changed any more. Put it back: ` +
    `aws iam put-user-permissions-boundary --user-name ${iamUserNameOfArn(record.iamUserArn ?? '')} --permissions-boundary ${permissionsBoundaryArn}`;
  return [found('foreign-boundary', message, 'report')];
}

function findUnverified(record: CredentialRecord, nowMs: number, { unverifiedSeconds }: DriftSettings): DriftFinding[] {
  if (record.isVerified || nowMs < record.keyCreatedAtMs + unverifiedSeconds * 1000) return [];
  return [found('unverified', 'The key has not logged in at the SMTP endpoint yet.', 'verify')];
}

function compareDisabled(
  record: CredentialRecord,
  user: IamUserSnapshot | undefined,
  nowMs: number,
  settings: DriftSettings,
): DriftFinding[] {
  const open = findUnfinishedDisabling(record, nowMs);
  if (user === undefined) return open;
  const { keys = [] } = user;
  const active = keys.filter((key) => key.status === 'Active').map((key) => key.accessKeyId);
  const quarantine = findQuarantine(user);
  // IAM may still show a recently deactivated key as Active.
  const isOn = active.length > 0 && !(isOff(record) && changedRecently(record, nowMs, settings));
  return [
    ...open,
    ...(isOn
      ? [found('active-key', `The record is disabled, and the access key ${active.join(' and ')} is Active.`)]
      : []),
    ...findOrphanKeys(
      record,
      keys.filter((key) => key.status === 'Inactive'),
      'report',
    ),
    ...(quarantine === undefined || readSuspension(record.item)?.reason === 'AwsQuarantine'
      ? []
      : [found('quarantined', `The record is disabled, and AWS has attached ${quarantine}.`, 'report')]),
  ];
}

/** The record should be disabled, but that has not been carried out, so its key may still work. */
function findUnfinishedDisabling(record: CredentialRecord, nowMs: number): DriftFinding[] {
  if (!record.isToBeOff || isOff({ ...record, claim: undefined })) return [];
  const failure = record.item['failure'] as Item | undefined;
  const sinceMs = Date.parse(String(failure?.['since'] ?? failure?.['at']));
  if (nowMs < sinceMs + DISABLING_SECONDS * 1000) return [];
  const reason = typeof failure?.['message'] === 'string' ? ` ${failure['message']}` : '';
  return [found('not-disabled', `The record should be disabled, but that is not done yet: its key may work.${reason}`)];
}

function compareFailed(
  record: CredentialRecord,
  user: IamUserSnapshot | undefined,
  nowMs: number,
  settings: DriftSettings,
): DriftFinding[] {
  const { scope, staleFailureSeconds, deployment } = settings;
  const quarantine = user === undefined ? undefined : findQuarantine(user);
  if (quarantine !== undefined) {
    return [found('quarantined', `The record is failed, and AWS has attached ${quarantine}.`, 'report')];
  }
  // The record failed because its user belonged to another deployment. A new setting, without an edit of the record,
  // makes the user ours.
  const isTakenOver = record.iamUserArn !== undefined && isManagedArn(record.iamUserArn, deployment);
  if (record.failureCode === 'IamUserNotOwned' && isTakenOver) return findFormerPath(record, user, settings);
  // A record that waits for an administrator's edit was reported when it failed.
  if (isConverged(record, scope)) return [];
  const failure = record.item['failure'] as Item | undefined;
  const failedAtMs = Date.parse(String(failure?.['at']));
  if (nowMs < failedAtMs + staleFailureSeconds * 1000) return [];
  return [found('stale-failure', 'The record failed for a reason that may have passed, and no function retries it.')];
}

function findQuarantine(user: IamUserSnapshot): string | undefined {
  return user.attachedPolicies.find(isQuarantine);
}

function isQuarantine(policyName: string): boolean {
  return policyName.startsWith('AWSCompromisedKeyQuarantine');
}
