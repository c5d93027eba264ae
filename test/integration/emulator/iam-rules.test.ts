import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  AddUserToGroupCommand,
  AttachUserPolicyCommand,
  CreateAccessKeyCommand,
  CreateGroupCommand,
  CreateLoginProfileCommand,
  CreatePolicyCommand,
  CreatePolicyVersionCommand,
  CreateRoleCommand,
  CreateServiceSpecificCredentialCommand,
  CreateUserCommand,
  CreateVirtualMFADeviceCommand,
  DeactivateMFADeviceCommand,
  DeleteAccessKeyCommand,
  DeleteLoginProfileCommand,
  DeletePolicyCommand,
  DeletePolicyVersionCommand,
  DeleteServiceSpecificCredentialCommand,
  DeleteSigningCertificateCommand,
  DeleteSSHPublicKeyCommand,
  DeleteUserCommand,
  DeleteUserPolicyCommand,
  DetachUserPolicyCommand,
  EnableMFADeviceCommand,
  GetUserCommand,
  GetUserPolicyCommand,
  ListAccessKeysCommand,
  ListAttachedUserPoliciesCommand,
  ListGroupsForUserCommand,
  ListPoliciesCommand,
  ListServiceSpecificCredentialsCommand,
  ListSigningCertificatesCommand,
  ListSSHPublicKeysCommand,
  ListUsersCommand,
  ListUserTagsCommand,
  PutUserPolicyCommand,
  RemoveUserFromGroupCommand,
  SimulatePrincipalPolicyCommand,
  UpdateAccessKeyCommand,
  UpdateUserCommand,
  UploadSigningCertificateCommand,
  UploadSSHPublicKeyCommand,
} from '@aws-sdk/client-iam';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type OwnEmulator, startOwnEmulator } from '../../support/own-emulator.ts';

let emulator: OwnEmulator;
let iam: ReturnType<OwnEmulator['iamClient']>;

beforeAll(async () => {
  emulator = await startOwnEmulator();
  iam = emulator.iamClient();
});
afterAll(() => emulator.stop());

/** A policy document with this many characters, white space not counted. */
function policyOf(characters: number): string {
  const document = (sid: string) =>
    JSON.stringify(
      { Version: '2012-10-17', Statement: [{ Sid: sid, Effect: 'Allow', Action: 's3:Get*', Resource: '*' }] },
      null,
      2,
    );
  return document('x'.repeat(characters - document('').replace(/\s/g, '').length));
}

async function createUser(UserName: string): Promise<string> {
  const { User } = await iam.send(new CreateUserCommand({ UserName, Path: '/team/' }));
  return User?.Arn ?? '';
}

async function createPolicy(PolicyName: string, Path?: string): Promise<string> {
  const { Policy } = await iam.send(new CreatePolicyCommand({ PolicyName, Path, PolicyDocument: policyOf(200) }));
  return Policy?.Arn ?? '';
}

/** AWS's refusals. */
const limitExceeded = (message: string) => ({ name: 'LimitExceededException', message });
const noSuchEntity = (message: string) => ({ name: 'NoSuchEntityException', message });

