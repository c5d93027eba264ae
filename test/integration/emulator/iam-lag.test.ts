import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import {
  AttachUserPolicyCommand,
  CreateAccessKeyCommand,
  CreatePolicyCommand,
  CreateUserCommand,
  DeleteAccessKeyCommand,
  DeleteUserCommand,
  DeleteUserPolicyCommand,
  GetUserCommand,
  GetUserPolicyCommand,
  type IAMClient,
  ListAccessKeysCommand,
  ListUserPoliciesCommand,
  ListUsersCommand,
  PutUserPolicyCommand,
  TagUserCommand,
  UpdateAccessKeyCommand,
  UpdateUserCommand,
} from '@aws-sdk/client-iam';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { localSettings } from '../../../local/local-settings.ts';
import { projectFolder } from '../../../local/project-folder.ts';
import { createEmulatorAccounts } from '../../../local/smtp-endpoint/emulator-accounts.ts';
import { createServiceIamClient } from '../../../local/smtp-endpoint/service-iam-client.ts';
import { type OwnEmulator, startOwnEmulator } from '../../support/own-emulator.ts';

/** Long enough for a busy machine to read within it. */
const lagSeconds = 2;

let emulator: OwnEmulator;
/** Reads without lag. */
let admin: IAMClient;
/** May do everything with IAM users below /late/, and read users with an unknown path. Its reads lag. */
let caller: IAMClient;

beforeAll(async () => {
  emulator = await startOwnEmulator({ iamLag: { seconds: lagSeconds } });
  admin = emulator.iamClient();
  caller = await createCaller(emulator);
});
afterAll(() => emulator.stop());

async function createCaller(of: OwnEmulator): Promise<IAMClient> {
  const root = of.iamClient();
  const UserName = 'caller';
  await root.send(new CreateUserCommand({ UserName }));
  const statements = [
    { Effect: 'Allow', Action: 'iam:*', Resource: ['arn:aws:iam::*:user/late/*', 'arn:aws:iam::*:policy/late/*'] },
    { Effect: 'Allow', Action: ['iam:Get*', 'iam:List*', 'iam:UpdateAccessKey'], Resource: 'arn:aws:iam::*:user/*' },
    { Effect: 'Allow', Action: 'iam:ListUsers', Resource: '*' },
  ];
  const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: statements });
  await root.send(new PutUserPolicyCommand({ UserName, PolicyName: 'p', PolicyDocument }));
  const { AccessKey } = await root.send(new CreateAccessKeyCommand({ UserName }));
  const { AccessKeyId: accessKeyId = '', SecretAccessKey: secretAccessKey = '' } = AccessKey ?? {};
  return of.iamClient({ accessKeyId, secretAccessKey });
}

const createUser = (UserName: string) => caller.send(new CreateUserCommand({ UserName, Path: '/late/' }));
const propagate = () => sleep(lagSeconds * 1000 + 50);
const document = (sid: string) =>
  JSON.stringify({ Version: '2012-10-17', Statement: [{ Sid: sid, Effect: 'Deny', Action: '*', Resource: '*' }] });

/** Repeats a read until it has returned all wanted values, or the lag is over. Returns the values. */
async function answersWhileYoung<T>(ask: () => Promise<T>, wanted: readonly unknown[]): Promise<unknown[]> {
  const answers: unknown[] = [];
  const end = Date.now() + lagSeconds * 1000;
  const isMissing = (one: unknown) => !answers.some((answer) => isDeepStrictEqual(answer, one));
  while (Date.now() < end && wanted.some(isMissing)) {
    answers.push(await ask().catch((error: Error) => error.name));
    await sleep(5);
  }
  return answers;
}

/** Expects reads to return both states during the lag, and only the new one afterwards. */
async function expectSeenLate<T>(ask: () => Promise<T>, before: unknown, after: unknown): Promise<void> {
  const answers = await answersWhileYoung(ask, [before, after]);
  expect(answers).toContainEqual(before);
  expect(answers).toContainEqual(after);
  await propagate();
  for (let time = 0; time < 5; time += 1) expect(await ask().catch((error: Error) => error.name)).toEqual(after);
}

