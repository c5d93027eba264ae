import type { AccessKey, AccessKeyStatus, UserPolicy } from '../iam/iam-users.ts';
import type { DesiredState } from '../record/desired-state.ts';
import type { CredentialRecord } from '../record/record.ts';
import type { RotationTimes } from '../record/rotation.ts';
import type { SuspensionCause } from '../record/suspension.ts';
import type { Transition } from '../transition.ts';

/** What is known of the record's IAM user. `unknown`: it wasn't read yet, and usually it needn't be. */
export type ObservedUser =
  | { readonly state: 'unknown' }
  /** IAM doesn't show it. A new user may exist all the same. */
  | { readonly state: 'absent' }
  | {
      readonly state: 'present';
      readonly arn: string;
      readonly own: boolean;
      readonly keys: readonly AccessKey[];
      /** The mark in its tags, when it isn't ours. */
      readonly mark?: string;
      /** Its path or its tags aren't those that this deployment gives. */
      readonly isOutOfPlace?: boolean;
      /** AWS found one of its keys in public and attached its quarantine policy. */
      readonly quarantined: boolean;
      /** When the previous key was last used: epoch milliseconds, or `never`. Undefined: not asked. */
      readonly previousKeyUsedMs?: number | 'never';
      /** The same of the current key. */
      readonly currentKeyUsedMs?: number | 'never';
    };

/** A user that isn't this credential's. Nothing more of it is read. */
export function foreignUserAt(arn: string, mark?: string): ObservedUser {
  const foreign = { state: 'present', arn, own: false, keys: [], quarantined: false } as const;
  return mark === undefined ? foreign : { ...foreign, mark };
}

/** What it means that IAM doesn't know a key: `gone` for an old one; a young one may not be visible yet, and `unknown` ends the run. */
export type IfAbsent = 'gone' | 'unknown';

export type Step =
  | { readonly do: 'create-user' }
  /** To the path and the tags of this deployment. */
  | { readonly do: 'move-user' }
  | { readonly do: 'remove-former-policies' }
  /** Makes a key and encrypts its password: a secret that isn't stored is of no use. */
  | { readonly do: 'make-access-key' }
  | {
      readonly do: 'put-policy';
      readonly policy: UserPolicy;
      readonly previousForm?: UserPolicy['form'];
      /** The managed policy of before is so young that IAM may not show it yet. */
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
  /** One after the other; the steps of a round side by side. */
  readonly stages: readonly (readonly Step[])[];
  readonly status: 'active' | 'disabled';
  readonly transition: Transition | undefined;
  /** Why, when the plan switches an active credential off. */
  readonly suspension?: SuspensionCause;
  /** What is made, and undone when the plan can't be finished: a user with its key, or a key of a user that is there. */
  readonly provisions?: 'user' | 'key';
  /** The previous key works on beside the one that is made. */
  readonly keepsPreviousKey?: true;
  /** The current key is in use: that proves its password as a login does. Epoch milliseconds. */
  readonly provenAtMs?: number;
  /** The owner was told of this expiry, so many days before it. */
  readonly expiryNotice?: { readonly untilMs: number; readonly days: number };
  /** The IAM user is on a path of an earlier version. */
  readonly movesUser?: true;
}

export type Plan =
  /** Read IAM first, then plan again. `last-use`: also when the key was used that decides about the rotation. */
  | { readonly next: 'observe'; readonly what: 'user' | 'last-use' }
  /** IAM shows no user, and the user may be too new to be shown: try again later. */
  | { readonly next: 'wait' }
  /** The IAM user of that name isn't ours, and the record doesn't say that it is: take another name. */
  | { readonly next: 'rename' }
  /** The IAM user that the record names isn't ours. */
  | { readonly next: 'refuse' }
  | ExecutePlan;

export interface PlanInput {
  readonly record: CredentialRecord;
  /** Undefined only for a disabled record, which needs no valid spec. */
  readonly desired: DesiredState | undefined;
  readonly observed: ObservedUser;
  /** The credential is to be switched off by the system itself. */
  readonly suspension?: SuspensionCause | undefined;
  /** IAM may differ from what the record says, so nothing is skipped because the record calls it done. */
  readonly forceResync: boolean;
  /** When the IAM user was created at the latest, by the record and the user's name: epoch milliseconds. */
  readonly iamUserMadeAtMs: number;
  /** When a renamed user got its name back: epoch milliseconds. */
  readonly renamedAtMs?: number | undefined;
  /** The owner was told that the credential expires soon. */
  readonly isExpiryAnnounced?: boolean;
  /** How long IAM may show an old state. */
  readonly propagationSeconds: number;
  /** The record names an IAM user under a path that isn't the deployment's own. */
  readonly isFormer?: boolean;
  /** Epoch milliseconds. */
  readonly nowMs: number;
  readonly rotation: RotationTimes;
}
