import {
  GetGroupPolicyCommand,
  GetPolicyCommand,
  GetPolicyVersionCommand,
  GetUserCommand,
  GetUserPolicyCommand,
  type IAMClient,
  ListGroupsForUserCommand,
  NoSuchEntityException,
  paginateListAttachedGroupPolicies,
  paginateListAttachedUserPolicies,
  paginateListGroupPolicies,
  paginateListUserPolicies,
} from '@aws-sdk/client-iam';
import { Secret } from '../../src/credential/secret.ts';
import type { NamedPolicy } from '../iam-evaluation/evaluate-iam-request.ts';
import type { SmtpAccount, SmtpAccounts, SmtpPermissions } from './smtp-accounts.ts';

export interface EmulatorAccountsOptions {
  /** A client with an administrator's credentials. */
  readonly iam: IAMClient;
  /** URL of the emulator. */
  readonly endpoint: string;
  /** The token of the emulator's access-key routes, see `local/emulator/secret_access_keys.py`. */
  readonly token: string;
  readonly region: string;
}

const timeoutMs = 5000;

/** The IAM users of the emulator. Nothing is cached. */
export function createEmulatorAccounts({ iam, endpoint, token, region }: EmulatorAccountsOptions): SmtpAccounts {
  const askForKey = (path: string, init: RequestInit = {}) =>
    fetch(new URL(`/_sesame/access-keys/${path}`, endpoint), {
      ...init,
      headers: { 'x-sesame-token': token },
      signal: AbortSignal.timeout(timeoutMs),
    });

  return {
    async findByAccessKeyId(accessKeyId): Promise<SmtpAccount | undefined> {
      const response = await askForKey(encodeURIComponent(accessKeyId));
      if (response.status === 404) {
        return undefined;
      }
      if (!response.ok) {
        throw new Error(`The emulator returned ${response.status} for an access key.`);
      }
      const key = (await response.json()) as {
        userName: string;
        status: SmtpAccount['status'];
        secretAccessKey: string;
      };
      const { userName, status } = key;
      return { accessKeyId, userName, status, secretAccessKey: new Secret(key.secretAccessKey) };
    },

    async findPermissions(userName): Promise<SmtpPermissions | undefined> {
      try {
        const [{ User: user }, ...policies] = await Promise.all([
          iam.send(new GetUserCommand({ UserName: userName })),
          readInlinePolicies(iam, userName),
          readAttachedPolicies(iam, userName),
          readGroupPolicies(iam, userName),
        ]);
        const boundaryArn = user?.PermissionsBoundary?.PermissionsBoundaryArn;
        return {
          userArn: user?.Arn ?? '',
          identityPolicies: policies.flat(),
          permissionsBoundary: boundaryArn === undefined ? undefined : await readManagedPolicy(iam, boundaryArn),
        };
      } catch (error) {
        if (error instanceof NoSuchEntityException) {
          return undefined;
        }
        throw error;
      }
    },

    async recordUse(accessKeyId) {
      const body = JSON.stringify({ region, serviceName: 'ses' });
      const response = await askForKey(`${encodeURIComponent(accessKeyId)}/last-use`, { method: 'POST', body });
      if (!response.ok) {
        throw new Error(`The emulator returned ${response.status} when it should record the use of an access key.`);
      }
    },
  };
}

async function readInlinePolicies(iam: IAMClient, userName: string): Promise<NamedPolicy[]> {
  const names: string[] = [];
  for await (const page of paginateListUserPolicies({ client: iam }, { UserName: userName })) {
    names.push(...(page.PolicyNames ?? []));
  }
  return Promise.all(
    names.map(async (name) => {
      const answer = await iam.send(new GetUserPolicyCommand({ UserName: userName, PolicyName: name }));
      return { name, document: decodeDocument(answer.PolicyDocument) };
    }),
  );
}

async function readAttachedPolicies(iam: IAMClient, userName: string): Promise<NamedPolicy[]> {
  const arns: string[] = [];
  for await (const page of paginateListAttachedUserPolicies({ client: iam }, { UserName: userName })) {
    arns.push(...(page.AttachedPolicies ?? []).flatMap(({ PolicyArn }) => PolicyArn ?? []));
  }
  return Promise.all(arns.map((arn) => readManagedPolicy(iam, arn)));
}

async function readGroupPolicies(iam: IAMClient, userName: string): Promise<NamedPolicy[]> {
  const { Groups: groups = [] } = await iam.send(new ListGroupsForUserCommand({ UserName: userName }));
  const names = groups.flatMap(({ GroupName }) => GroupName ?? []);
  return (await Promise.all(names.map((name) => readPoliciesOfGroup(iam, name)))).flat();
}

async function readPoliciesOfGroup(iam: IAMClient, groupName: string): Promise<NamedPolicy[]> {
  const policies: Promise<NamedPolicy>[] = [];
  for await (const page of paginateListGroupPolicies({ client: iam }, { GroupName: groupName })) {
    for (const name of page.PolicyNames ?? []) {
      policies.push(
        iam
          .send(new GetGroupPolicyCommand({ GroupName: groupName, PolicyName: name }))
          .then((answer) => ({ name, document: decodeDocument(answer.PolicyDocument) })),
      );
    }
  }
  for await (const page of paginateListAttachedGroupPolicies({ client: iam }, { GroupName: groupName })) {
    policies.push(...(page.AttachedPolicies ?? []).map(({ PolicyArn }) => readManagedPolicy(iam, PolicyArn ?? '')));
  }
  return Promise.all(policies);
}

async function readManagedPolicy(iam: IAMClient, arn: string): Promise<NamedPolicy> {
  const { Policy: policy } = await iam.send(new GetPolicyCommand({ PolicyArn: arn }));
  const { PolicyVersion: version } = await iam.send(
    new GetPolicyVersionCommand({ PolicyArn: arn, VersionId: policy?.DefaultVersionId }),
  );
  return { name: arn, document: decodeDocument(version?.Document) };
}

/** AWS returns policies URL-encoded (RFC 3986), the emulator some of them as they are. */
function decodeDocument(document = '{}'): string {
  return document.trimStart().startsWith('{') ? document : decodeURIComponent(document);
}