describe.concurrent('reads of IAM', () => {
  test('miss a new user at first', async () => {
    await createUser('new');
    const ask = async () => (await caller.send(new GetUserCommand({ UserName: 'new' }))).User?.UserName;
    await expectSeenLate(ask, 'NoSuchEntityException', 'new');
  });

  test('still show a deleted user, also in the list', async () => {
    await createUser('deleted');
    await propagate();
    await admin.send(new DeleteUserCommand({ UserName: 'deleted' }));
    const isListed = async () => {
      const { Users = [] } = await caller.send(new ListUsersCommand({}));
      return Users.some(({ UserName }) => UserName === 'deleted');
    };
    await expectSeenLate(isListed, true, false);
  });

  test('miss a new key, and show an old status', async () => {
    const UserName = 'keys';
    await createUser(UserName);
    await propagate();
    const { AccessKey } = await caller.send(new CreateAccessKeyCommand({ UserName }));
    const list = async () => {
      const { AccessKeyMetadata = [] } = await caller.send(new ListAccessKeysCommand({ UserName }));
      return AccessKeyMetadata.map(({ Status }) => Status);
    };
    await expectSeenLate(list, [], ['Active']);
    const { AccessKeyId } = AccessKey ?? {};
    await caller.send(new UpdateAccessKeyCommand({ UserName, AccessKeyId, Status: 'Inactive' }));
    await expectSeenLate(list, ['Active'], ['Inactive']);
    await caller.send(new DeleteAccessKeyCommand({ UserName, AccessKeyId }));
    await expectSeenLate(list, ['Inactive'], []);
  });

  test('show an old policy, and a deleted one', async () => {
    const UserName = 'policies';
    const PolicyName = 'p';
    await createUser(UserName);
    await propagate();
    const put = (sid: string) =>
      caller.send(new PutUserPolicyCommand({ UserName, PolicyName, PolicyDocument: document(sid) }));
    const read = async () => {
      const answer = await caller.send(new GetUserPolicyCommand({ UserName, PolicyName }));
      return decodeURIComponent(answer.PolicyDocument ?? '');
    };
    await put('one');
    await expectSeenLate(read, 'NoSuchEntityException', document('one'));
    await put('two');
    await expectSeenLate(read, document('one'), document('two'));
    await caller.send(new DeleteUserPolicyCommand({ UserName, PolicyName }));
    const list = async () => (await caller.send(new ListUserPoliciesCommand({ UserName }))).PolicyNames;
    await expectSeenLate(list, [PolicyName], []);
  });

  test('show old tags and an old path', async () => {
    const UserName = 'moved';
    await createUser(UserName);
    await propagate();
    await caller.send(new TagUserCommand({ UserName, Tags: [{ Key: 'k', Value: 'v' }] }));
    await caller.send(new UpdateUserCommand({ UserName, NewPath: '/late/moved/' }));
    const read = async () => {
      const { User } = await caller.send(new GetUserCommand({ UserName }));
      return [User?.Path, User?.Tags?.length ?? 0];
    };
    await expectSeenLate(read, ['/late/', 0], ['/late/moved/', 1]);
  });

  test('do not lag for the administrator', async () => {
    await createUser('seen');
    for (let time = 0; time < 10; time += 1) await admin.send(new GetUserCommand({ UserName: 'seen' }));
    await admin.send(new DeleteUserCommand({ UserName: 'seen' }));
    await expect(admin.send(new GetUserCommand({ UserName: 'seen' }))).rejects.toMatchObject({
      name: 'NoSuchEntityException',
    });
  });
});

