import type { ClaimAttribute, Item } from '../credential-table.ts';
import { buildIamUserName, isIamUserNameOf, validateUsername } from '../iam/iam-user-name.ts';
import { isYoung } from '../iam/propagation.ts';
import { type Claim, readClaim } from '../record/record.ts';
import type { Outcome, ReconcileDeps, Trigger } from './contract.ts';

/** How long a claim is valid. After that its holder is usually dead; if not, it starts nothing more. */
export const CLAIM_LEASE_SECONDS = 90;

/**
 * How long one stage of the work may take at most: four attempts of an AWS call with five seconds each, and the pauses between them.
 * A holder begins no stage that may not end within its lease. The same room covers clocks that differ.
 */
const LONGEST_STAGE_SECONDS = 30;

/** Whether a record is claimed. A claim further in the future than clocks may differ doesn't count: it would lock the record for ever. */
export function isHeld(claim: Claim | undefined, leaseSeconds: number, nowMs: number): boolean {
  return claim?.by !== undefined && isYoung(claim.atMs, nowMs, leaseSeconds);
}

/** A record in one hand. */
export interface Lease {
  readonly by: string;
  /** The IAM user to make, when the record has none yet. */
  readonly iamUserName: string;
  /** That name is older than this claim, and the user may exist: when it was claimed last, in epoch milliseconds. */
  readonly mayExistSinceMs: number | undefined;
  /** That user may have a key that no record names: its maker died, or IAM didn't list the key. */
  readonly mayHoldKey?: boolean | undefined;
  /** When another function may take the record over: epoch milliseconds. */
  readonly untilMs: number;
  /** After this nothing more is begun: epoch milliseconds. */
  readonly beginUntilMs: number;
}

/** A record that this function has claimed, as it was when it was claimed. */
export interface Claimed {
  readonly item: Item;
  readonly lease: Lease;
  readonly takenOver: boolean;
}

/** Claims and reads with one conditional write. An expired claim is taken over, with the name of its IAM user. */
export async function claimRecord(trigger: Trigger, deps: ReconcileDeps): Promise<Claimed | Outcome> {
  const { credentials, settings } = deps;
  const nowMs = deps.now();
  const by = deps.newId();
  const at = new Date(nowMs).toISOString();
  const iamUserName = proposeName(trigger, nowMs);
  const leaseMs = (settings.claimLeaseSeconds ?? CLAIM_LEASE_SECONDS) * 1000;
  const times = {
    untilMs: nowMs + leaseMs,
    // A lease that is shorter than usual, as tests have it, leaves room in proportion.
    beginUntilMs: nowMs + leaseMs - Math.min(LONGEST_STAGE_SECONDS * 1000, leaseMs / 3),
  };
  const first = await credentials.claim(trigger.username, toAttribute(iamUserName, at, by));
  const previous = first.item === undefined ? undefined : readClaim(first.item['claim']);
  // Written, or written before and the answer lost: the SDK's own retry met our claim.
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
 * Claims the record under another name of the IAM user: somebody else's user has that one. IAM tells no upper from lower case, so
 * `Jane` and `jane` that are claimed in the same millisecond get the same name.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-friendly-names
 *
 * @returns undefined when the record changed hands meanwhile
 */
export async function claimOtherName(
  trigger: Trigger,
  lease: Lease,
  item: Item,
  deps: ReconcileDeps,
): Promise<{ readonly item: Item; readonly held: Lease } | undefined> {
  const nowMs = deps.now();
  const iamUserName = proposeName({ ...trigger, supersededIamUserName: lease.iamUserName }, nowMs);
  const claim = item['claim'] as Item;
  // The lease stays as it was: what it began with counts.
  const at = typeof claim['at'] === 'string' ? claim['at'] : new Date(nowMs).toISOString();
  const answer = await deps.credentials.takeClaim(trigger.username, toAttribute(iamUserName, at, lease.by), claim);
  const taken = readClaim(answer.item?.['claim']);
  if (answer.item === undefined || taken?.by !== lease.by || taken.iamUserName !== iamUserName) return undefined;
  return { item: answer.item, held: { ...lease, iamUserName, mayExistSinceMs: undefined, mayHoldKey: false } };
}

/** Undefined unless the name is this username's: an item that was copied under another username names the other one's user. */
export function ownName(username: string, name: string | undefined): string | undefined {
  return name !== undefined && isIamUserNameOf(username, name) ? name : undefined;
}

/** Empty for a username that no IAM user can have: the strict reading of the record says what is wrong with it. */
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