describe('names', () => {
  test('are case-insensitive, and shown as first written', async () => {
    await createUser('Jane');
    await expect(createUser('jANE')).rejects.toMatchObject({
      name: 'EntityAlreadyExistsException',
      message: 'User with name jANE already exists.',
    });
    const { User } = await iam.send(new GetUserCommand({ UserName: 'JANE' }));
    expect(User?.UserName).toBe('Jane');
    await iam.send(new PutUserPolicyCommand({ UserName: 'jane', PolicyName: 'p', PolicyDocument: policyOf(200) }));
    await iam.send(new GetUserPolicyCommand({ UserName: 'JANE', PolicyName: 'p' }));
    const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: 'JANE' }));
    expect(AccessKey?.UserName).toBe('Jane');
    const { AccessKeyMetadata } = await iam.send(new ListAccessKeysCommand({ UserName: 'jane' }));
    expect(AccessKeyMetadata).toMatchObject([{ AccessKeyId: AccessKey?.AccessKeyId, UserName: 'Jane' }]);
    const { Users = [] } = await iam.send(new ListUsersCommand({ PathPrefix: '/team/' }));
    expect(Users.map(({ UserName }) => UserName)).toEqual(['Jane']);
  });

  test('of roles, groups and managed policies are unique in the account, whatever their case and path', async () => {
    const AssumeRolePolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: [] });
    await iam.send(new CreateRoleCommand({ RoleName: 'robot', AssumeRolePolicyDocument }));
    await expect(
      iam.send(new CreateRoleCommand({ RoleName: 'ROBOT', AssumeRolePolicyDocument })),
    ).rejects.toMatchObject({ name: 'EntityAlreadyExistsException' });
    await iam.send(new CreateGroupCommand({ GroupName: 'admins' }));
    await expect(iam.send(new CreateGroupCommand({ GroupName: 'ADMINS' }))).rejects.toMatchObject({
      name: 'EntityAlreadyExistsException',
    });
    await createPolicy('reading');
    await expect(createPolicy('Reading', '/elsewhere/')).rejects.toMatchObject({
      name: 'EntityAlreadyExistsException',
      message: 'A policy called Reading already exists. Duplicate names are not allowed.',
    });
  });

  test('have a limited length and character set', async () => {
    await createUser('a'.repeat(64));
    await expect(createUser('a'.repeat(65))).rejects.toMatchObject({ name: 'ValidationError' });
    await expect(createUser('jane doe')).rejects.toMatchObject({
      name: 'ValidationError',
      message: expect.stringMatching(/^The specified value for userName is invalid\./),
    });
    await expect(iam.send(new CreateUserCommand({ UserName: 'pathless', Path: 'no-slash' }))).rejects.toMatchObject({
      name: 'ValidationError',
    });
  });
});

