import type { IAMClient } from '@aws-sdk/client-iam';
import { describe, expect, it } from 'vitest';
import { buildPolicyName } from '../../credential/iam/iam-user-name.ts';
import { createIamUsers } from './iam-users.ts';

const ownership = { region: 'eu-west-1', table: 'mail' };

/** IAM as far as policies go: one user with an inline and a managed policy. */
function createUser(existing: { managed: boolean }, otherClient?: () => IAMClient) {
  const called: string[] = [];
  const send = (command: object) => {
    const name = command.constructor.name.replace('Command', '');
    called.push(name);
    const isGone = !existing.managed && ['DetachUserPolicy', 'ListPolicyVersions', 'DeletePolicy'].includes(name);
    if (isGone) return Promise.reject(Object.assign(new Error('Gone'), { name: 'NoSuchEntityException' }));
    return Promise.resolve(
      name === 'ListPolicyVersions' ? { Versions: [{ VersionId: 'v1', IsDefaultVersion: true }] } : {},
    );
  };
  const client = otherClient ?? (() => ({ send }) as unknown as IAMClient);
  const users = createIamUsers({
    client,
    unrepeatedClient: client,
    partition: 'aws',
    accountId: '123456789012',
    permissionsBoundaryArn: 'arn:aws:iam::123456789012:policy/boundary',
    ownership,
    sleep: () => Promise.resolve(),
  });
  return { users, called };
}

const inline = { form: 'inline', document: '{}' } as const;

it('puts an inline policy with one call where there is no other', async () => {
  const { users, called } = createUser({ managed: false });
  await users.putPolicy('jane', inline, 'inline');
  expect(called).toEqual(['PutUserPolicy']);
});

it('takes the managed policy away, too, when nobody can be sure that there is none', async () => {
  const there = createUser({ managed: true });
  await there.users.putPolicy('jane', inline, undefined);
  expect(there.called).toEqual(['PutUserPolicy', 'DetachUserPolicy', 'ListPolicyVersions', 'DeletePolicy']);
  const gone = createUser({ managed: false });
  await gone.users.putPolicy('jane', inline, undefined);
  expect(gone.called).toEqual(['PutUserPolicy', 'DetachUserPolicy', 'ListPolicyVersions']);
});

it('says that the permissions boundary is gone, and not that the new user is', async () => {
  const gone = Object.assign(new Error('Scope ARN does not exist or is not attachable.'), {
    name: 'NoSuchEntityException',
  });
  const client = () => ({ send: () => Promise.reject(gone) }) as unknown as IAMClient;
  const { users } = createUser({ managed: false }, client);
  await expect(users.createUser('jane', [])).rejects.toMatchObject({
    code: 'PermissionsBoundaryMissing',
    kind: 'retryable',
    message: expect.stringContaining('policy/boundary'),
  });
});

describe('a managed policy that IAM does not know in one place', () => {
  const gone = (message: string) => Object.assign(new Error(message), { name: 'NoSuchEntityException' });

  /** @param hidden the calls that don't know the policy, and how often */
  function createYoung(hidden: Record<string, number>) {
    const called: string[] = [];
    const send = (command: object) => {
      const name = command.constructor.name.replace('Command', '');
      called.push(name);
      const left = hidden[name] ?? 0;
      hidden[name] = left - 1;
      if (left > 0) return Promise.reject(gone('Policy arn:aws:iam::123456789012:policy/x does not exist.'));
      if (name === 'CreatePolicy') {
        return Promise.reject(Object.assign(new Error('exists'), { name: 'EntityAlreadyExistsException' }));
      }
      const PolicyArn = `arn:aws:iam::123456789012:policy/ses-smtp/eu-west-1/mail/${buildPolicyName('jane', ownership)}`;
      const answers: Record<string, object> = {
        ListPolicyVersions: { Versions: [{ VersionId: 'v1', IsDefaultVersion: true }] },
        ListAttachedUserPolicies: { AttachedPolicies: [{ PolicyArn }] },
      };
      return Promise.resolve(answers[name] ?? {});
    };
    const { users } = createUser({ managed: true }, () => ({ send }) as unknown as IAMClient);
    return { users, calls: called };
  }
  const notVisible = { code: 'PolicyNotVisible', kind: 'retryable' };

  it.each(['ListPolicyVersions', 'DeletePolicy'])('is not called removed where %s is late', async (call) => {
    const young = createYoung({ [call]: 1 });
    const options = { mayHideManaged: true };
    await expect(young.users.putPolicy('jane', inline, 'managed', options)).rejects.toMatchObject(notVisible);
    expect(await young.users.putPolicy('jane', inline, 'managed', options)).toBe('inline');
  });

  it.each(['ListPolicyVersions', 'CreatePolicyVersion', 'AttachUserPolicy'])(
    'is not called a missing user when it gets a new version and %s is late',
    async (call) => {
      const young = createYoung({ [call]: 1 });
      await expect(young.users.putPolicy('jane', { ...inline, form: 'managed' }, 'managed')).rejects.toMatchObject(
        notVisible,
      );
    },
  );

  it('stays attached to its user, by which it is found, when the user is to go', async () => {
    const young = createYoung({ ListPolicyVersions: 1 });
    await expect(young.users.deleteUser('jane')).rejects.toMatchObject(notVisible);
    expect(young.calls).not.toContain('DetachUserPolicy');
    expect(young.calls).not.toContain('DeleteUser');
  });

  it('is waited for when it was seen a moment ago', async () => {
    const young = createYoung({ DeletePolicy: 2 });
    expect(await young.users.deleteUser('jane')).toBe('deleted');
    expect(young.calls.filter((call) => call === 'DeletePolicy')).toHaveLength(3);
  });
});

describe('what takes many calls', () => {
  /** Lets so many calls begin, and no more. */
  const allow = (calls: number) => {
    let left = calls;
    return () => {
      left -= 1;
      if (left < 0) throw new Error('no room');
    };
  };

  it('begins none of them once the claim has no room', async () => {
    const { users, called } = createUser({ managed: true });
    const managed = { form: 'managed', document: '{}' } as const;
    await expect(users.putPolicy('jane', managed, 'inline', { beforeCall: allow(1) })).rejects.toThrow('no room');
    expect(called.splice(0)).toEqual(['CreatePolicy']);
    await expect(users.putPolicy('jane', managed, 'inline', { beforeCall: allow(2) })).rejects.toThrow('no room');
    expect(called.splice(0)).toEqual(['CreatePolicy', 'AttachUserPolicy']);
    await expect(users.putPolicy('jane', inline, 'managed', { beforeCall: allow(2) })).rejects.toThrow('no room');
    expect(called.splice(0)).toEqual(['PutUserPolicy', 'DetachUserPolicy']);
    await expect(users.moveUser('jane', [], allow(0))).rejects.toThrow('no room');
    expect(called.splice(0)).toEqual(['TagUser']);
    await expect(users.removeFormerPolicies('jane', allow(1))).rejects.toThrow('no room');
    expect(called.splice(0)).toEqual(['DetachUserPolicy']);
  });
});

it.each([
  [1, 'AccessDenied'],
  [2, 'CreateUserUnanswered'],
])('after %d attempts a denied CreateUser is %s: only the first one surely made no user', async (attempts, code) => {
  const denied = Object.assign(new Error('not authorized'), { name: 'AccessDenied', $metadata: { attempts } });
  const client = () => ({ send: () => Promise.reject(denied) }) as unknown as IAMClient;
  const { users } = createUser({ managed: false }, client);
  await expect(users.createUser('jane', [])).rejects.toMatchObject({ code, kind: 'retryable' });
});
