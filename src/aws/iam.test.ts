import type { IAMClient } from '@aws-sdk/client-iam';
import { expect, it } from 'vitest';
import { createIamUsers } from './iam.ts';

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
    ownership: { region: 'eu-west-1', table: 'mail' },
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
