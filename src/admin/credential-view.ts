import type { Item } from '../credential/credential-table.ts';
import { type CredentialDescription, describeCredential } from '../credential/record/describe-credential.ts';
import { readRecord } from '../credential/record/record.ts';
import { revisionOf } from '../credential/record/revision.ts';
import { specAttributeNames } from '../credential/record/spec-attribute-names.ts';

/** A credential, for people and programs. Never a secret. */
export interface CredentialView {
  readonly username: string;
  /** What administrators have written, by the record's own attribute names; sets are lists here. */
  readonly attributes: Item;
  /** How it is. */
  readonly description: CredentialDescription;
  /** Names what administrators ask for: an edit may demand that it is still this. */
  readonly revision: string;
}

/** @param nowMs epoch milliseconds */
export function viewCredential(username: string, item: Item, nowMs: number): CredentialView {
  return {
    username,
    attributes: readAttributes(item),
    description: describeCredential(readRecord(username, item), nowMs),
    revision: revisionOf(item),
  };
}

/** What administrators have written on a record, as it stands. */
export function readAttributes(item: Item): Item {
  return Object.fromEntries(
    specAttributeNames.flatMap((name) => {
      const value = item[name];
      if (value === undefined) return [];
      return [[name, value instanceof Set ? [...value] : value]];
    }),
  );
}
