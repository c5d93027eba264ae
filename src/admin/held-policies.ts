import {
  CONTAINMENT_POLICY_NAME,
  formerPolicyArns,
  INLINE_POLICY_NAME,
  managedPolicyArn,
} from '../aws/iam/policy-names.ts';
import { isOwnIamUser, ownerOfTags } from '../credential/iam/iam-user-name.ts';
import type { KeyStates } from '../credential/iam/key-states.ts';
import { isManagedArn, markOfArn, type Ownership } from '../credential/iam/ownership.ts';
import type { UserPolicies } from '../credential/iam/user-policies.ts';
import { foreignUser } from '../credential/reconcile/foreign-user.ts';
import { foreignUserAt } from '../credential/reconcile/plan-types.ts';
import type { SendingScope } from '../credential/record/desired-state.ts';
import { type CredentialRecord, iamUserNameOfArn } from '../credential/record/record.ts';
import { findNewName } from './find-new-name.ts';
import { type Fact, learn } from './sending-fact.ts';

/**
 * `sending`: Sesame's own; `containment`: the explicit deny of a containment; `quarantine`: AWS attached it, because a key was found
 * in public; `foreign`: somebody else's.
 */
export type PolicyKind = 'sending' | 'containment' | 'quarantine' | 'foreign';

/** A policy of an IAM user. */
export interface HeldPolicy {
  readonly name: string;
  readonly kind: PolicyKind;
  readonly form: 'inline' | 'managed';
  /** Only of managed policies. */
  readonly arn?: string;
  /** The version that is in force: only of managed policies. */
  readonly version?: string;
  readonly document: Fact<unknown>;
}

/** What IAM holds for a user. */
export interface HeldPolicies {
  readonly arn: Fact<string>;
  readonly boundaryArn: Fact<string | undefined>;
  readonly inline: Fact<readonly HeldPolicy[]>;
  readonly attached: Fact<readonly HeldPolicy[]>;
  /** The user's name now, if somebody renamed it. */
  readonly newName?: string;
}

/** Why there is nothing to show, or what is held. */
export type ReadUser =
  | { readonly state: 'none' | 'absent' }
  | { readonly state: 'not-owned' | 'unknown'; readonly message: string }
  | { readonly state: 'present'; readonly held: HeldPolicies };

export interface HeldPoliciesDeps {
  readonly userPolicies: UserPolicies;
  readonly sendingFacts: { readonly keys: KeyStates };
  readonly scope: SendingScope;
  readonly ownership: Ownership;
}

/** Reads everything that IAM holds for a credential's user. Never throws: what can't be read is unknown. */
export async function readHeldPolicies(record: CredentialRecord, deps: HeldPoliciesDeps): Promise<ReadUser> {
  const { iamUserArn } = record;
  if (iamUserArn === undefined) return { state: 'none' };
  const name = iamUserNameOfArn(iamUserArn);
  // The path shows that the user belongs to another deployment, and our role may not read it.
  if (!isManagedArn(iamUserArn, deps.ownership)) {
    return notOwned(name, iamUserArn, markOfArn(iamUserArn), deps);
  }
  const found = await readUser(name, name, record, deps);
  if (found.state !== 'absent') return found;
  const newName = await findNewName(record, deps.sendingFacts.keys);
  if ('problem' in newName) return { state: 'unknown', message: newName.problem };
  if (newName.value === undefined) return found;
  return await readUser(newName.value, name, record, deps);
}

/** @param firstName the name that Sesame gave it, which its managed policy is called after */
async function readUser(
  name: string,
  firstName: string,
  { username }: CredentialRecord,
  deps: HeldPoliciesDeps,
): Promise<ReadUser> {
  const { userPolicies, ownership } = deps;
  const [user, inline, attached] = await Promise.all([
    learn('iam:GetUser', () => userPolicies.findUser(name)),
    learn('iam:ListUserPolicies', () => readInline(name, userPolicies)),
    learn('iam:ListAttachedUserPolicies', () => readAttached(name, firstName, deps)),
  ]);
  if ('value' in user) {
    if (user.value === undefined) return { state: 'absent' };
    const { arn, tags } = user.value;
    if (!isOwnIamUser(tags, username, ownership)) return notOwned(name, arn, ownerOfTags(tags)?.mark, deps);
  }
  return {
    state: 'present',
    held: {
      arn: 'problem' in user ? user : { value: user.value?.arn ?? '' },
      boundaryArn: 'problem' in user ? user : { value: user.value?.boundaryArn },
      inline,
      attached,
      ...(name === firstName ? {} : { newName: name }),
    },
  };
}

function notOwned(
  iamUserName: string,
  arn: string,
  mark: string | undefined,
  { ownership }: HeldPoliciesDeps,
): ReadUser {
  const { message } = foreignUser({ iamUserName, ownership }, foreignUserAt(arn, mark));
  return { state: 'not-owned', message };
}

async function readInline(userName: string, userPolicies: UserPolicies): Promise<HeldPolicy[]> {
  const names = (await userPolicies.listInline(userName)) ?? [];
  const policies = await Promise.all(
    names.map(async (name): Promise<HeldPolicy | undefined> => {
      const text = await learn('iam:GetUserPolicy', () => userPolicies.readInline(userName, name));
      const document = parseDocument(text);
      return document && { name, kind: kindOfInline(name), form: 'inline', document };
    }),
  );
  return policies.filter((policy) => policy !== undefined);
}

async function readAttached(
  userName: string,
  firstName: string,
  { userPolicies, scope, ownership }: HeldPoliciesDeps,
): Promise<HeldPolicy[]> {
  const iamScope = { ...scope, ownership };
  const own = [managedPolicyArn(firstName, iamScope), ...formerPolicyArns(firstName, iamScope)];
  const attached = (await userPolicies.listAttached(userName)) ?? [];
  const policies = await Promise.all(
    attached.map(async ({ name, arn }): Promise<HeldPolicy | undefined> => {
      const version = await learn('iam:GetPolicyVersion', () => userPolicies.readManaged(arn));
      const document = parseDocument('problem' in version ? version : { value: version.value?.document });
      const kind = own.includes(arn) ? 'sending' : kindOfForeign(name);
      const number = 'value' in version && version.value !== undefined ? { version: version.value.version } : {};
      return document && { name, kind, form: 'managed', arn, ...number, document };
    }),
  );
  return policies.filter((policy) => policy !== undefined);
}

/** Undefined: the policy was removed after it was listed. */
function parseDocument(text: Fact<string | undefined>): Fact<unknown> | undefined {
  if ('problem' in text) return text;
  if (text.value === undefined) return undefined;
  try {
    return { value: JSON.parse(text.value) as unknown };
  } catch {
    return { problem: 'IAM returned a document that is no JSON.' };
  }
}

function kindOfInline(name: string): PolicyKind {
  if (name === INLINE_POLICY_NAME) return 'sending';
  return name === CONTAINMENT_POLICY_NAME ? 'containment' : 'foreign';
}

function kindOfForeign(name: string): PolicyKind {
  return name.startsWith('AWSCompromisedKeyQuarantine') ? 'quarantine' : 'foreign';
}
