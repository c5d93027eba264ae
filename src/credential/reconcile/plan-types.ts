import type { AccessKey, AccessKeyStatus, UserPolicy } from '../iam/iam-users.ts';
import type { DesiredState } from '../record/desired-state.ts';
import type { CredentialRecord } from '../record/record.ts';
import type { RotationTimes } from '../record/rotation.ts';
import type { SuspensionCause } from '../record/suspension.ts';
import type { Transition } from '../transition.ts';

/** What is known of the record's IAM user. `unknown`: nobody has looked yet, and usually nobody needs to. */
export type ObservedUser =
  | { readonly state: 'unknown' }
  /** IAM doesn't show it. Of a young user that proves nothing. */
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
      /** When the previous key was last used: epoch milliseconds, or `never`. Undefined: nobody looked. */
      readonly previousKeyUsedMs?: number | 'never';
      /** The same of the current key. */
      readonly currentKeyUsedMs?: number | 'never';
    };

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
  /** People were told of this end, so many days before it. */
  readonly expiryNotice?: { readonly untilMs: number; readonly days: number };
  /** The IAM user comes from a path of old. */
  readonly movesUser?: true;
}

export type Plan =
  /** Look at IAM first (`last-use`: at the use of the key that the rotation asks about as well), then plan again. */
  | { readonly next: 'observe'; readonly what: 'user' | 'last-use' }
  /** IAM shows no user, and it is too young to be called missing: look again later. */
  | { readonly next: 'wait' }
  /** The IAM user of that name isn't ours, and the record doesn't say that it is: take another name. */
  | { readonly next: 'rename' }
  /** The IAM user that the record names isn't ours. */
  | { readonly next: 'refuse' }
  | ExecutePlan;

export interface PlanInput {
  readonly record: CredentialRecord;
  /** Undefined only for a disabled record, which needs no valid wishes. */
  readonly desired: DesiredState | undefined;
  readonly observed: ObservedUser;
  /** The credential is to be switched off by the system itself. */
  readonly suspension?: SuspensionCause | undefined;
  /** IAM may differ from what the record tells: nothing is left out because the record calls it done. */
  readonly forceResync: boolean;
  /** When the IAM user was made at the latest, as far as the record and its name tell: epoch milliseconds. */
  readonly iamUserMadeAtMs: number;
  /** When the user got its name back that somebody had changed: epoch milliseconds. */
  readonly renamedAtMs?: number | undefined;
  /** People were told that the credential's end comes near. */
  readonly isExpiryTold?: boolean;
  /** How long IAM may show an old state. */
  readonly propagationSeconds: number;
  /** The record names an IAM user under a path that isn't the deployment's own. */
  readonly isFormer?: boolean;
  /** Epoch milliseconds. */
  readonly nowMs: number;
  readonly rotation: RotationTimes;
}
