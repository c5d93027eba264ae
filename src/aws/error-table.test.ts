import { expect, it } from 'vitest';
import { clientPackages, documentedErrors } from '../../test/support/documented-errors.ts';
import { errorPages, findErrorRule } from './error-table.ts';

/** What the remedy of an unknown code says, and no other one. */
const unknownRemedy = /look its code up/;
const documented = documentedErrors();

it('knows every service that the adapters call, and every error that AWS documents for these calls', () => {
  expect(Object.keys(errorPages)).toEqual(Object.keys(clientPackages));
  expect(new Set(documented.map(({ operation }) => operation.split(':')[0]))).toEqual(
    new Set(Object.keys(clientPackages)),
  );
  expect(documented.length).toBeGreaterThan(100);
  const unknown = documented.filter(({ operation, name }) =>
    unknownRemedy.test(findErrorRule(operation, name, '', 400).remedy),
  );
  expect(unknown).toEqual([]);
});

it('says for each of them what to do, or that nothing has to be done', () => {
  const action = /^(Nothing has to be done|Deploy|Enable|Restore|Let|Look|Report|Remove|Replace|Delete|Detach|Make)\b/;
  const actionFurtherOn = /\. (Correct|Remove|Take away|Delete|Detach)\b|If that lasts, (look|raise)\b/;
  for (const { operation, name } of documented) {
    const { kind, remedy } = findErrorRule(operation, name, '', 400);
    if (kind === 'conflict') expect(remedy).toContain('Sesame tries it again automatically.');
    else if (!action.test(remedy)) expect(remedy, `${operation} ${name}`).toMatch(actionFurtherOn);
  }
});

it.each([
  ['iam:PutUserPolicy', 'MalformedPolicyDocumentException', ''],
  ['iam:CreateUser', 'InvalidInputException', ''],
  ['iam:CreateUser', 'ValidationError', ''],
  ['dynamodb:UpdateItem', 'ValidationException', 'Item size to update has exceeded the maximum allowed size'],
  ['iam:CreatePolicy', 'LimitExceededException', 'Cannot exceed quota for PolicySize: 6144'],
])('%s %s is permanent: only an edit of the record cures it', (operation, name, message) => {
  expect(findErrorRule(operation, name, message, 400).kind).toBe('permanent');
});

it.each([
  ['kms:Encrypt', 'DisabledException', 'Enable the KMS key'],
  ['kms:Encrypt', 'KMSInvalidStateException', 'cancel its deletion'],
  ['kms:Encrypt', 'NotFoundException', 'Restore the KMS key'],
  ['kms:Encrypt', 'AccessDeniedException', 'Deploy the role policies again'],
  ['iam:CreateUser', 'AccessDenied', 'Deploy the role policies again'],
  ['iam:DeleteUser', 'DeleteConflictException', 'runbook undeletable-user'],
  ['dynamodb:UpdateItem', 'ResourceNotFoundException', 'Deploy Terraform again'],
  ['sqs:SendMessage', 'KmsDisabled', 'Enable the KMS key'],
])('%s %s waits for a change in the account and continues automatically', (operation, name, remedy) => {
  const rule = findErrorRule(operation, name, '', 400);
  expect(rule).toMatchObject({ kind: 'retryable', remedy: expect.stringContaining(remedy) });
  expect(rule.remedy).toContain('Sesame tries it again automatically.');
});

it.each([
  ['CreateUser', 'IamUserQuotaReached'],
  ['CreateAccessKey', 'AccessKeyQuotaReached'],
  ['CreatePolicy', 'PolicyQuotaReached'],
  ['CreatePolicyVersion', 'PolicyVersionQuotaReached'],
  ['AttachUserPolicy', 'AttachedPolicyQuotaReached'],
  ['PutUserPolicy', 'InlinePolicyQuotaReached'],
])('tells the quotas of IAM apart: iam:%s gives %s', (call, code) => {
  expect(findErrorRule(`iam:${call}`, 'LimitExceededException', 'Cannot exceed quota', 409)).toMatchObject({
    code,
    kind: 'retryable',
  });
});

it('tries again what it does not know, whatever the status', () => {
  expect(findErrorRule('iam:CreateUser', 'BrandNewException', '', 400)).toMatchObject({
    kind: 'retryable',
    remedy: expect.stringContaining(errorPages['iam'] ?? 'no page'),
  });
  for (const status of [undefined, 408, 429, 500, 503]) {
    expect(findErrorRule('iam:CreateUser', 'BrandNewException', '', status).remedy).toContain('Nothing has to be done');
  }
});

it('knows the codes that AWS’s old protocol gives without "Exception"', () => {
  for (const name of ['Throttling', 'ThrottlingException', 'RequestLimitExceeded', 'TimeoutError']) {
    expect(findErrorRule('iam:CreateUser', name, '', 400).remedy).toContain('Nothing has to be done');
  }
});
