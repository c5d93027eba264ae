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
import type { CredentialLimit } from './credential-limit.ts';

export interface ExecuteDeps {
  readonly iamUsers: IamUsers;
  readonly encryption: PasswordEncryption;
  readonly sleep: (ms: number) => Promise<void>;
}

/** The user that the steps of one attempt work on. */
export interface Target {
  readonly iamUserName: string;
  readonly username: string;
  readonly table: string;
  readonly region: string;
  readonly ownership: Ownership;
  readonly tags: readonly IamTag[];
}

/** What an attempt has created so far. Filled while the steps are executed, so that a failed attempt can be undone. */
export interface Progress {
  iamUserArn?: string;
  /** CreateUser was called, so this attempt may have created the user, even if no answer arrived. */
  mayHaveUser?: boolean;
  /** CreateAccessKey was called, and its answer does not rule out that a key was created. */
  mayHaveKey?: boolean;
  /** A key that was Inactive may be Active now. */
  mayHaveEnabled?: boolean;
  accessKeyId?: string;
  encryptedPassword?: string;
  /** The form in which the policy was stored. It may differ from the planned one. */
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
  /** How long IAM may return an old state. Default: `IAM_PROPAGATION_SECONDS`. */
  readonly iamPropagationSeconds?: number;
  /** Which IAM users belong to the deployment, besides those with its table's mark. */
  readonly ownership?: OwnershipSettings;
}

export interface ReconcileDeps extends ExecuteDeps {
  readonly credentials: SystemCredentialTable;
  readonly receivingRules: ReceivingRules;
  readonly settings: ReconcileSettings;
  /** Undefined: there may be any number of credentials. */
  readonly limit?: CredentialLimit;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Returns a different id on every call. It identifies the holder of a claim. */
  readonly newId: () => string;
}

export interface Trigger {
  readonly username: string;
  /** The same id each time the same trigger is delivered. */
  readonly correlationId: string;
  /** A repeated trigger whose failure has already been reported. */
  readonly isRetry?: boolean;
  /**
   * The IAM user in an older image of the record. It is deleted unless the record still names it: the record was
   * deleted, or replaced as a whole. This is only a hint: the user's name and tags must prove that it belongs to this
   * username.
   */
  readonly supersededIamUserName?: string;
  /** The latest time at which that user can have been created, according to the older image: epoch milliseconds. */
  readonly supersededCreatedAtMs?: number;
  /** The keys in the older image. If the user was renamed, they lead to its current name. */
  readonly supersededAccessKeyIds?: readonly string[];
  /** The owner was notified that the credential expires soon. Recorded on the record and published as an event. */
  readonly isExpiryAnnounced?: boolean;
  /** IAM differs from the record, so everything is written again. */
  readonly forceResync?: boolean;
  /** What the policy is built from was edited, so it is written whatever the record says about IAM. */
  readonly isPolicyEdited?: boolean;
  /** For a deleted record: its owner, and who requested its last change. */
  readonly attribution?: Attribution;
}

export type Outcome =
  /** IAM matches the record. */
  | {
      readonly result: 'converged';
      readonly transition: Transition | undefined;
      readonly item: Item;
      /** An earlier attempt made the transition for the same trigger, and may not have reported it. */
      readonly isRepeat?: true;
      readonly warning?: string;
    }
  /** There is no such record, and its IAM user is gone as well. */
  | {
      readonly result: 'missing';
      readonly deletedIamUserName?: string;
      readonly isRepeat?: true;
      readonly attribution?: Attribution | undefined;
    }
  /** The record's spec can't be fulfilled. The reason is written on the record. */
  | {
      readonly result: 'invalid';
      readonly error: SesameError;
      readonly isNews?: boolean;
      /** The record, if the failure could be written on it. */
      readonly item?: Item;
      /** The outcome of the same call before the record was edited. It must be reported as well. */
      readonly before?: Outcome;
    }
  /** The attempt failed, and the reason is written on the record. It must be retried. */
  | { readonly result: 'failed'; readonly error: SesameError; readonly isNews?: boolean; readonly item?: Item }
  /** Another function works on the record. Retry when the claim has expired. */
  | { readonly result: 'busy'; readonly retryAfterSeconds: number };