describe('quotas', () => {
  test('a user has at most two access keys, including inactive ones', async () => {
    await createUser('keys');
    const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: 'keys' }));
    const { AccessKeyId } = AccessKey ?? {};
    await iam.send(new UpdateAccessKeyCommand({ UserName: 'keys', AccessKeyId, Status: 'Inactive' }));
    await iam.send(new CreateAccessKeyCommand({ UserName: 'keys' }));
    await expect(iam.send(new CreateAccessKeyCommand({ UserName: 'keys' }))).rejects.toMatchObject(
      limitExceeded('Cannot exceed quota for AccessKeysPerUser: 2'),
    );
    await iam.send(new DeleteAccessKeyCommand({ UserName: 'keys', AccessKeyId }));
    await iam.send(new CreateAccessKeyCommand({ UserName: 'keys' }));
  });

  test('a user’s inline policies have at most 2,048 characters together, white space not counted', async () => {
    await createUser('inline');
    const put = (PolicyName: string, characters: number) =>
      iam.send(new PutUserPolicyCommand({ UserName: 'inline', PolicyName, PolicyDocument: policyOf(characters) }));
    await put('first', 1500);
    await put('second', 548);
    await put('second', 548);
    await expect(put('second', 549)).rejects.toMatchObject(
      limitExceeded('Maximum policy size of 2048 bytes exceeded for user inline'),
    );
  });

  test('a managed policy has at most 6,144 characters and five versions', async () => {
    const PolicyDocument = policyOf(6144);
    const { Policy } = await iam.send(new CreatePolicyCommand({ PolicyName: 'long', PolicyDocument }));
    const addVersion = (document: string) =>
      iam.send(new CreatePolicyVersionCommand({ PolicyArn: Policy?.Arn, PolicyDocument: document }));
    const tooLong = limitExceeded('Cannot exceed quota for PolicySize: 6144');
    await expect(addVersion(policyOf(6145))).rejects.toMatchObject(tooLong);
    await expect(
      iam.send(new CreatePolicyCommand({ PolicyName: 'too-long', PolicyDocument: policyOf(6145) })),
    ).rejects.toMatchObject(tooLong);
    for (let version = 2; version <= 5; version += 1) await addVersion(PolicyDocument);
    await expect(addVersion(PolicyDocument)).rejects.toMatchObject({
      name: 'LimitExceededException',
      message: expect.stringContaining('up to 5 versions'),
    });
  });

  test('a user has at most ten managed policies, each of which exists', async () => {
    await createUser('attached');
    const attach = (PolicyArn: string) => iam.send(new AttachUserPolicyCommand({ UserName: 'attached', PolicyArn }));
    const arns = await Promise.all(Array.from({ length: 11 }, (_, index) => createPolicy(`attached-${index}`)));
    for (const arn of arns.slice(0, 10)) await attach(arn);
    await attach(arns[0] ?? '');
    await expect(attach(arns[10] ?? '')).rejects.toMatchObject(
      limitExceeded('Cannot exceed quota for PoliciesPerUser: 10'),
    );
    await iam.send(new DetachUserPolicyCommand({ UserName: 'attached', PolicyArn: arns[0] }));
    await expect(attach(`${arns[0]}-gone`)).rejects.toMatchObject(
      noSuchEntity(`Policy ${arns[0]}-gone does not exist or is not attachable.`),
    );
  });

  test('an account has at most 5,000 users', async () => {
    const stateFolder = mkdtempSync(join(tmpdir(), 'sesame-state-'));
    writeFileSync(join(stateFolder, 'iam.json'), stateWithUsers(5000));
    // An incomplete state would be refused.
    for (const other of ['dynamodb.json', 'kms.json']) writeFileSync(join(stateFolder, other), '{}');
    const full = await startOwnEmulator({ stateFolder });
    try {
      const client = full.iamClient();
      const create = (UserName: string) => client.send(new CreateUserCommand({ UserName }));
      await expect(create('one-more')).rejects.toMatchObject(
        limitExceeded('Cannot exceed quota for UsersPerAccount: 5000'),
      );
      await expect(create('U0')).rejects.toMatchObject({ name: 'EntityAlreadyExistsException' });
      await client.send(new DeleteUserCommand({ UserName: 'u17' }));
      await create('one-more');
    } finally {
      await full.stop();
      rmSync(stateFolder, { recursive: true });
    }
  });
});

/** A saved state with this many IAM users. Making them through the API would take ten seconds. */
function stateWithUsers(count: number): string {
  const users = Array.from({ length: count }, (_, index) => {
    const UserName = `u${index}`;
    const Arn = `arn:aws:iam::000000000000:user/${UserName}`;
    const user = { UserName, Arn, UserId: `AIDA${index}`, Path: '/', CreateDate: '2026-01-01T00:00:00Z' };
    return [`000000000000\0'${UserName}'`, { ...user, PermissionsBoundary: '', AttachedPolicies: [], Tags: [] }];
  });
  return JSON.stringify({
    __ministack_format__: 2,
    payload: { users: { __scoped__: true, data: Object.fromEntries(users) } },
  });
}

test('calls for a missing user are refused', async () => {
  const missing = noSuchEntity('The user with name nobody cannot be found.');
  await expect(iam.send(new ListAccessKeysCommand({ UserName: 'nobody' }))).rejects.toMatchObject(missing);
  await expect(
    iam.send(new DeleteAccessKeyCommand({ UserName: 'nobody', AccessKeyId: 'AKIAIOSFODNN7EXAMPLE' })),
  ).rejects.toMatchObject(missing);
});

