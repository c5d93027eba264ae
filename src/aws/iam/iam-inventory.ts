import {
  GetAccessKeyLastUsedCommand,
  GetAccountSummaryCommand,
  GetPolicyCommand,
  GetPolicyVersionCommand,
  GetUserCommand,
  GetUserPolicyCommand,
  type IAMClient,
  ListAccessKeysCommand,
  ListAttachedUserPoliciesCommand,
  ListUserPoliciesCommand,
  paginateListPolicies,
  paginateListUsers,
} from '@aws-sdk/client-iam';
import type { AgedAccessKey, IamInventory, IamUserSnapshot } from '../../credential/iam/iam-inventory.ts';
import { buildIamPath, formerPaths, IAM_PATH } from '../../credential/iam/ownership.ts';
import { awsErrorName, toAwsProblem } from '../aws-problem.ts';
import { decodeDocument } from './decode-document.ts';
import { findUserOfKey } from './find-user-of-key.ts';
import { type IamScope, INLINE_POLICY_NAME, managedPolicyArn } from './policy-names.ts';

interface IamInventoryOptions extends IamScope {
  readonly client: () => IAMClient;
  /** Waits for its turn: IAM's limits are shared with all that provisions. */
  readonly pace: () => Promise<void>;
}

/** The sweep's reads, over IAM. */
export function createIamInventory({ client, pace, ...scope }: IamInventoryOptions): IamInventory {
  const { ownership } = scope;
  const path = buildIamPath(ownership);
  const paths = [path, ...formerPaths(ownership)];

  async function call<T>(operation: string, send: () => Promise<T>): Promise<T | undefined> {
    await pace();
    try {
      return await send();
    } catch (error) {
      if (awsErrorName(error) === 'NoSuchEntityException') return undefined;
      throw toAwsProblem(operation, error);
    }
  }

  async function readKeys(UserName: string): Promise<AgedAccessKey[] | undefined> {
    const answer = await call('iam:ListAccessKeys', () => client().send(new ListAccessKeysCommand({ UserName })));
    return answer?.AccessKeyMetadata?.map(({ AccessKeyId = '', Status, CreateDate }) => ({
      accessKeyId: AccessKeyId,
      status: Status === 'Active' ? 'Active' : 'Inactive',
      createdAtMs: CreateDate?.getTime() ?? 0,
    }));
  }

  async function readInlineDocument(UserName: string): Promise<IamUserSnapshot['document']> {
    const answer = await call('iam:GetUserPolicy', () =>
      client().send(new GetUserPolicyCommand({ UserName, PolicyName: INLINE_POLICY_NAME })),
    );
    return toDocument(answer?.PolicyDocument);
  }

  async function readManagedDocument(name: string): Promise<IamUserSnapshot['document']> {
    const PolicyArn = managedPolicyArn(name, scope);
    const policy = await call('iam:GetPolicy', () => client().send(new GetPolicyCommand({ PolicyArn })));
    const VersionId = policy?.Policy?.DefaultVersionId;
    if (VersionId === undefined) return 'none';
    const version = await call('iam:GetPolicyVersion', () =>
      client().send(new GetPolicyVersionCommand({ PolicyArn, VersionId })),
    );
    return toDocument(version?.PolicyVersion?.Document);
  }

  async function readInlineNames(UserName: string): Promise<string[] | undefined> {
    const answer = await call('iam:ListUserPolicies', () => client().send(new ListUserPoliciesCommand({ UserName })));
    return answer?.PolicyNames;
  }

  async function readBoundary(UserName: string): Promise<string | undefined> {
    const answer = await call('iam:GetUser', () => client().send(new GetUserCommand({ UserName })));
    return answer && (answer.User?.PermissionsBoundary?.PermissionsBoundaryArn ?? 'none');
  }

  async function readLastUse(AccessKeyId: string): Promise<number | 'never' | undefined> {
    const answer = await call('iam:GetAccessKeyLastUsed', () =>
      client().send(new GetAccessKeyLastUsedCommand({ AccessKeyId })),
    );
    return answer && (answer.AccessKeyLastUsed?.LastUsedDate?.getTime() ?? 'never');
  }

  return {
    async *listUsers() {
      try {
        for (const PathPrefix of prefixesOf(paths)) {
          for await (const page of paginateListUsers({ client: client(), pageSize: 1000 }, { PathPrefix })) {
            yield (page.Users ?? []).flatMap(({ UserName, Path }) =>
              UserName !== undefined && Path !== undefined && paths.includes(Path) ? [UserName] : [],
            );
          }
        }
      } catch (error) {
        throw toAwsProblem('iam:ListUsers', error);
      }
    },

    async readHoldings(name, reads) {
      const [attached, keys, document, inlineNames, boundary, lastUsedMs] = await Promise.all([
        call('iam:ListAttachedUserPolicies', () =>
          client().send(new ListAttachedUserPoliciesCommand({ UserName: name })),
        ),
        reads.keys ? readKeys(name) : undefined,
        reads.document === 'inline' ? readInlineDocument(name) : undefined,
        reads.inlineNames ? readInlineNames(name) : undefined,
        reads.boundary ? readBoundary(name) : undefined,
        reads.lastUseOf === undefined ? undefined : readLastUse(reads.lastUseOf),
      ]);
      if (attached === undefined) return undefined;
      const held = reads.document === 'managed' ? await readManagedDocument(name) : document;
      const attachedPolicies = (attached.AttachedPolicies ?? []).map(({ PolicyName = '' }) => PolicyName);
      return {
        attachedPolicies,
        keys,
        document: held,
        foreignInlinePolicies: inlineNames?.filter((each) => each !== INLINE_POLICY_NAME),
        hasInlinePolicy: inlineNames?.includes(INLINE_POLICY_NAME),
        boundary,
        lastUsedMs,
      };
    },

    async readTags(UserName) {
      const answer = await call('iam:GetUser', () => client().send(new GetUserCommand({ UserName })));
      return answer && (answer.User?.Tags ?? []).map(({ Key = '', Value = '' }) => ({ Key, Value }));
    },

    async findUserOfKey(accessKeyId) {
      await pace();
      return findUserOfKey(accessKeyId, client);
    },

    async *listUnattachedPolicies() {
      try {
        const input = { PathPrefix: path, Scope: 'Local' } as const;
        for await (const { Policies = [] } of paginateListPolicies({ client: client(), pageSize: 1000 }, input)) {
          yield Policies.filter(({ Path, AttachmentCount }) => Path === path && AttachmentCount === 0).map(
            ({ Arn = '', PolicyName = '', CreateDate, UpdateDate }) => ({
              arn: Arn,
              name: PolicyName,
              changedAtMs: Math.max(CreateDate?.getTime() ?? 0, UpdateDate?.getTime() ?? 0),
            }),
          );
        }
      } catch (error) {
        throw toAwsProblem('iam:ListPolicies', error);
      }
    },

    async countUsers() {
      const answer = await call('iam:GetAccountSummary', () => client().send(new GetAccountSummaryCommand({})));
      return { used: answer?.SummaryMap?.Users ?? 0, quota: answer?.SummaryMap?.UsersQuota ?? 0 };
    },
  };
}

/** What to list: the path of version 0.1 holds all others, which other deployments may be using. */
function prefixesOf(paths: readonly string[]): readonly string[] {
  return paths.includes(IAM_PATH) ? [IAM_PATH] : paths;
}

function toDocument(encoded: string | undefined): IamUserSnapshot['document'] {
  return encoded === undefined ? 'none' : { text: decodeDocument(encoded) };
}
