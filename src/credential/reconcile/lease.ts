import type { ClaimAttribute, Item } from '../credential-table.ts';
import { buildIamUserName, isIamUserNameOf, validateUsername } from '../iam/iam-user-name.ts';
import { isYoung } from '../iam/propagation.ts';
import { type Claim, readClaim } from '../record/record.ts';
import type { Outcome, ReconcileDeps, Trigger } from './contract.ts';

/** How long a claim is valid, in seconds. By then its holder has usually died. If not, it starts nothing more. */
export const CLAIM_LEASE_SECONDS = 90;

/**
 * The longest time that one stage can take, in seconds: four attempts of an AWS call at five seconds each, and the
 * pauses between them. A holder starts no stage that may exceed its lease. The same margin covers clock differences.
 */
const LONGEST_STAGE_SECONDS = 30;

/**
 * Whether a record is claimed. A claim that lies further in the future than clocks can differ is ignored: it would lock
 * the record forever.
 */
export function isHeld(claim: Claim | undefined, leaseSeconds: number, nowMs: number): boolean {
  return claim?.by !== undefined && isYoung(claim.atMs, nowMs, leaseSeconds);
}

/** The right of one attempt to work on a record, and what it knew about the IAM user when it got it. */
export interface Lease {
  readonly by: string;
  /** The name of the IAM user to create, if the record has none yet. */
  readonly iamUserName: string;
  /**
   * Set if that name comes from an earlier claim, so the user may exist: when that claim was made, in epoch
   * milliseconds.
   */
  readonly mayExistSinceMs: number | undefined;
  /** That user may have a key that no record names: the function that created it died, or IAM did not list the key. */
  readonly mayHoldKey?: boolean | undefined;
  /** When another function may take the record over: epoch milliseconds. */
  readonly untilMs: number;
  /** After this time no stage may start: epoch milliseconds. */
  readonly beginUntilMs: number;
}

/** A record that this function has claimed, in the state right after the claim. */
export interface Claimed {
  readonly item: Item;
  readonly lease: Lease;
  readonly takenOver: boolean;
}

/**
 * Claims and reads the record with one conditional write. An expired claim is taken over, together with the name of its
 * IAM user.
 */
export async function claimRecord(trigger: Trigger, deps: ReconcileDeps): Promise<Claimed | Outcome> {
  const { credentials, settings } = deps;
  const nowMs = deps.now();
  const by = deps.newId();
  const at = new Date(nowMs).toISOString();
  const iamUserName = proposeName(trigger, nowMs);
  const leaseMs = (settings.claimLeaseSeconds ?? CLAIM_LEASE_SECONDS) * 1000;
  const times = {
    untilMs: nowMs + leaseMs,
    // A shorter lease, as in tests, gets a proportionally shorter margin.
    beginUntilMs: nowMs + leaseMs - Math.min(LONGEST_STAGE_SECONDS * 1000, leaseMs / 3),
  };
  const first = await credentials.claim(trigger.username, toAttribute(iamUserName, at, by));
  const previous = first.item === undefined ? undefined : readClaim(first.item['claim']);
  // Either written now, or written before by a call whose answer was lost: the SDK's retry then found our own claim.
  if (first.item !== undefined && previous?.by === by) {
    return { item: first.item, lease: { by, iamUserName, mayExistSinceMs: undefined, ...times }, takenOver: false };
  }
  if (first.item === undefined) return { result: 'missing' };

  if (previous !== undefined && isHeld(previous, leaseMs / 1000, nowMs)) {
    return { result: 'busy', retryAfterSeconds: Math.ceil((previous.atMs + leaseMs - nowMs) / 1000) };
  }
  const keptName = ownName(trigger.username, previous?.iamUserName);
  const name = keptName ?? iamUserName;
  const second = await credentials.takeClaim(trigger.username, toAttribute(name, at, by), first.item['claim'] as Item);
  if (second.item === undefined) return { result: 'missing' };
  if (readClaim(second.item['claim'])?.by !== by) return { result: 'busy', retryAfterSeconds: leaseMs / 1000 };
  const mayExistSinceMs = keptName === undefined ? undefined : (previous?.atMs ?? 0);
  const mayHoldKey = keptName !== undefined && (previous?.by !== undefined || previous?.mayHoldKey === true);
  const lease: Lease = { by, iamUserName: name, mayExistSinceMs, mayHoldKey, ...times };
  return { item: second.item, lease, takenOver: true };
}

function toAttribute(name: string, at: string, by: string): ClaimAttribute {
  return { ...(name === '' ? {} : { iam_user_name: name }), at, by };
}

/**
 * Claims the record with another IAM user name, because another owner's user has the current one. IAM ignores case in
 * names, so `Jane` and `jane` get the same name if they are claimed in the same millisecond.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-friendly-names
 *
 * @returns undefined if another function has claimed the record in the meantime
 */
export async function claimOtherName(
  trigger: Trigger,
  lease: Lease,
  item: Item,
  deps: ReconcileDeps,
): Promise<{ readonly item: Item; readonly lease: Lease } | undefined> {
  const nowMs = deps.now();
  const iamUserName = proposeName({ ...trigger, supersededIamUserName: lease.iamUserName }, nowMs);
  const claim = item['claim'] as Item;
  // The lease is not extended: it ends when it would have ended before.
  const at = typeof claim['at'] === 'string' ? claim['at'] : new Date(nowMs).toISOString();
  const answer = await deps.credentials.takeClaim(trigger.username, toAttribute(iamUserName, at, lease.by), claim);
  const taken = readClaim(answer.item?.['claim']);
  if (answer.item === undefined || taken?.by !== lease.by || taken.iamUserName !== iamUserName) return undefined;
  return { item: answer.item, lease: { ...lease, iamUserName, mayExistSinceMs: undefined, mayHoldKey: false } };
}

/**
 * The name, if it is one of this username's. If the item was copied from another credential, it names that one's user.
 */
export function ownName(username: string, name: string | undefined): string | undefined {
  return name !== undefined && isIamUserNameOf(username, name) ? name : undefined;
}

/** Empty for a username that no IAM user can have. The validation of the record then reports the username. */
function proposeName(
  { username, supersededIamUserName }: Pick<Trigger, 'username' | 'supersededIamUserName'>,
  nowMs: number,
): string {
  try {
    validateUsername(username);
  } catch {
    return '';
  }
  const name = buildIamUserName(username, nowMs);
  return name === supersededIamUserName ? buildIamUserName(username, nowMs + 1) : name;
}
