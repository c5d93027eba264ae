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

/** What the steps of one attempt work on. */
export interface Target {
  readonly iamUserName: string;
  readonly username: string;
  readonly table: string;
  readonly region: string;
  readonly ownership: Ownership;
  readonly tags: readonly IamTag[];
}

/** What an attempt has made so far. Filled while the steps run, so that a failed attempt can be undone. */
export interface Progress {
  iamUserArn?: string;
  /** CreateUser was called, so the user may be this attempt's, even if no answer came. */
  mayHaveUser?: boolean;
  /** CreateAccessKey was called, and its answer doesn't say for sure that no key was made. */
  mayHaveKey?: boolean;
  /** A key that was Inactive may be Active now. */
  mayHaveEnabled?: boolean;
  accessKeyId?: string;
  encryptedPassword?: string;
  /** The form that the policy got, which may be another than the planned one. */
  policyForm?: UserPolicy['form'];
  /** When a renamed user got its name back: epoch milliseconds. IAM may not show it under that name yet. */
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
  /** Unique for every call. It identifies the holder of a claim. */
  readonly newId: () => string;
}

export interface Trigger {
  readonly username: string;
  /** The same whenever the same trigger comes again. */
  readonly correlationId: string;
  /** A repeat of a trigger whose failure has already been reported. */
  readonly isRetry?: boolean;
  /**
   * An IAM user that an older image of the record refers to. Unless the record still does, it goes: the record was
   * deleted, or replaced as a whole. A hint where to look; its name and its tags must prove that it is this username's.
   */
  readonly supersededIamUserName?: string;
  /** When that user was created at the latest, by the older image: epoch milliseconds. */
  readonly supersededMadeAtMs?: number;
  /** The keys in the older image. If the user was renamed, they show its present name. */
  readonly supersededAccessKeyIds?: readonly string[];
  /** The owner was told that the credential expires soon: it is noted on the record and becomes an event. */
  readonly isExpiryAnnounced?: boolean;
  /** IAM differs from the record, so everything is written again. */
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
      /** An earlier attempt made the transition for the same trigger, and may not have reported it. */
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
      /** What the same call had done before the record was edited. It has to be reported as well. */
      readonly before?: Outcome;
    }
  /** It didn't work this time; the record says why. To be tried again. */
  | { readonly result: 'failed'; readonly error: SesameError; readonly isNews?: boolean; readonly item?: Item }
  /** Another function works on the record. Try again after the claim's end. */
  | { readonly result: 'busy'; readonly retryAfterSeconds: number };
