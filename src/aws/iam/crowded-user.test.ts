import type { IAMClient } from '@aws-sdk/client-iam';
import { expect, it } from 'vitest';
import { createIamUsers } from './iam-users.ts';

const inline = { form: 'inline', document: JSON.stringify({ Statement: 'x'.repeat(1_186) }) } as const;

type Refusal = readonly [name: string, message: string];

/** IAM as far as policies go, with a user whose inline policies somebody has filled up. `refusals`: by operation. */
function createCrowdedUser(refusals: Readonly<Record<string, Refusal>> = {}) {
  const called: string[] = [];
  const full: Refusal = ['LimitExceededException', 'Maximum policy size of 2048 bytes exceeded for user jane'];
  const answers: Readonly<Record<string, object>> = {
    ListUserPolicies: { PolicyNames: ['sesame-sending', 'by-hand'] },
    ListPolicyVersions: { Versions: [] },
  };
  const send = (command: object) => {
    const operation = command.constructor.name.replace('Command', '');
    called.push(operation);
    const [name, message] = { PutUserPolicy: full, ...refusals }[operation] ?? [];
    return name === undefined
      ? Promise.resolve(answers[operation] ?? {})
      : Promise.reject(Object.assign(new Error(message), { name }));
  };
  const client = () => ({ send }) as unknown as IAMClient;
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

it('makes a managed policy of a short one where somebody’s inline policies take the room', async () => {
  const { users, called } = createCrowdedUser();
  expect(await users.putPolicy('jane', inline, 'inline')).toBe('managed');
  expect(called).toEqual(['PutUserPolicy', 'CreatePolicy', 'AttachUserPolicy', 'DeleteUserPolicy']);
});

it('names the policies in the way, and by how much, when a managed one has no room either', async () => {
  const { users, called } = createCrowdedUser({
    AttachUserPolicy: ['LimitExceededException', 'Cannot exceed quota for PoliciesPerUser: 10'],
  });
  const error = await users.putPolicy('jane', inline, 'inline').catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: 'AttachedPolicyQuotaReached', kind: 'retryable' });
  expect(String(error)).toContain('PoliciesPerUser: 10');
  expect(String(error)).toContain('inline policies (by-hand) leave no room');
  expect(String(error)).toContain('shorten them to 846 characters together');
  // What was made for it doesn't outlive the user.
  expect(called).toContain('DeletePolicy');
});

it('goes over to no other form for another refusal', async () => {
  const { users, called } = createCrowdedUser({ PutUserPolicy: ['AccessDenied', 'Not authorized.'] });
  await expect(users.putPolicy('jane', inline, 'inline')).rejects.toMatchObject({ code: 'AccessDenied' });
  expect(called).toEqual(['PutUserPolicy']);
});

it('says as well when the policy that could not be attached stays', async () => {
  const { users } = createCrowdedUser({
    AttachUserPolicy: ['LimitExceededException', 'Cannot exceed quota for PoliciesPerUser: 10'],
    DeletePolicy: ['ServiceFailureException', 'An internal error.'],
  });
  const error = await users.putPolicy('jane', inline, 'inline').catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: 'AttachedPolicyQuotaReached' });
  expect(String(error)).toContain('could not be removed yet');
  expect(String(error)).toContain('iam:DeletePolicy failed');
});