describe.concurrent('writes', () => {
  test('are strongly consistent: no name can be used twice, no third key can be made', async () => {
    const UserName = 'strong';
    await createUser(UserName);
    for (let time = 0; time < 10; time += 1) {
      await expect(createUser(UserName)).rejects.toMatchObject({ name: 'EntityAlreadyExistsException' });
    }
    await propagate();
    await caller.send(new CreateAccessKeyCommand({ UserName }));
    await caller.send(new CreateAccessKeyCommand({ UserName }));
    await expect(caller.send(new CreateAccessKeyCommand({ UserName }))).rejects.toMatchObject({
      name: 'LimitExceededException',
    });
  });

  test('are refused for a user that is not visible yet, because its path is unknown', async () => {
    const UserName = 'invisible';
    await createUser(UserName);
    const put = () =>
      caller
        .send(new PutUserPolicyCommand({ UserName, PolicyName: 'p', PolicyDocument: document('p') }))
        .then(() => 'done');
    const wanted = ['AccessDenied', 'NoSuchEntityException', 'done'];
    expect(await answersWhileYoung(put, wanted)).toEqual(expect.arrayContaining(wanted));
    await propagate();
    expect(await put()).toBe('done');
  });

  test('are refused for an access key and a policy that are not visible yet', async () => {
    const UserName = 'dependent';
    await createUser(UserName);
    await propagate();
    const { AccessKey } = await caller.send(new CreateAccessKeyCommand({ UserName }));
    const { AccessKeyId } = AccessKey ?? {};
    const disable = () =>
      caller.send(new UpdateAccessKeyCommand({ UserName, AccessKeyId, Status: 'Inactive' })).then(() => 'done');
    const wanted = ['NoSuchEntityException', 'done'];
    expect(await answersWhileYoung(disable, wanted)).toEqual(expect.arrayContaining(wanted));

    const { Policy } = await caller.send(
      new CreatePolicyCommand({ PolicyName: 'late', Path: '/late/', PolicyDocument: document('p') }),
    );
    const attach = () =>
      caller.send(new AttachUserPolicyCommand({ UserName, PolicyArn: Policy?.Arn })).then(() => 'done');
    expect(await answersWhileYoung(attach, wanted)).toEqual(expect.arrayContaining(wanted));
  });
});

test.concurrent('the SMTP endpoint sees keys and policies with the lag', async () => {
  const UserName = 'sender';
  const { endpoint, token, credentials } = emulator;
  const { region } = localSettings;
  const iam = createServiceIamClient({ endpoint, region, credentials });
  const accounts = createEmulatorAccounts({ iam, endpoint, token, region });
  await createUser(UserName);
  await propagate();
  const { AccessKey } = await admin.send(new CreateAccessKeyCommand({ UserName }));
  const { AccessKeyId = '' } = AccessKey ?? {};
  const find = async () => (await accounts.findByAccessKeyId(AccessKeyId))?.status;
  await expectSeenLate(find, undefined, 'Active');
  await admin.send(new UpdateAccessKeyCommand({ UserName, AccessKeyId, Status: 'Inactive' }));
  await expectSeenLate(find, 'Active', 'Inactive');
  await accounts.recordUse(AccessKeyId);
  await admin.send(new DeleteAccessKeyCommand({ UserName, AccessKeyId }));
  await expectSeenLate(find, 'Inactive', undefined);

  await admin.send(new PutUserPolicyCommand({ UserName, PolicyName: 'p', PolicyDocument: document('p') }));
  const countPolicies = async () => (await accounts.findPermissions(UserName))?.identityPolicies.length;
  await expectSeenLate(countPolicies, 0, 1);
  iam.destroy();
});

test.concurrent('the administrator’s reads lag on request', async () => {
  const everybody = await startOwnEmulator({ iamLag: { seconds: lagSeconds, everybody: true } });
  try {
    const client = everybody.iamClient();
    // The first call initializes shared state.
    await client.send(new ListUsersCommand({}));
    await client.send(new CreateUserCommand({ UserName: 'jane' }));
    const ask = async () => (await client.send(new GetUserCommand({ UserName: 'jane' }))).User?.UserName;
    await expectSeenLate(ask, 'NoSuchEntityException', 'jane');
  } finally {
    await everybody.stop();
  }
});

test('a seed draws the same moments again, all within the lag', () => {
  const drawMoments = (seed: number): number[] => {
    const program = `
import json, sys, time
sys.path.insert(0, ${JSON.stringify(join(projectFolder, 'local', 'emulator'))})
import iam_lag
time.monotonic = lambda: 100.0
lag = iam_lag.Lag(5, ${seed}, False)
print(json.dumps([lag.moment() for _ in range(100)]))`;
    const python = join(projectFolder, '.sesame', 'venv', 'bin', 'python');
    return JSON.parse(execFileSync(python, ['-B', '-c', program], { encoding: 'utf8' })) as number[];
  };
  const moments = drawMoments(1);
  expect(drawMoments(1)).toEqual(moments);
  expect(drawMoments(2)).not.toEqual(moments);
  expect(Math.min(...moments)).toBeGreaterThan(95);
  expect(Math.min(...moments)).toBeLessThan(95.5);
  expect(Math.max(...moments)).toBeLessThan(100);
});
