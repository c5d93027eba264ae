import {
  AttachUserPolicyCommand,
  CreatePolicyCommand,
  CreatePolicyVersionCommand,
  DeletePolicyCommand,
  DeletePolicyVersionCommand,
  DetachUserPolicyCommand,
  type IAMClient,
  ListPolicyVersionsCommand,
  type ListPolicyVersionsCommandOutput,
} from '@aws-sdk/client-iam';
import { SesameError } from '../../credential/errors.ts';
import { buildPolicyName, buildPolicyTags } from '../../credential/iam/iam-user-name.ts';
import type { UserPolicy } from '../../credential/iam/iam-users.ts';
import { buildIamPath } from '../../credential/iam/ownership.ts';
import { policyNotVisible } from '../../credential/iam/propagation.ts';
import { call, callOnPolicy, gone, isCode, orCode, orIfNamed } from './call.ts';
import { type IamScope, managedPolicyArn } from './policy-names.ts';

/** How long a policy is waited for that was seen a moment ago. */
const policyDelaysMs = [200, 400, 800, 0];

/** The managed policies of credentials' users. `name` is the IAM user's; `beforeCall` may throw, and ends the work before the next call. */
export interface ManagedPolicies {
  /** Makes the policy, or a new version of it, and attaches it. */
  put(name: string, policy: UserPolicy, beforeCall: () => void): Promise<void>;
  /** Detaches and deletes it. `unseen`: IAM didn't know the policy, or not in every place. It is gone, or too young to be seen: the caller knows its age. */
  remove(name: string, PolicyArn: string, beforeCall?: () => void): Promise<'seen' | 'unseen'>;
  /**
   * Removes the policy of a user that is to go, and that was just seen attached. It has to be seen before it is detached: attached to
   * nobody only its ARN tells where it is.
   *
   * @throws SesameError retryable where IAM doesn't show it yet, or shows versions of before
   */
  removeAttached(name: string, PolicyArn: string): Promise<void>;
  /** Deletes the policy if it exists: somebody may have detached it, or an earlier attempt could not finish. */
  removeDetached(name: string, PolicyArn: string): Promise<void>;
}

