import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readRecord } from '../src/credential/record/record.ts';

interface Statement {
  readonly Sid: string;
  readonly Condition?: Record<string, Record<string, string[]>>;
}

/** The attributes of records that a statement of a person's role names. */
function attributesOf(role: string, sid: string): string[] {
  const path = new URL(`../terraform/policies/${role}.json`, import.meta.url);
  const { Statement } = JSON.parse(readFileSync(path, 'utf8')) as { Statement: Statement[] };
  const found = Statement.find(({ Sid }) => Sid === sid);
  return found?.Condition?.['ForAllValues:StringEquals']?.['dynamodb:Attributes'] ?? [];
}

/** All that Sesame reads of a record, and all that only people and other functions read. */
function attributesOfRecords(): string[] {
  const read = new Set([
    'counted_from',
    'repaired',
    'suspension',
    'updated_at',
    'updated_by',
    'verification_failure',
    'warning',
  ]);
  readRecord('jane', new Proxy({}, { get: (_, name) => void read.add(String(name)) }));
  return [...read];
}

const secrets = ['encrypted_password', 'previous_key'];

describe.each(['admin-viewer', 'admin-operator'])('the role %s', (role) => {
  it('sees every attribute of a record but its passwords', () => {
    const seen = attributesOf(role, 'ReadRecordsWithoutPasswords');
    const attributes = attributesOfRecords();
    expect(attributes).toEqual(expect.arrayContaining(['status', 'claim', 'failure', 'suspension', ...secrets]));
    expect(seen).toEqual(expect.arrayContaining(attributes.filter((name) => !secrets.includes(name))));
    for (const name of secrets) expect(seen).not.toContain(name);
  });
});

it('the operator may end the automatic end of a suspension, as the guide says', () => {
  const written = attributesOf('admin-operator', 'ChangeRecords');
  expect(written).toEqual(expect.arrayContaining(['status', 'suspension']));
  for (const name of ['claim', 'updated_by', 'encrypted_password', 'iam_user_arn']) expect(written).not.toContain(name);
});
