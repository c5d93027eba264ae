import {
  AttachUserPolicyCommand,
  CreateAccessKeyCommand,
  CreatePolicyCommand,
  CreatePolicyVersionCommand,
  CreateUserCommand,
  DeleteAccessKeyCommand,
  DeletePolicyCommand,
  DeletePolicyVersionCommand,
  DeleteUserCommand,
  DeleteUserPolicyCommand,
  DetachUserPolicyCommand,
  GetAccessKeyLastUsedCommand,
  GetUserCommand,
  IAMClient,
  ListAccessKeysCommand,
  ListAttachedUserPoliciesCommand,
  ListPolicyVersionsCommand,
  type ListPolicyVersionsCommandOutput,
  ListUserPoliciesCommand,
  PutUserPolicyCommand,
  TagUserCommand,
  UpdateAccessKeyCommand,
  UpdateUserCommand,
} from '@aws-sdk/client-iam';

import { SesameError } from '../../credential/errors.ts';
import { buildPolicyName, buildPolicyTags, formerPolicies } from '../../credential/iam/iam-user-name.ts';

import { IamUserMissingError, type IamUsers, type UserPolicy } from '../../credential/iam/iam-users.ts';
import { buildIamPath, type Ownership } from '../../credential/iam/ownership.ts';
import { policyNotVisible } from '../../credential/iam/propagation.ts';
import { MAX_INLINE_POLICY_LENGTH } from '../../credential/iam/sending-policy.ts';
import { Secret } from '../../credential/secret.ts';
import { awsErrorName, toAwsProblem } from '../aws-problem.ts';
import { clientSettings } from '../client-settings.ts';

/** The name of the inline policy that a credential's user holds. */
export const INLINE_POLICY_NAME = 'sesame-sending';

/**
 * "adaptive" because IAM takes few calls a second, whoever makes them: after the first throttling error the client
 * sends no faster than IAM takes, where many side by side would use up their attempts and undo what they had begun.
 * The SDK's own variable AWS_RETRY_MODE=standard turns that off.
 */
export function createIamClient(): IAMClient {
  const retryMode = process.env['AWS_RETRY_MODE'] === 'standard' ? 'standard' : 'adaptive';
  return new IAMClient({ ...clientSettings, retryMode });
}

/** For CreateAccessKey: a lost answer must not make a second key. Only throttling, which made nothing, is retried. */
export function createUnrepeatedIamClient(): IAMClient {
  return new IAMClient({ ...clientSettings, maxAttempts: 1 });
}

interface IamUsersOptions {
  readonly client: () => IAMClient;
  readonly unrepeatedClient: () => IAMClient;
  readonly partition: string;
  readonly accountId: string;
  readonly permissionsBoundaryArn: string;
  /** Whose users and policies these are. */
  readonly ownership: Ownership;
  readonly sleep: (ms: number) => Promise<void>;
}

/** How long a policy is waited for that was seen a moment ago. */
const policyDelaysMs = [200, 400, 800, 0];

const throttlingDelaysMs = [200, 400, 800, 1600, 3200];

