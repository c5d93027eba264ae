import {
  GetPolicyCommand,
  GetPolicyVersionCommand,
  GetUserCommand,
  GetUserPolicyCommand,
  type IAMClient,
  ListAttachedUserPoliciesCommand,
  ListUserPoliciesCommand,
} from '@aws-sdk/client-iam';
import type { UserPolicies } from '../../credential/iam/user-policies.ts';
import { limitTime } from '../limit-time.ts';
import { gone } from './call.ts';
import { decodeDocument } from './decode-document.ts';

/** The policies of users, over IAM. */
export function createUserPolicies(client: () => IAMClient): UserPolicies {
  return {
    async findUser(UserName) {
      const answer = await gone('iam:GetUser', UserName, () =>
        client().send(new GetUserCommand({ UserName }), limitTime()),
      );
      if (answer === undefined) return undefined;
      const { Arn: arn = '', Tags = [], PermissionsBoundary } = answer.User ?? {};
      const boundaryArn = PermissionsBoundary?.PermissionsBoundaryArn;
      return {
        arn,
        tags: Tags.map(({ Key = '', Value = '' }) => ({ Key, Value })),
        ...(boundaryArn === undefined ? {} : { boundaryArn }),
      };
    },

    listInline: (UserName) =>
      readPages(async (Marker) => {
        const page = await gone('iam:ListUserPolicies', UserName, () =>
          client().send(new ListUserPoliciesCommand({ UserName, Marker }), limitTime()),
        );
        return page && { found: page.PolicyNames ?? [], next: page.IsTruncated === true ? page.Marker : undefined };
      }),

    async readInline(UserName, PolicyName) {
      const answer = await gone('iam:GetUserPolicy', UserName, () =>
        client().send(new GetUserPolicyCommand({ UserName, PolicyName }), limitTime()),
      );
      return answer && decodeDocument(answer.PolicyDocument ?? '');
    },

    listAttached: (UserName) =>
      readPages(async (Marker) => {
        const page = await gone('iam:ListAttachedUserPolicies', UserName, () =>
          client().send(new ListAttachedUserPoliciesCommand({ UserName, Marker }), limitTime()),
        );
        return (
          page && {
            found: (page.AttachedPolicies ?? []).map(({ PolicyName: name = '', PolicyArn: arn = '' }) => ({
              name,
              arn,
            })),
            next: page.IsTruncated === true ? page.Marker : undefined,
          }
        );
      }),

    async readManaged(PolicyArn) {
      const policy = await gone('iam:GetPolicy', PolicyArn, () =>
        client().send(new GetPolicyCommand({ PolicyArn }), limitTime()),
      );
      const VersionId = policy?.Policy?.DefaultVersionId;
      if (VersionId === undefined) return undefined;
      const answer = await gone('iam:GetPolicyVersion', PolicyArn, () =>
        client().send(new GetPolicyVersionCommand({ PolicyArn, VersionId }), limitTime()),
      );
      return answer && { version: VersionId, document: decodeDocument(answer.PolicyVersion?.Document ?? '') };
    },
  };
}

/** All pages of a list; undefined if what it belongs to doesn't exist. */
async function readPages<T>(
  readPage: (
    marker: string | undefined,
  ) => Promise<{ readonly found: T[]; readonly next: string | undefined } | undefined>,
): Promise<T[] | undefined> {
  const all: T[] = [];
  let marker: string | undefined;
  do {
    const page = await readPage(marker);
    if (page === undefined) return undefined;
    all.push(...page.found);
    marker = page.next;
  } while (marker !== undefined);
  return all;
}