describe('DeleteUser', () => {
  const UserName = 'leaving';
  const first = (what: string) => ({
    name: 'DeleteConflictException',
    message: `Cannot delete entity, must ${what} first.`,
  });
  const remove = () => iam.send(new DeleteUserCommand({ UserName }));

  beforeAll(async () => {
    await createUser(UserName);
  });

  test('refuses a user with policies', async () => {
    await iam.send(new PutUserPolicyCommand({ UserName, PolicyName: 'p', PolicyDocument: policyOf(200) }));
    await expect(remove()).rejects.toMatchObject(first('delete policies'));
    await iam.send(new DeleteUserPolicyCommand({ UserName, PolicyName: 'p' }));
    const PolicyArn = await createPolicy('leaving');
    await iam.send(new AttachUserPolicyCommand({ UserName, PolicyArn }));
    await expect(remove()).rejects.toMatchObject(first('detach all policies'));
    await iam.send(new DetachUserPolicyCommand({ UserName, PolicyArn }));
  });

  test('refuses a user with access keys', async () => {
    const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName }));
    await expect(remove()).rejects.toMatchObject(first('delete access keys'));
    await iam.send(new DeleteAccessKeyCommand({ UserName, AccessKeyId: AccessKey?.AccessKeyId }));
  });

  test('refuses a user with a login profile', async () => {
    await iam.send(new CreateLoginProfileCommand({ UserName, Password: 'not-a-secret-1A' }));
    await expect(remove()).rejects.toMatchObject(first('delete login profile'));
    await iam.send(new DeleteLoginProfileCommand({ UserName }));
  });

  test('refuses a user with an MFA device', async () => {
    const { VirtualMFADevice } = await iam.send(new CreateVirtualMFADeviceCommand({ VirtualMFADeviceName: 'phone' }));
    const SerialNumber = VirtualMFADevice?.SerialNumber;
    await iam.send(
      new EnableMFADeviceCommand({
        UserName,
        SerialNumber,
        AuthenticationCode1: '123456',
        AuthenticationCode2: '654321',
      }),
    );
    await expect(remove()).rejects.toMatchObject(first('delete MFA device'));
    await iam.send(new DeactivateMFADeviceCommand({ UserName, SerialNumber }));
  });

  test('refuses a user with a signing certificate', async () => {
    const CertificateBody = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----';
    await iam.send(new UploadSigningCertificateCommand({ UserName, CertificateBody }));
    await expect(remove()).rejects.toMatchObject(first('delete certificates'));
    const { Certificates = [] } = await iam.send(new ListSigningCertificatesCommand({ UserName }));
    expect(Certificates).toMatchObject([{ UserName, CertificateBody, Status: 'Active' }]);
    const { CertificateId } = Certificates[0] ?? {};
    await iam.send(new DeleteSigningCertificateCommand({ UserName, CertificateId }));
  });

  test('refuses a user with group memberships', async () => {
    await iam.send(new CreateGroupCommand({ GroupName: 'staff' }));
    await iam.send(new AddUserToGroupCommand({ UserName, GroupName: 'staff' }));
    await expect(remove()).rejects.toMatchObject(first('remove users from group'));
    await iam.send(new RemoveUserFromGroupCommand({ UserName, GroupName: 'staff' }));
  });

  test('refuses a user with an SSH public key', async () => {
    await iam.send(new UploadSSHPublicKeyCommand({ UserName, SSHPublicKeyBody: 'ssh-rsa AAAA jane' }));
    await expect(remove()).rejects.toMatchObject(first('remove referenced objects'));
    const { SSHPublicKeys = [] } = await iam.send(new ListSSHPublicKeysCommand({ UserName }));
    expect(SSHPublicKeys).toMatchObject([{ UserName, Status: 'Active' }]);
    await iam.send(new DeleteSSHPublicKeyCommand({ UserName, SSHPublicKeyId: SSHPublicKeys[0]?.SSHPublicKeyId }));
  });

  test('refuses a user with a service-specific credential, and deletes an empty user', async () => {
    const ServiceName = 'codecommit.amazonaws.com';
    const made = await iam.send(new CreateServiceSpecificCredentialCommand({ UserName, ServiceName }));
    expect(made.ServiceSpecificCredential?.ServicePassword).toMatch(/./);
    await expect(remove()).rejects.toMatchObject(first('remove referenced objects'));
    const { ServiceSpecificCredentials = [] } = await iam.send(new ListServiceSpecificCredentialsCommand({ UserName }));
    expect(ServiceSpecificCredentials).toMatchObject([{ UserName, ServiceName, Status: 'Active' }]);
    const { ServiceSpecificCredentialId } = ServiceSpecificCredentials[0] ?? {};
    await iam.send(new DeleteServiceSpecificCredentialCommand({ UserName, ServiceSpecificCredentialId }));
    await remove();
    await expect(iam.send(new GetUserCommand({ UserName }))).rejects.toMatchObject({ name: 'NoSuchEntityException' });
  });
});

