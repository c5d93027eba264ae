import type { IAMClient } from '@aws-sdk/client-iam';
import { expect, it } from 'vitest';
import { findUserOfKey } from './find-user-of-key.ts';

const clientOf = (answer: () => object) => () =>
  ({ send: () => new Promise((resolve) => resolve(answer())) }) as unknown as IAMClient;
const refuse = (name: string, message: string) => () => {
  throw Object.assign(new Error(message), { name });
};
const caller =
  'User: arn:aws:sts::123456789012:assumed-role/manager/x is not authorized to perform: iam:GetAccessKeyLastUsed';

it('names the user that has the key', async () => {
  expect(
    await findUserOfKey(
      'AKIA',
      clientOf(() => ({ UserName: 'tidy-jane' })),
    ),
  ).toBe('tidy-jane');
});

it.each([
  ['NoSuchEntityException', 'The Access Key with id AKIA cannot be found.'],
  ['AccessDenied', `${caller} on resource: access key AKIA`],
  ['AccessDenied', `${caller} on resource: *`],
])('knows of none after %s: %s', async (name, message) => {
  expect(await findUserOfKey('AKIA', clientOf(refuse(name, message)))).toBeUndefined();
});

it.each([
  'user tidy-jane because no identity-based policy allows the iam:GetAccessKeyLastUsed action',
  'arn:aws:iam::123456789012:user/tidy-jane because no identity-based policy allows it',
  'arn:aws-us-gov:iam::123456789012:user/elsewhere/tidy-jane.',
])('names the user that it may not see: %s', async (resource) => {
  const refusal = refuse('AccessDenied', `${caller} on resource: ${resource}`);
  expect(await findUserOfKey('AKIA', clientOf(refusal))).toBe('tidy-jane');
});

it('fails otherwise', async () => {
  await expect(findUserOfKey('AKIA', clientOf(refuse('InternalFailure', 'Try again.')))).rejects.toThrow();
});