export function createManagedPolicies(options: {
  readonly client: () => IAMClient;
  readonly scope: IamScope;
  readonly sleep: (ms: number) => Promise<void>;
}): ManagedPolicies {
  const { client, scope, sleep } = options;
  const { ownership } = scope;

  async function put(name: string, policy: UserPolicy, beforeCall: () => void): Promise<void> {
    const PolicyArn = managedPolicyArn(name, scope);
    beforeCall();
    const created = await call('iam:CreatePolicy', name, () =>
      client().send(
        new CreatePolicyCommand({
          PolicyName: buildPolicyName(name, ownership),
          Path: buildIamPath(ownership),
          PolicyDocument: policy.document,
          Tags: buildPolicyTags(ownership),
        }),
      ),
    ).catch(orIfNamed('EntityAlreadyExistsException'));
    if (created === undefined) {
      await makeRoomForVersion(name, PolicyArn, beforeCall);
      beforeCall();
      await callOnPolicy('iam:CreatePolicyVersion', name, () =>
        client().send(
          new CreatePolicyVersionCommand({ PolicyArn, PolicyDocument: policy.document, SetAsDefault: true }),
        ),
      );
    }
    beforeCall();
    await callOnPolicy('iam:AttachUserPolicy', name, () =>
      client().send(new AttachUserPolicyCommand({ UserName: name, PolicyArn })),
    ).catch(async (error: unknown) => {
      // Attached to no user, it would outlive its user: only attached policies are found when the user is deleted.
      throw isCode(error, 'AttachedPolicyQuotaReached') ? await withoutUnattached(name, error) : error;
    });
  }

  /** Removes a policy that could not be attached. What keeps it from going is said as well. */
  async function withoutUnattached(name: string, problem: SesameError): Promise<SesameError> {
    const leftOver = await remove(name, managedPolicyArn(name, scope)).then(
      (result) => (result === 'seen' ? undefined : policyNotVisible(name)),
      (error: unknown) => error,
    );
    if (leftOver === undefined) return problem;
    const why = leftOver instanceof SesameError ? leftOver.message : 'An unexpected error ended the removal.';
    const message = `${problem.message} The managed policy that was made for it could not be removed yet. ${why}`;
    return new SesameError(problem.code, problem.kind, message, { cause: problem.cause ?? leftOver });
  }

  /** A managed policy keeps five versions at most: the oldest one that isn't in force is deleted. */
  async function makeRoomForVersion(name: string, PolicyArn: string, beforeCall: () => void): Promise<void> {
    beforeCall();
    const { Versions = [] } = await callOnPolicy('iam:ListPolicyVersions', name, () =>
      client().send(new ListPolicyVersionsCommand({ PolicyArn })),
    );
    const oldest = Versions.filter((version) => version.IsDefaultVersion !== true).at(-1);
    if (Versions.length < 5 || oldest === undefined) return;
    beforeCall();
    await callOnPolicy('iam:DeletePolicyVersion', name, () =>
      client().send(new DeletePolicyVersionCommand({ PolicyArn, VersionId: oldest.VersionId })),
    );
  }

  async function remove(
    name: string,
    PolicyArn: string,
    beforeCall: () => void = () => {},
  ): Promise<'seen' | 'unseen'> {
    beforeCall();
    await gone('iam:DetachUserPolicy', name, () =>
      client().send(new DetachUserPolicyCommand({ UserName: name, PolicyArn })),
    );
    return deleteWithVersions(name, PolicyArn, beforeCall);
  }

  /** A version or an attachment that IAM shows late keeps the policy from going: what is there is listed again for a while. */
  async function deleteWithVersions(
    name: string,
    PolicyArn: string,
    beforeCall: () => void,
  ): Promise<'seen' | 'unseen'> {
    let conflict: SesameError | undefined;
    for (const delayMs of policyDelaysMs) {
      beforeCall();
      const versions = await listVersions(name, PolicyArn);
      if (versions === undefined) return 'unseen';
      const deleted = await deletePolicy(name, PolicyArn, versions, beforeCall).catch(
        orCode('DeleteConflictException'),
      );
      if (!(deleted instanceof SesameError)) return deleted;
      conflict = deleted;
      await sleep(delayMs);
    }
    throw conflict ?? policyNotVisible(name);
  }

  function listVersions(name: string, PolicyArn: string): Promise<ListPolicyVersionsCommandOutput | undefined> {
    return gone('iam:ListPolicyVersions', name, () => client().send(new ListPolicyVersionsCommand({ PolicyArn })));
  }

  /** IAM refuses it while the policy is attached. */
  async function deletePolicy(
    name: string,
    PolicyArn: string,
    { Versions = [] }: ListPolicyVersionsCommandOutput,
    beforeCall: () => void,
  ): Promise<'seen' | 'unseen'> {
    for (const version of Versions) {
      if (version.IsDefaultVersion === true) continue;
      beforeCall();
      await gone('iam:DeletePolicyVersion', name, () =>
        client().send(new DeletePolicyVersionCommand({ PolicyArn, VersionId: version.VersionId })),
      );
    }
    beforeCall();
    const deleted = await gone('iam:DeletePolicy', name, () => client().send(new DeletePolicyCommand({ PolicyArn })));
    return deleted === undefined ? 'unseen' : 'seen';
  }

  async function removeAttached(name: string, PolicyArn: string): Promise<void> {
    if ((await listVersions(name, PolicyArn)) === undefined) throw policyNotVisible(name);
    await gone('iam:DetachUserPolicy', name, () =>
      client().send(new DetachUserPolicyCommand({ UserName: name, PolicyArn })),
    );
    for (const delayMs of policyDelaysMs) {
      if ((await deleteWithVersions(name, PolicyArn, () => {})) === 'seen') return;
      await sleep(delayMs);
    }
    throw policyNotVisible(name);
  }

  async function removeDetached(name: string, PolicyArn: string): Promise<void> {
    await deleteWithVersions(name, PolicyArn, () => {});
  }

  return { put, remove, removeAttached, removeDetached };
}