describe('UpdateUser', () => {
  test('changes name and path, and keeps everything else', async () => {
    await iam.send(new CreateUserCommand({ UserName: 'bob', Path: '/old/', Tags: [{ Key: 'k', Value: 'v' }] }));
    const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: 'bob' }));
    await iam.send(new PutUserPolicyCommand({ UserName: 'bob', PolicyName: 'p', PolicyDocument: policyOf(200) }));
    const PolicyArn = await createPolicy('of-bob');
    await iam.send(new AttachUserPolicyCommand({ UserName: 'bob', PolicyArn }));
    await iam.send(new CreateGroupCommand({ GroupName: 'bobs' }));
    await iam.send(new AddUserToGroupCommand({ UserName: 'bob', GroupName: 'bobs' }));
    const { User: before } = await iam.send(new GetUserCommand({ UserName: 'bob' }));

    await iam.send(new UpdateUserCommand({ UserName: 'BOB', NewPath: '/new/' }));
    await iam.send(new UpdateUserCommand({ UserName: 'bob', NewUserName: 'Robert' }));

    const UserName = 'Robert';
    const { User } = await iam.send(new GetUserCommand({ UserName }));
    expect(User).toEqual({
      ...before,
      UserName,
      Path: '/new/',
      Arn: 'arn:aws:iam::000000000000:user/new/Robert',
    });
    await expect(iam.send(new GetUserCommand({ UserName: 'bob' }))).rejects.toMatchObject({
      name: 'NoSuchEntityException',
    });
    const { AccessKeyMetadata } = await iam.send(new ListAccessKeysCommand({ UserName }));
    expect(AccessKeyMetadata).toMatchObject([{ AccessKeyId: AccessKey?.AccessKeyId, UserName }]);
    expect((await iam.send(new ListUserTagsCommand({ UserName }))).Tags).toEqual([{ Key: 'k', Value: 'v' }]);
    await iam.send(new GetUserPolicyCommand({ UserName, PolicyName: 'p' }));
    expect((await iam.send(new ListAttachedUserPoliciesCommand({ UserName }))).AttachedPolicies).toHaveLength(1);
    expect((await iam.send(new ListGroupsForUserCommand({ UserName }))).Groups).toHaveLength(1);
  });

  test('refuses the name of another user', async () => {
    await createUser('one');
    await createUser('two');
    await expect(iam.send(new UpdateUserCommand({ UserName: 'one', NewUserName: 'TWO' }))).rejects.toMatchObject({
      name: 'EntityAlreadyExistsException',
    });
    await iam.send(new UpdateUserCommand({ UserName: 'one', NewUserName: 'ONE' }));
    expect((await iam.send(new GetUserCommand({ UserName: 'one' }))).User?.UserName).toBe('ONE');
  });

  test('requires permission for the old and the new ARN', async () => {
    const secretary = await limitedClient('secretary', ['iam:UpdateUser'], ['user/from/*', 'user/to/*']);
    await iam.send(new CreateUserCommand({ UserName: 'moving', Path: '/from/' }));
    await secretary.send(new UpdateUserCommand({ UserName: 'moving', NewPath: '/to/' }));
    const denied = { name: 'AccessDenied' };
    await expect(
      secretary.send(new UpdateUserCommand({ UserName: 'moving', NewPath: '/elsewhere/' })),
    ).rejects.toMatchObject(denied);
    expect((await iam.send(new GetUserCommand({ UserName: 'moving' }))).User?.Path).toBe('/to/');
    await createUser('others');
    await expect(secretary.send(new UpdateUserCommand({ UserName: 'others', NewPath: '/to/' }))).rejects.toMatchObject(
      denied,
    );
  });
});

