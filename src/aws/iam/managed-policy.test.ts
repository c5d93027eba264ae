import type { IAMClient } from '@aws-sdk/client-iam';
import { beforeEach, expect, it } from 'vitest';
import { buildPolicyName } from '../../credential/iam/iam-user-name.ts';
import { createIamUsers } from './iam-users.ts';

const ownership = { region: 'eu-west-1', table: 'mail', managesUsersOf01: false };
const ownArn = `arn:aws:iam::123456789012:policy/ses-smtp/eu-west-1/mail/${buildPolicyName('jane', ownership)}`;

/** IAM as far as one user and its managed policy go. */
interface Iam {
  user: boolean;
  attached: boolean;
  /** The last one is the default. Empty: there is no such policy. */
  versions: string[];
  /** How many lists of versions show the first one only. */
  staleLists: number;
  calls: string[];
}
let iam: Iam;

beforeEach(() => {
  iam = { user: true, attached: true, versions: ['v1', 'v2'], staleLists: 0, calls: [] };
});

const refuse = (name: string, message = name) => {
  throw Object.assign(new Error(message), { name });
};

const answers: Record<string, (input: { readonly VersionId?: string }) => object> = {
  ListUserPolicies: () => (iam.user ? { PolicyNames: [] } : refuse('NoSuchEntityException')),
  ListAttachedUserPolicies: () => {
    if (!iam.user) refuse('NoSuchEntityException');
    return { AttachedPolicies: iam.attached ? [{ PolicyArn: ownArn }] : [] };
  },
  DetachUserPolicy: () => {
    if (!iam.attached) refuse('NoSuchEntityException');
    iam.attached = false;
    return {};
  },
  ListPolicyVersions: () => {
    if (iam.versions.length === 0) refuse('NoSuchEntityException');
    iam.staleLists -= 1;
    const shown = iam.staleLists >= 0 ? iam.versions.slice(0, 1) : iam.versions;
    return { Versions: shown.map((VersionId) => ({ VersionId, IsDefaultVersion: VersionId === shown.at(-1) })) };
  },
  DeletePolicyVersion: ({ VersionId }) => {
    iam.versions = iam.versions.filter((version) => version !== VersionId);
    return {};
  },
  DeletePolicy: () => {
    if (iam.versions.length === 0) refuse('NoSuchEntityException');
    if (iam.attached) refuse('DeleteConflictException', 'Cannot delete a policy attached to entities.');
    if (iam.versions.length > 1) refuse('DeleteConflictException', 'This policy has more than one version.');
    iam.versions = [];
    return {};
  },
  DeleteUser: () => {
    if (!iam.user) refuse('NoSuchEntityException');
    if (iam.attached) refuse('DeleteConflictException', 'Cannot delete entity, must detach all policies first.');
    iam.user = false;
    return {};
  },
};

const client = () =>
  ({
    send: async (command: { readonly input: { readonly VersionId?: string } }) => {
      const name = command.constructor.name.replace('Command', '');
      iam.calls.push(name);
      return await Promise.resolve(answers[name]?.(command.input) ?? {});
    },
  }) as unknown as IAMClient;

const users = createIamUsers({
  client,
  unrepeatedClient: client,
  partition: 'aws',
  accountId: '123456789012',
  permissionsBoundaryArn: 'arn:aws:iam::123456789012:policy/boundary',
  ownership,
  sleep: () => Promise.resolve(),
});

it('goes with its user, with all its versions', async () => {
  expect(await users.deleteUser('jane')).toBe('deleted');
  expect(iam).toMatchObject({ user: false, versions: [] });
});

it('goes where IAM shows the newest version late', async () => {
  iam.staleLists = 2;
  expect(await users.deleteUser('jane')).toBe('deleted');
  expect(iam).toMatchObject({ user: false, versions: [] });
});

it('keeps its user until it is gone, and is found by the next try although it is detached by then', async () => {
  iam.staleLists = 100;
  await expect(users.deleteUser('jane')).rejects.toMatchObject({
    code: 'DeleteConflictException',
    message: expect.stringContaining('more than one version'),
  });
  expect(iam).toMatchObject({ user: true, attached: false, versions: ['v1', 'v2'] });
  iam.staleLists = 0;
  expect(await users.deleteUser('jane')).toBe('deleted');
  expect(iam).toMatchObject({ user: false, versions: [] });
});

it('goes with its user when somebody had detached it', async () => {
  iam.attached = false;
  expect(await users.deleteUser('jane')).toBe('deleted');
  expect(iam).toMatchObject({ user: false, versions: [] });
});

it('goes for a short list although IAM shows the newest version late', async () => {
  iam.staleLists = 1;
  expect(await users.putPolicy('jane', { form: 'inline', document: '{}' }, 'managed')).toBe('inline');
  expect(iam).toMatchObject({ attached: false, versions: [] });
});

it('is looked for once where there is none', async () => {
  iam = { ...iam, attached: false, versions: [] };
  expect(await users.deleteUser('jane')).toBe('deleted');
  expect(iam.calls.filter((call) => call === 'ListPolicyVersions')).toHaveLength(1);
});

it('is deleted by its ARN when it is attached to nobody', async () => {
  iam = { ...iam, attached: false, user: false };
  await users.deletePolicy(ownArn);
  expect(iam.versions).toEqual([]);
  await users.deletePolicy(ownArn);
});
