import { expect, test } from 'vitest';
import { dropUnsuppliedConditions } from './drop-unsupplied-conditions.ts';
import type { PolicyConditions, PolicyStatement } from './policy-document.ts';

function dropFrom(conditions: PolicyConditions): PolicyStatement | undefined {
  const statement: PolicyStatement = { Effect: 'Allow', Action: 'a:B', Resource: '*', Condition: conditions };
  return dropUnsuppliedConditions({ Version: '2012-10-17', Statement: [statement] }).Statement[0];
}

test('drops the keys that the emulator does not supply, whatever their case', () => {
  expect(
    dropFrom({
      StringEquals: { 'iam:PermissionsBoundary': 'b', 'IAM:resourcetag/sesame:table': 't' },
      ArnLike: { 'iam:PolicyARN': 'p' },
      StringLike: { 'kms:EncryptionContext:table': 't' },
      'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': ['SMTP_USER'] },
    }),
  ).toEqual({ Effect: 'Allow', Action: 'a:B', Resource: '*' });
});

test('keeps all other keys, also next to dropped ones', () => {
  expect(
    dropFrom({
      StringEquals: { 'iam:PermissionsBoundary': 'b', 'aws:RequestTag/sesame:table': 't' },
      ArnLike: { 'aws:SourceArn': 'p' },
    })?.Condition,
  ).toEqual({ StringEquals: { 'aws:RequestTag/sesame:table': 't' }, ArnLike: { 'aws:SourceArn': 'p' } });
});

test('does not change its argument', () => {
  const policy = {
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow' as const,
        Action: 'a:B',
        Resource: '*',
        Condition: { StringEquals: { 'iam:PermissionsBoundary': 'b' } },
      },
    ],
  };
  const before = structuredClone(policy);
  dropUnsuppliedConditions(policy);
  expect(policy).toEqual(before);
});