describe('DeletePolicy', () => {
  test('waits for all versions but the default one, and for users', async () => {
    const PolicyArn = await createPolicy('versions');
    await createUser('versions');
    await iam.send(new CreatePolicyVersionCommand({ PolicyArn, PolicyDocument: policyOf(300), SetAsDefault: true }));
    const remove = () => iam.send(new DeletePolicyCommand({ PolicyArn }));
    await iam.send(new AttachUserPolicyCommand({ UserName: 'versions', PolicyArn }));
    await expect(remove()).rejects.toMatchObject({
      name: 'DeleteConflictException',
      message: 'Cannot delete a policy attached to entities.',
    });
    await iam.send(new DetachUserPolicyCommand({ UserName: 'versions', PolicyArn }));
    await expect(remove()).rejects.toMatchObject({
      name: 'DeleteConflictException',
      message: expect.stringMatching(/^This policy has more than one version\./),
    });
    await iam.send(new DeletePolicyVersionCommand({ PolicyArn, VersionId: 'v1' }));
    await remove();
    await expect(remove()).rejects.toMatchObject({ name: 'NoSuchEntityException' });
  });
});

test('ListUsers returns pages', async () => {
  const names = Array.from({ length: 101 }, (_, index) => `page-${String(index).padStart(3, '0')}`);
  for (const UserName of names) await iam.send(new CreateUserCommand({ UserName, Path: '/pages/' }));
  const { Users: first = [], Marker, IsTruncated } = await iam.send(new ListUsersCommand({ PathPrefix: '/pages/' }));
  expect([first.length, IsTruncated]).toEqual([100, true]);
  // A user that is deleted between two pages doesn't make the next page skip another one.
  await iam.send(new DeleteUserCommand({ UserName: 'page-050' }));
  const last = await iam.send(new ListUsersCommand({ PathPrefix: '/pages/', Marker }));
  expect(last.Users?.map(({ UserName }) => UserName)).toEqual(['page-100']);
  expect(last.IsTruncated).toBe(false);
  const ten = await iam.send(new ListUsersCommand({ PathPrefix: '/pages/', MaxItems: 10 }));
  expect(ten.Users?.map(({ UserName }) => UserName)).toEqual(names.slice(0, 10));
});

test('ListPolicies gives pages', async () => {
  for (const name of ['c', 'a', 'b']) await createPolicy(`paged-${name}`, '/paged/');
  const page = { PathPrefix: '/paged/', Scope: 'Local', MaxItems: 2 } as const;
  const { Policies: first = [], Marker, IsTruncated } = await iam.send(new ListPoliciesCommand(page));
  expect([IsTruncated, ...first.map(({ PolicyName }) => PolicyName)]).toEqual([true, 'paged-a', 'paged-b']);
  const last = await iam.send(new ListPoliciesCommand({ ...page, Marker }));
  expect(last.Policies).toMatchObject([{ PolicyName: 'paged-c', Path: '/paged/', AttachmentCount: 0 }]);
  expect(last.IsTruncated).toBe(false);
});