/** The credentials' users, over IAM. */
export function createIamUsers(options: IamUsersOptions): IamUsers {
  const { client, unrepeatedClient } = options;
  const path = buildIamPath(options.ownership);
  const arnPrefix = `arn:${options.partition}:iam::${options.accountId}`;
  const policyArn = (name: string) => `${arnPrefix}:policy${path}${buildPolicyName(name, options.ownership)}`;
  const formerPolicyArns = (name: string) =>
    formerPolicies(name, options.ownership).map((former) => `${arnPrefix}:policy${former}`);

  async function putManaged(name: string, policy: UserPolicy, beforeCall: () => void): Promise<void> {
    const PolicyArn = policyArn(name);
    beforeCall();
    const created = await call('iam:CreatePolicy', name, () =>
      client().send(
        new CreatePolicyCommand({
          PolicyName: buildPolicyName(name, options.ownership),
          Path: path,
          PolicyDocument: policy.document,
          Tags: buildPolicyTags(options.ownership),
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
      // Attached to nobody it would outlive its user: only what is attached is found when the user goes.
      throw isCode(error, 'AttachedPolicyQuotaReached') ? await withoutUnattached(name, error) : error;
    });
  }

  /** Removes a policy that could not be attached. What keeps it from going is said as well. */
  async function withoutUnattached(name: string, problem: SesameError): Promise<SesameError> {
    const leftOver = await removeManaged(name).then(
      (result) => (result === 'seen' ? undefined : policyNotVisible(name)),
      (error: unknown) => error,
    );
    if (leftOver === undefined) return problem;
    const why = leftOver instanceof SesameError ? leftOver.message : 'An unexpected error ended the removal.';
    const message = `${problem.message} The managed policy that was made for it could not be removed yet. ${why}`;
    return new SesameError(problem.code, problem.kind, message, { cause: problem.cause ?? leftOver });
  }

  async function putInline(UserName: string, { document }: UserPolicy): Promise<undefined> {
    await call('iam:PutUserPolicy', UserName, () =>
      client().send(new PutUserPolicyCommand({ UserName, PolicyName: INLINE_POLICY_NAME, PolicyDocument: document })),
    );
  }

  /** Neither form has room: names the policies that are in the way, and how much of them. */
  async function describeCrowd(name: string, policy: UserPolicy, error: unknown): Promise<unknown> {
    if (!(error instanceof SesameError)) return error;
    const { PolicyNames = [] } = await call('iam:ListUserPolicies', name, () =>
      client().send(new ListUserPoliciesCommand({ UserName: name })),
    ).catch(() => ({ PolicyNames: [] }));
    const others = PolicyNames.filter((each) => each !== INLINE_POLICY_NAME);
    const left = MAX_INLINE_POLICY_LENGTH - policy.document.replace(/\s/g, '').length;
    const message =
      `${error.message} The policy has to be a managed one because the IAM user's other inline policies ` +
      `(${others.join(', ') || 'which could not be listed'}) leave no room. Remove them, or shorten them to ${left} characters together.`;
    return new SesameError(error.code, error.kind, message, { cause: error });
  }

  /** A managed policy keeps five versions at most: the oldest that isn't in force goes. */
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

  /** `unseen`: IAM didn't know the policy, or not in every place. It is gone, or too young to be seen: the caller knows its age. */
  async function removeManaged(
    name: string,
    PolicyArn = policyArn(name),
    beforeCall: () => void = () => {},
  ): Promise<'seen' | 'unseen'> {
    beforeCall();
    await gone('iam:DetachUserPolicy', name, () =>
      client().send(new DetachUserPolicyCommand({ UserName: name, PolicyArn })),
    );
    beforeCall();
    const versions = await listVersions(name, PolicyArn);
    return versions === undefined ? 'unseen' : deletePolicy(name, PolicyArn, versions, beforeCall);
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

  /**
   * Removes the policy of a user that is to go, and that was just seen attached. It has to be seen before it is detached: attached to nobody
   * it would be found by nobody.
   */
  async function removeAttached(name: string, PolicyArn: string): Promise<void> {
    const versions = await listVersions(name, PolicyArn);
    if (versions === undefined) throw policyNotVisible(name);
    await gone('iam:DetachUserPolicy', name, () =>
      client().send(new DetachUserPolicyCommand({ UserName: name, PolicyArn })),
    );
    for (const delayMs of policyDelaysMs) {
      if ((await deletePolicy(name, PolicyArn, versions, () => {})) === 'seen') return;
      await options.sleep(delayMs);
    }
    throw policyNotVisible(name);
  }

  const removeInline = (name: string) =>
    gone('iam:DeleteUserPolicy', name, () =>
      client().send(new DeleteUserPolicyCommand({ UserName: name, PolicyName: INLINE_POLICY_NAME })),
    );

  return {
    async createUser(name, tags) {
      let attempts = 1;
      const command = new CreateUserCommand({
        UserName: name,
        Path: path,
        PermissionsBoundary: options.permissionsBoundaryArn,
        Tags: [...tags],
      });
      const send = () =>
        client()
          .send(command)
          .catch((error: unknown) => {
            attempts = attemptsOf(error);
            throw error;
          });
      const answer = await call('iam:CreateUser', name, send)
        .catch(orIfNamed('EntityAlreadyExistsException'))
        .catch((error: unknown) => {
          if (attempts > 1 && error instanceof SesameError && error.code.startsWith('AccessDenied'))
            throw unanswered(error);
          throw error instanceof IamUserMissingError ? missingBoundary(options.permissionsBoundaryArn) : error;
        });
      return answer === undefined ? 'exists' : (answer.User?.Arn ?? '');
    },

    async findUser(name) {
      const answer = await gone('iam:GetUser', name, () => client().send(new GetUserCommand({ UserName: name })));
      if (answer === undefined) return undefined;
      const tags = (answer.User?.Tags ?? []).map(({ Key = '', Value = '' }) => ({ Key, Value }));
      return { arn: answer.User?.Arn ?? '', tags };
    },

    async isQuarantined(name) {
      const attached = await call('iam:ListAttachedUserPolicies', name, () =>
        client().send(new ListAttachedUserPoliciesCommand({ UserName: name })),
      );
      return (attached.AttachedPolicies ?? []).some((policy) =>
        policy.PolicyName?.startsWith('AWSCompromisedKeyQuarantine'),
      );
    },

    async lastUsedMs(accessKeyId) {
      const answer = await call('iam:GetAccessKeyLastUsed', accessKeyId, () =>
        client().send(new GetAccessKeyLastUsedCommand({ AccessKeyId: accessKeyId })),
      );
      return answer.AccessKeyLastUsed?.LastUsedDate?.getTime() ?? 'never';
    },

    async createAccessKey(name) {
      const answer = await call('iam:CreateAccessKey', name, () =>
        retryThrottling(() => unrepeatedClient().send(new CreateAccessKeyCommand({ UserName: name })), options.sleep),
      );
      const { AccessKeyId = '', SecretAccessKey = '' } = answer.AccessKey ?? {};
      return { accessKeyId: AccessKeyId, secretAccessKey: new Secret(SecretAccessKey) };
    },

    async listAccessKeys(name) {
      const answer = await call('iam:ListAccessKeys', name, () =>
        client().send(new ListAccessKeysCommand({ UserName: name })),
      );
      return (answer.AccessKeyMetadata ?? []).map(({ AccessKeyId = '', Status }) => ({
        accessKeyId: AccessKeyId,
        status: Status === 'Active' ? 'Active' : 'Inactive',
      }));
    },

    async setAccessKeyStatus(name, accessKeyId, status) {
      await call('iam:UpdateAccessKey', name, () =>
        client().send(new UpdateAccessKeyCommand({ UserName: name, AccessKeyId: accessKeyId, Status: status })),
      );
    },

    async deleteAccessKey(name, accessKeyId) {
      const deleted = await gone('iam:DeleteAccessKey', name, () =>
        client().send(new DeleteAccessKeyCommand({ UserName: name, AccessKeyId: accessKeyId })),
      );
      return deleted === undefined ? 'absent' : 'deleted';
    },

    async putPolicy(name, policy, previousForm, { mayHideManaged = false, beforeCall = () => {} } = {}) {
      let crowded: SesameError | undefined;
      if (policy.form === 'inline') {
        beforeCall();
        crowded = await putInline(name, policy).catch(orCode('InlinePolicyQuotaReached'));
        if (crowded === undefined) {
          if (previousForm === 'inline') return 'inline';
          // The wider policy may be in force, wherever it isn't shown yet.
          const removed = await removeManaged(name, policyArn(name), beforeCall);
          if (removed === 'unseen' && mayHideManaged) throw policyNotVisible(name);
          return 'inline';
        }
      }
      await putManaged(name, policy, beforeCall).catch(async (error: unknown) => {
        throw crowded === undefined ? error : await describeCrowd(name, policy, error);
      });
      if (previousForm !== 'managed') {
        beforeCall();
        await removeInline(name);
      }
      return 'managed';
    },

    async moveUser(name, tags, beforeCall) {
      // The tags first: whatever comes next, no other deployment takes the user for its own.
      await call('iam:TagUser', name, () => client().send(new TagUserCommand({ UserName: name, Tags: [...tags] })));
      beforeCall?.();
      await call('iam:UpdateUser', name, () => client().send(new UpdateUserCommand({ UserName: name, NewPath: path })));
      return `${arnPrefix}:user${path}${name}`;
    },

    async removeFormerPolicies(name, beforeCall) {
      for (const arn of formerPolicyArns(name)) await removeManaged(name, arn, beforeCall);
    },

    async deleteUser(name) {
      const inline = await gone('iam:ListUserPolicies', name, () =>
        client().send(new ListUserPoliciesCommand({ UserName: name })),
      );
      const attached = await gone('iam:ListAttachedUserPolicies', name, () =>
        client().send(new ListAttachedUserPoliciesCommand({ UserName: name })),
      );
      for (const PolicyName of inline?.PolicyNames ?? []) {
        await gone('iam:DeleteUserPolicy', name, () =>
          client().send(new DeleteUserPolicyCommand({ UserName: name, PolicyName })),
        );
      }
      for (const { PolicyArn } of attached?.AttachedPolicies ?? []) {
        if (PolicyArn !== undefined && [policyArn(name), ...formerPolicyArns(name)].includes(PolicyArn)) {
          await removeAttached(name, PolicyArn);
        } else {
          await gone('iam:DetachUserPolicy', name, () =>
            client().send(new DetachUserPolicyCommand({ UserName: name, PolicyArn })),
          );
        }
      }
      const deleted = await gone('iam:DeleteUser', name, () =>
        client().send(new DeleteUserCommand({ UserName: name })),
      );
      return deleted === undefined ? 'absent' : 'deleted';
    },
  };
}

/** A call on a user: "no such entity" is a case of its own, everything else a problem. */
async function call<T>(operation: string, userName: string, send: () => Promise<T>): Promise<T> {
  try {
    return await send();
  } catch (error) {
    if (awsErrorName(error) === 'NoSuchEntityException') throw new IamUserMissingError(userName);
    throw toAwsProblem(operation, error);
  }
}

/** A call on a managed policy that must be there: where IAM doesn't know it, it is too young. */
async function callOnPolicy<T>(operation: string, userName: string, send: () => Promise<T>): Promise<T> {
  try {
    return await send();
  } catch (error) {
    // AWS says of a user: "The user with name ... cannot be found."
    const isPolicy = awsErrorName(error) === 'NoSuchEntityException' && !/user with name/i.test(String(error));
    if (isPolicy) throw policyNotVisible(userName);
    return call(operation, userName, () => Promise.reject(error));
  }
}

/** A call after which something is gone; undefined when it was gone before. */
async function gone<T>(operation: string, userName: string, send: () => Promise<T>): Promise<T | undefined> {
  try {
    return await call(operation, userName, send);
  } catch (error) {
    if (error instanceof IamUserMissingError) return undefined;
    throw error;
  }
}

/** How often the SDK tried before it gave up with this error. */
function attemptsOf(error: unknown): number {
  return (error as { readonly $metadata?: { readonly attempts?: number } }).$metadata?.attempts ?? 1;
}

/** CreateUser was denied at a later attempt. The SDK repeats only what got no answer of use: the first may have made the user. */
function unanswered({ message }: SesameError): SesameError {
  return new SesameError(
    'CreateUserUnanswered',
    'retryable',
    `${message} An earlier attempt got no answer, so the user may be there. It is looked for by itself.`,
  );
}

/** What CreateUser refers to beside the user that isn't there yet. */
function missingBoundary(arn: string): SesameError {
  return new SesameError(
    'PermissionsBoundaryMissing',
    'retryable',
    `iam:CreateUser failed: IAM has no policy ${arn}, the permissions boundary. Deploy Terraform again: somebody deleted it. ` +
      'It is tried again by itself.',
  );
}

function isCode(error: unknown, code: string): error is SesameError {
  return error instanceof SesameError && error.code === code;
}

function orCode(code: string): (error: unknown) => SesameError {
  return (error) => {
    if (isCode(error, code)) return error;
    throw error;
  };
}

function orIfNamed(name: string): (error: unknown) => undefined {
  return (error) => {
    if (error instanceof Error && error.name === name) return undefined;
    throw error;
  };
}

async function retryThrottling<T>(send: () => Promise<T>, sleep: (ms: number) => Promise<void>): Promise<T> {
  for (const delayMs of throttlingDelaysMs) {
    try {
      return await send();
    } catch (error) {
      if (!/throttl|TooManyRequests|RequestLimitExceeded/i.test(awsErrorName(error))) throw error;
      await sleep(delayMs * (0.5 + Math.random()));
    }
  }
  return send();
}
