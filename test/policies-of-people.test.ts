import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { roleAttributes } from '../scripts/record-docs.ts';
import { specAttributeNames } from '../src/credential/record/spec-attribute-names.ts';
import { systemAttributes } from '../src/credential/record/system-attributes.ts';

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

const secrets = ['encrypted_password', 'previous_key'];

it.each(roleAttributes)('the role $role names in $sid what the spec says (npm run docs:record)', (each) => {
  expect(attributesOf(each.role, each.sid)).toEqual(each.names);
});

describe.each(['admin-viewer', 'admin-operator'])('the role %s', (role) => {
  it('sees every attribute of a record except its passwords', () => {
    const attributes = ['PK', 'SK', ...specAttributeNames, ...Object.keys(systemAttributes)];
    expect(attributes).toEqual(expect.arrayContaining(['status', 'claim', 'failure', 'suspension', ...secrets]));
    const seen = attributesOf(role, 'ReadRecordsWithoutPasswords');
    expect(seen.toSorted()).toEqual(attributes.filter((name) => !secrets.includes(name)).toSorted());
  });
});

it('the operator writes what the spec knows, and may suspend and contain, as the guide says', () => {
  const written = attributesOf('admin-operator', 'ChangeRecords');
  expect(written.toSorted()).toEqual(['PK', 'SK', 'contained', 'suspension', ...specAttributeNames].toSorted());
  for (const name of ['claim', 'updated_by', 'encrypted_password', 'iam_user_arn']) expect(written).not.toContain(name);
});
