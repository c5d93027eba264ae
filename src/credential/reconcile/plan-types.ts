import type { AccessKey, AccessKeyStatus, UserPolicy } from '../iam/iam-users.ts';
import type { DesiredState } from '../record/desired-state.ts';
import type { CredentialRecord } from '../record/record.ts';
import type { RotationTimes } from '../record/rotation.ts';
import type { SuspensionCause } from '../record/suspension.ts';
import type { Transition } from '../transition.ts';

/** The state of the record's IAM user. `unknown`: not read yet, which is usually not necessary. */
export type ObservedUser =
  | { readonly state: 'unknown' }
  /** IAM does not show the user. If it is new, it may exist nevertheless. */
  | { readonly state: 'absent' }
  | {
      readonly state: 'present';
      readonly arn: string;
      readonly own: boolean;
      readonly keys: readonly AccessKey[];
      /** The mark in its tags, if it is not ours. */
      readonly mark?: string;
      /** Its path or tags differ from those that this deployment sets. */
      readonly isOutOfPlace?: boolean;
      /** AWS found one of its keys in public, and attached its quarantine policy. */
      readonly quarantined: boolean;
      /** When the previous key was last used: epoch milliseconds, or `never`. Undefined: not read. */
      readonly previousKeyUsedMs?: number | 'never';
      /** The same for the current key. */
      readonly currentKeyUsedMs?: number | 'never';
    };

/** A user that does not belong to this credential. Nothing else about it is read. */
export function foreignUserAt(arn: string, mark?: string): ObservedUser {
  const foreign = { state: 'present', arn, own: false, keys: [], quarantined: false } as const;
  return mark === undefined ? foreign : { ...foreign, mark };
}

/**
 * What it means if IAM does not know a key. `gone`: an old key no longer exists. `unknown`: a new key may not be
 * visible yet, so the attempt fails.
 */
export type IfAbsent = 'gone' | 'unknown';

export type Step =
  | { readonly do: 'create-user' }
  /** Moves the user to the path and tags of this deployment. */
  | { readonly do: 'move-user' }
  | { readonly do: 'remove-former-policies' }
  /** Creates a key and encrypts its password in one step, because a secret that isn't stored is lost. */
  | { readonly do: 'make-access-key' }
  | {
      readonly do: 'put-policy';
      readonly policy: UserPolicy;
      readonly previousForm?: UserPolicy['form'];
      /** The previous managed policy is so new that IAM may not show it yet. */
      readonly mayHideManaged?: true;
    }
  | {
      readonly do: 'set-key-status';
      readonly accessKeyId: string;
      readonly status: AccessKeyStatus;
      readonly ifAbsent: IfAbsent;
    }
  | { readonly do: 'delete-access-key'; readonly accessKeyId: string; readonly ifAbsent: IfAbsent };

export interface ExecutePlan {
  readonly next: 'execute';
  /** Executed in order; the steps of one stage concurrently. */
  readonly stages: readonly (readonly Step[])[];
  readonly status: 'active' | 'disabled';
  readonly transition: Transition | undefined;
  /** The reason, if the plan disables an active credential. */
  readonly suspension?: SuspensionCause;
  /** What the plan creates, and what must be undone if it fails: a user with its key, or a key of an existing user. */
  readonly provisions?: 'user' | 'key';
  /** The previous key keeps working besides the new one. */
  readonly keepsPreviousKey?: true;
  /** The last use of the current key, which proves its password as a login does: epoch milliseconds. */
  readonly provenAtMs?: number;
  /** The owner was notified of this expiry, this many days before it. */
  readonly expiryNotice?: { readonly untilMs: number; readonly days: number };
  /** The IAM user is on a path of an earlier version. */
  readonly movesUser?: true;
}

export type Plan =
  /** Read IAM, then plan again. `last-use`: also read when the key was used that decides the rotation's next step. */
  | { readonly next: 'observe'; readonly what: 'user' | 'last-use' }
  /** IAM shows no user, but the user may be too new to be shown: retry later. */
  | { readonly next: 'wait' }
  /** An IAM user of that name exists, but it isn't ours and the record does not name it: use another name. */
  | { readonly next: 'rename' }
  /** The record names an IAM user that isn't ours. */
  | { readonly next: 'refuse' }
  | ExecutePlan;

export interface PlanInput {
  readonly record: CredentialRecord;
  /** Undefined only for a disabled record, which needs no valid spec. */
  readonly desired: DesiredState | undefined;
  readonly observed: ObservedUser;
  /** Set if the system itself must disable the credential. */
  readonly suspension?: SuspensionCause | undefined;
  /** IAM may differ from the record, so no step is skipped because of what the record says. */
  readonly forceResync: boolean;
  /**
   * The latest time at which the IAM user can have been created, according to the record and the user's name: epoch
   * milliseconds.
   */
  readonly iamUserCreatedAtMs: number;
  /** When a renamed user got its name back: epoch milliseconds. */
  readonly renamedAtMs?: number | undefined;
  /** The owner was notified that the credential expires soon. */
  readonly isExpiryAnnounced?: boolean;
  /** What the policy is built from was edited just now. */
  readonly isPolicyEdited?: boolean;
  /** How long IAM may return an old state. */
  readonly propagationSeconds: number;
  /** The record names an IAM user on a path that isn't the deployment's own. */
  readonly isFormer?: boolean;
  /** Epoch milliseconds. */
  readonly nowMs: number;
  readonly rotation: RotationTimes;
}