describe.each([
  ['ListUsers', (input: { MaxItems?: number; Marker?: string }) => iam.send(new ListUsersCommand(input))],
  ['ListPolicies', (input: { MaxItems?: number; Marker?: string }) => iam.send(new ListPoliciesCommand(input))],
])('%s refuses', (_, list) => {
  test.each([
    [0, "Value '0' at 'maxItems' failed to satisfy constraint: Member must have value greater than or equal to 1"],
    [-1, "Value '-1' at 'maxItems' failed to satisfy constraint: Member must have value greater than or equal to 1"],
    [
      1001,
      "Value '1001' at 'maxItems' failed to satisfy constraint: Member must have value less than or equal to 1000",
    ],
  ])('%d entities per page', async (MaxItems, reason) => {
    const message = `1 validation error detected: ${reason}`;
    await expect(list({ MaxItems })).rejects.toMatchObject({ name: 'ValidationError', message });
  });

  test.each(['nonsense', '%%%', '////', 'AP8=', 'PGEvPg=='])('the marker %s', async (Marker) => {
    await expect(list({ Marker })).rejects.toMatchObject({ name: 'ValidationError', message: 'Invalid Marker.' });
  });
});

test('SimulatePrincipalPolicy considers every resource, the context, the boundary and the path', async () => {
  const UserName = 'simulated';
  const allow = (Action: string, Resource: string, Condition?: object) =>
    JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action, Resource, Condition }] });
  const { Policy: boundary } = await iam.send(
    new CreatePolicyCommand({ PolicyName: 'simulated', PolicyDocument: allow('s3:*', '*') }),
  );
  const { User } = await iam.send(
    new CreateUserCommand({ UserName, Path: '/far/away/', PermissionsBoundary: boundary?.Arn }),
  );
  const put = (PolicyName: string, PolicyDocument: string) =>
    iam.send(new PutUserPolicyCommand({ UserName, PolicyName, PolicyDocument }));
  await put('buckets', allow('s3:GetObject', 'arn:aws:s3:::mine/*', { StringEquals: { 'ses:FromAddress': 'a@b' } }));
  await put('beyond', allow('sqs:*', '*'));
  const simulate = async (from?: string) => {
    const ContextEntries = from
      ? [{ ContextKeyName: 'ses:FromAddress', ContextKeyType: 'string' as const, ContextKeyValues: [from] }]
      : [];
    const { EvaluationResults = [] } = await iam.send(
      new SimulatePrincipalPolicyCommand({
        PolicySourceArn: User?.Arn,
        ActionNames: ['s3:GetObject', 'sqs:SendMessage'],
        ResourceArns: ['arn:aws:s3:::others/1', 'arn:aws:s3:::mine/1'],
        ContextEntries,
      }),
    );
    return EvaluationResults.map(({ EvalDecision }) => EvalDecision);
  };
  expect(await simulate('a@b')).toEqual(['implicitDeny', 'allowed', 'implicitDeny', 'implicitDeny']);
  expect(await simulate('c@d')).toEqual(['implicitDeny', 'implicitDeny', 'implicitDeny', 'implicitDeny']);
  expect(await simulate()).toEqual(['implicitDeny', 'implicitDeny', 'implicitDeny', 'implicitDeny']);
});

/** A client of a user that is allowed only these actions on these IAM resources. */
async function limitedClient(UserName: string, actions: string[], resources: string[]) {
  await iam.send(new CreateUserCommand({ UserName }));
  const Resource = resources.map((resource) => `arn:aws:iam::000000000000:${resource}`);
  const PolicyDocument = JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: actions, Resource }],
  });
  await iam.send(new PutUserPolicyCommand({ UserName, PolicyName: 'p', PolicyDocument }));
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName }));
  const { AccessKeyId: accessKeyId = '', SecretAccessKey: secretAccessKey = '' } = AccessKey ?? {};
  return emulator.iamClient({ accessKeyId, secretAccessKey });
}
