import type { Item, SystemCredentialTable } from '../credential-table.ts';
import type { SesameError } from '../errors.ts';
import type { IamTag } from '../iam/iam-user-name.ts';
import type { IamUsers, UserPolicy } from '../iam/iam-users.ts';
import type { Ownership, OwnershipSettings } from '../iam/ownership.ts';
import type { PasswordEncryption } from '../iam/password-encryption.ts';
import type { Attribution } from '../record/attribution.ts';
import type { SendingScope } from '../record/desired-state.ts';
import type { ReceivingRuleKeyFormat, ReceivingRules, ReceivingRulesMode } from '../record/receiving-rules.ts';
import type { RotationTimes } from '../record/rotation.ts';
import type { Transition } from '../transition.ts';

export interface ExecuteDeps {
  readonly iamUsers: IamUsers;
  readonly encryption: PasswordEncryption;
  readonly sleep: (ms: number) => Promise<void>;
}

/** What the steps of one run work on. */
export interface Target {
  readonly iamUserName: string;
  readonly username: string;
  readonly table: string;
  readonly region: string;
  readonly ownership: Ownership;
  readonly tags: readonly IamTag[];
}

/** What a run has made so far. Filled while the steps run, so that a failed run can be undone. */
export interface Progress {
  iamUserArn?: string;
  /** CreateUser was called: the user may be this run's, also when no answer came. */
  mayHaveUser?: boolean;
  /** CreateAccessKey was called, and its answer doesn't say for sure that no key was made. */
  mayHaveKey?: boolean;
  /** A key may work by now that was off. */
  mayHaveEnabled?: boolean;
  accessKeyId?: string;
  encryptedPassword?: string;
  /** The form that the policy got, which may be another than the planned one. */
  policyForm?: UserPolicy['form'];
  /** When the user got its name back that somebody had changed: epoch milliseconds. IAM may not show it under that name yet. */
  renamedAtMs?: number;
}

export interface ReconcileSettings {
  readonly table: string;
  readonly scope: SendingScope;
  readonly receivingRules: ReceivingRulesMode;
  readonly receivingRuleKeys?: ReceivingRuleKeyFormat;
  readonly rotation: RotationTimes;
  readonly claimLeaseSeconds?: number;
  /** How long IAM may show an old state; `IAM_PROPAGATION_SECONDS` without it. */
  readonly iamPropagationSeconds?: number;
  /** Which IAM users are the deployment's, beside those with the mark of its table. */
  readonly ownership?: OwnershipSettings;
}

export interface ReconcileDeps extends ExecuteDeps {
  readonly credentials: SystemCredentialTable;
  readonly receivingRules: ReceivingRules;
  readonly settings: ReconcileSettings;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Unique for every call: names the holder of a claim. */
  readonly newId: () => string;
}

export interface Trigger {
  readonly username: string;
  /** The same whenever the same trigger comes again. */
  readonly correlationId: string;
  /** Another try of a trigger whose failure was told already. */
  readonly isRetry?: boolean;
  /**
   * An IAM user that an older image of the record refers to. Unless the record still does, it goes: the record was
   * deleted, or replaced as a whole. A hint where to look; its name and its tags must prove that it is this username's.
   */
  readonly supersededIamUserName?: string;
  /** When that user was made at the latest, as the older image tells: epoch milliseconds. */
  readonly supersededMadeAtMs?: number;
  /** The keys that the older image names. If somebody renamed the user, they tell what it is called now. */
  readonly supersededAccessKeyIds?: readonly string[];
  /** People were told that the credential's end comes near: it is noted on the record, and becomes an event. */
  readonly isExpiryTold?: boolean;
  /** Somebody saw that IAM differs from the record: everything is made anew. */
  readonly forceResync?: boolean;
  /** Of a record that was deleted: whose it was, and who asked for its last change. */
  readonly attribution?: Attribution;
}

export type Outcome =
  /** IAM is as the record says. */
  | {
      readonly result: 'converged';
      readonly transition: Transition | undefined;
      readonly item: Item;
      /** An earlier run made the transition for the same trigger, and may not have told. */
      readonly isRepeat?: true;
      readonly warning?: string;
    }
  /** There's no such record; what was left of it in IAM is gone. */
  | {
      readonly result: 'missing';
      readonly deletedIamUserName?: string;
      readonly isRepeat?: true;
      readonly attribution?: Attribution | undefined;
    }
  /** The record can't be fulfilled as it is written; it says so itself. */
  | {
      readonly result: 'invalid';
      readonly error: SesameError;
      readonly isNews?: boolean;
      /** The record, where it could say so. */
      readonly item?: Item;
      /** What the same call had done when somebody edited the record: that has to be told as well. */
      readonly before?: Outcome;
    }
  /** It didn't work this time; the record says why. To be tried again. */
  | { readonly result: 'failed'; readonly error: SesameError; readonly isNews?: boolean; readonly item?: Item }
  /** Somebody else works on it. To be looked at again after the claim's end. */
  | { readonly result: 'busy'; readonly retryAfterSeconds: number };
