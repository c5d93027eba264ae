import type { Item } from '../credential/credential-table.ts';
import { type CredentialDescription, describeCredential } from '../credential/record/describe-credential.ts';
import { readRecord } from '../credential/record/record.ts';
import { revisionOf } from '../credential/record/revision.ts';
import { specAttributeNames } from '../credential/record/spec-attribute-names.ts';

/** The view of a credential for people and programs. Never holds a secret. */
export interface CredentialView {
  readonly username: string;
  /** What administrators wrote, by attribute name. Sets become lists. */
  readonly attributes: Item;
  readonly description: CredentialDescription;
  /** The ARN of its IAM user. Undefined until there is one. */
  readonly iamUserArn?: string;
  /** Identifies the version of the attributes, for conditional edits. */
  readonly revision: string;
}

/** @param nowMs epoch milliseconds */
export function viewCredential(username: string, item: Item, nowMs: number): CredentialView {
  const record = readRecord(username, item);
  return {
    username,
    attributes: readAttributes(item),
    description: describeCredential(record, nowMs),
    ...(record.iamUserArn === undefined ? {} : { iamUserArn: record.iamUserArn }),
    revision: revisionOf(item),
  };
}

/** The attributes that administrators wrote on a record. */
export function readAttributes(item: Item): Item {
  return Object.fromEntries(
    specAttributeNames.flatMap((name) => {
      const value = item[name];
      if (value === undefined) return [];
      return [[name, value instanceof Set ? [...value] : value]];
    }),
  );
}
