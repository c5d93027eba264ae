import {
  CreateAccessKeyCommand,
  CreateUserCommand,
  DeleteAccessKeyCommand,
  DeleteUserCommand,
  DeleteUserPolicyCommand,
  DetachUserPolicyCommand,
  GetAccessKeyLastUsedCommand,
  GetUserCommand,
  type IAMClient,
  ListAccessKeysCommand,
  ListAttachedUserPoliciesCommand,
  ListUserPoliciesCommand,
  TagUserCommand,
  UpdateAccessKeyCommand,
  UpdateUserCommand,
} from '@aws-sdk/client-iam';
import { SesameError } from '../../credential/errors.ts';
import { IamUserMissingError, type IamUsers } from '../../credential/iam/iam-users.ts';
import { buildIamPath } from '../../credential/iam/ownership.ts';
import { policyNotVisible } from '../../credential/iam/propagation.ts';
import { Secret } from '../../credential/secret.ts';
import { attemptsOf, call, gone, orIfNamed, retryThrottling } from './call.ts';
import { findUserOfKey } from './find-user-of-key.ts';
import { createInlinePolicies } from './inline-policy.ts';
import { createManagedPolicies } from './managed-policy.ts';
import { formerPolicyArns, type IamScope, iamArnPrefix, managedPolicyArn } from './policy-names.ts';

interface IamUsersOptions extends IamScope {
  readonly client: () => IAMClient;
  readonly unrepeatedClient: () => IAMClient;
  readonly permissionsBoundaryArn: string;
  readonly sleep: (ms: number) => Promise<void>;
}

/** The credentials' users, over IAM. */
export function createIamUsers(options: IamUsersOptions): IamUsers {
  const { client, unrepeatedClient, sleep } = options;
  const path = buildIamPath(options.ownership);
  const inline = createInlinePolicies(client);
  const managed = createManagedPolicies({ client, scope: options, sleep });

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

    findUserOfKey: (accessKeyId) => findUserOfKey(accessKeyId, client),

    async renameUser(name, newName) {
      await call('iam:UpdateUser', name, () =>
        client().send(new UpdateUserCommand({ UserName: name, NewUserName: newName })),
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
        retryThrottling(() => unrepeatedClient().send(new CreateAccessKeyCommand({ UserName: name })), sleep),
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
        crowded = await inline.put(name, policy);
        if (crowded === undefined) {
          if (previousForm === 'inline') return 'inline';
          // The wider policy may be in force, wherever it isn't shown yet.
          const removed = await managed.remove(name, managedPolicyArn(name, options), beforeCall);
          if (removed === 'unseen' && mayHideManaged) throw policyNotVisible(name);
          return 'inline';
        }
      }
      await managed.put(name, policy, beforeCall).catch(async (error: unknown) => {
        throw crowded === undefined ? error : await inline.describeCrowd(name, policy, error);
      });
      if (previousForm !== 'managed') {
        beforeCall();
        await inline.remove(name);
      }
      return 'managed';
    },

    async moveUser(name, tags, beforeCall) {
      // The tags first: whatever comes next, no other deployment takes the user for its own.
      await call('iam:TagUser', name, () => client().send(new TagUserCommand({ UserName: name, Tags: [...tags] })));
      beforeCall?.();
      await call('iam:UpdateUser', name, () => client().send(new UpdateUserCommand({ UserName: name, NewPath: path })));
      return `${iamArnPrefix(options)}:user${path}${name}`;
    },

    async removeFormerPolicies(name, beforeCall) {
      for (const arn of formerPolicyArns(name, options)) await managed.remove(name, arn, beforeCall);
    },

    async deletePolicy(arn) {
      await managed.removeDetached(arn, arn);
    },

    async deleteUser(name) {
      const named = await gone('iam:ListUserPolicies', name, () =>
        client().send(new ListUserPoliciesCommand({ UserName: name })),
      );
      const attached = await gone('iam:ListAttachedUserPolicies', name, () =>
        client().send(new ListAttachedUserPoliciesCommand({ UserName: name })),
      );
      for (const PolicyName of named?.PolicyNames ?? []) {
        await gone('iam:DeleteUserPolicy', name, () =>
          client().send(new DeleteUserPolicyCommand({ UserName: name, PolicyName })),
        );
      }
      const ownArn = managedPolicyArn(name, options);
      const ownArns = [ownArn, ...formerPolicyArns(name, options)];
      const attachedArns = (attached?.AttachedPolicies ?? []).flatMap(({ PolicyArn }) => PolicyArn ?? []);
      for (const PolicyArn of attachedArns) {
        if (ownArns.includes(PolicyArn)) {
          await managed.removeAttached(name, PolicyArn);
        } else {
          await gone('iam:DetachUserPolicy', name, () =>
            client().send(new DetachUserPolicyCommand({ UserName: name, PolicyArn })),
          );
        }
      }
      // Before the user, so that the next try still finds both.
      if (named !== undefined && !attachedArns.includes(ownArn)) await managed.removeDetached(name, ownArn);
      const deleted = await gone('iam:DeleteUser', name, () =>
        client().send(new DeleteUserCommand({ UserName: name })),
      );
      return deleted === undefined ? 'absent' : 'deleted';
    },
  };
}

/** CreateUser was denied at a later attempt. The SDK repeats only what got no answer of use: the first may have made the user. */
function unanswered({ message }: SesameError): SesameError {
  return new SesameError(
    'CreateUserUnanswered',
    'retryable',
    `${message} An earlier attempt got no answer, so the user may be there. Sesame looks for it automatically.`,
  );
}

/** CreateUser refers to the permissions boundary, too: NoSuchEntity means that it is missing. */
function missingBoundary(arn: string): SesameError {
  return new SesameError(
    'PermissionsBoundaryMissing',
    'retryable',
    `iam:CreateUser failed: IAM has no policy ${arn}, the permissions boundary. Deploy Terraform again: somebody deleted it. ` +
      'Sesame tries it again automatically.',
  );
}
