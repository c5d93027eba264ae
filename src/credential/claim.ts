import type { ClaimAttribute } from './credential-table.ts';
import { buildIamUserName, isIamUserNameOf, validateUsername } from './iam-user-name.ts';
import type { Outcome, ReconcileDeps, Trigger } from './reconcile.ts';
import { type Item, readClaim } from './record.ts';

/** How long a claim holds. A holder past it is mostly dead; one that isn't begins nothing more. */
export const CLAIM_LEASE_SECONDS = 90;

/** A record in one hand. */
export interface Held {
  readonly by: string;
  /** The IAM user to make, when the record has none yet. */
  readonly proposedName: string;
  /** That name is older than this claim: the user may exist. */
  readonly knownBefore: boolean;
  /** When somebody else may take the record over: epoch milliseconds. */
  readonly untilMs: number;
}

export type Claimed = { readonly item: Item; readonly held: Held; readonly takenOver: boolean };

/** One conditional write that claims and reads. Somebody's dead claim is taken over, name and all. */
export async function claimRecord(trigger: Trigger, deps: ReconcileDeps): Promise<Claimed | Outcome> {
  const { credentials, settings } = deps;
  const nowMs = deps.now();
  const by = deps.newId();
  const at = new Date(nowMs).toISOString();
  const proposedName = proposeName(trigger, nowMs);
  const leaseMs = (settings.claimLeaseSeconds ?? CLAIM_LEASE_SECONDS) * 1000;
  const untilMs = nowMs + leaseMs;
  const first = await credentials.claim(trigger.username, toAttribute(proposedName, at, by));
  const previous = first.item === undefined ? undefined : readClaim(first.item['claim']);
  // Written, or written before and the answer lost: the SDK's own retry met our claim.
  if (first.item !== undefined && previous?.by === by) {
    return { item: first.item, held: { by, proposedName, knownBefore: false, untilMs }, takenOver: false };
  }
  if (first.item === undefined) return { result: 'missing' };

  if (previous?.by !== undefined && previous.atMs + leaseMs > nowMs) {
    return { result: 'busy', retryAfterSeconds: Math.ceil((previous.atMs + leaseMs - nowMs) / 1000) };
  }
  const keptName = ownName(trigger.username, previous?.iamUserName);
  const name = keptName ?? proposedName;
  const second = await credentials.takeClaim(trigger.username, toAttribute(name, at, by), first.item['claim'] as Item);
  if (second.item === undefined) return { result: 'missing' };
  if (readClaim(second.item['claim'])?.by !== by) return { result: 'busy', retryAfterSeconds: leaseMs / 1000 };
  const held: Held = { by, proposedName: name, knownBefore: keptName !== undefined, untilMs };
  return { item: second.item, held, takenOver: true };
}

function toAttribute(name: string, at: string, by: string): ClaimAttribute {
  return { ...(name === '' ? {} : { iam_user_name: name }), at, by };
}

/** A name that can only be this username's: an item copied under another username names somebody else's user. */
export function ownName(username: string, name: string | undefined): string | undefined {
  return name !== undefined && isIamUserNameOf(username, name) ? name : undefined;
}

/** Empty for a username that no IAM user can have: the strict reading of the record says what is wrong with it. */
function proposeName({ username, strayIamUserName }: Trigger, nowMs: number): string {
  try {
    validateUsername(username);
  } catch {
    return '';
  }
  const name = buildIamUserName(username, nowMs);
  return name === strayIamUserName ? buildIamUserName(username, nowMs + 1) : name;
}
