import { expect, it } from 'vitest';
import { createFakeReconciling } from '../../../test/support/fake-reconciling.ts';
import { SesameError } from '../errors.ts';
import { isConverged } from '../record/is-converged.ts';
import { readRecord } from '../record/record.ts';
import { reconcile } from './reconcile.ts';

const username = 'jane';

/** The record after one attempt in which IAM rejects its policy. */
async function tryWith(error: SesameError) {
  const fake = createFakeReconciling();
  const deps = fake.deps.reconcileDeps;
  fake.cloud.items.set(username, { status: 'pending', allowed_from_addresses: ['jane@example.com'] });
  const iamUsers = { ...deps.iamUsers, putPolicy: () => Promise.reject(error) };
  const outcome = await reconcile({ username, correlationId: 'event' }, { ...deps, iamUsers });
  const item = fake.cloud.items.get(username) ?? {};
  return { fake, outcome, item, isConverged: isConverged(readRecord(username, item), deps.settings.scope) };
}

it('an AWS error that only an edit can fix waits for the edit, and leaves nothing in IAM', async () => {
  const error = new SesameError('MalformedPolicyDocumentException', 'permanent', 'Syntax errors in policy.');
  const { fake, outcome, item, isConverged } = await tryWith(error);
  expect(outcome).toMatchObject({ result: 'invalid' });
  expect(item).toMatchObject({
    status: 'failed',
    failure: { code: 'MalformedPolicyDocumentException', permanent: true },
  });
  expect(isConverged).toBe(true);
  expect(fake.cloud.users.size).toBe(0);
});

it('a temporary error is retried by every function', async () => {
  const { outcome, item, isConverged } = await tryWith(
    new SesameError('ThrottlingException', 'retryable', 'Rate exceeded.'),
  );
  expect(outcome).toMatchObject({ result: 'failed' });
  expect(item['failure']).not.toHaveProperty('permanent');
  expect(isConverged).toBe(false);
});
