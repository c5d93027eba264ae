import { expect, it } from 'vitest';
import { awsErrorName, toAwsProblem } from './aws-problem.ts';

const refusal = Object.assign(new Error('Rate exceeded for secret'), {
  name: 'ThrottlingException',
  $metadata: { requestId: 'request-1', httpStatusCode: 400 },
});

it('keeps AWS’s own words and the request’s id', () => {
  const problem = toAwsProblem('iam:CreateUser', refusal);
  expect(problem).toMatchObject({ code: 'ThrottlingException', kind: 'retryable' });
  expect(problem.message).toBe(
    'iam:CreateUser failed: ThrottlingException: Rate exceeded for secret (request request-1). ' +
      'Nothing has to be done. Sesame tries it again automatically.',
  );
});

it('withholds the words where they might quote a secret, and keeps no cause that holds them', () => {
  const problem = toAwsProblem('kms:Encrypt', refusal, { showMessage: false });
  expect(problem.message).toBe(
    'kms:Encrypt failed: ThrottlingException (request request-1). Nothing has to be done. Sesame tries it again automatically.',
  );
  expect(problem.cause).toBeUndefined();
});

it('names what isn’t an error as well', () => {
  expect(awsErrorName('oops')).toBe('UnknownError');
});

it('gives a quota’s code of our own, with AWS’s code in the words', () => {
  const full = Object.assign(new Error('Cannot exceed quota for UsersPerAccount: 5000'), {
    name: 'LimitExceededException',
    $metadata: { httpStatusCode: 409 },
  });
  const problem = toAwsProblem('iam:CreateUser', full);
  expect(problem).toMatchObject({ code: 'IamUserQuotaReached', kind: 'retryable' });
  expect(problem.message).toContain('LimitExceededException: Cannot exceed quota for UsersPerAccount: 5000');
});
