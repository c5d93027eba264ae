import type { Item } from '../credential/credential-table.ts';
import type { SpecVerdict } from '../credential/record/validate-spec.ts';
import { type CheckDeps, checkAttributes } from './check-attributes.ts';
import { newRecordDefaults } from './create-credential.ts';

/** Returns all faults and warnings of a credential that might be created. Reads and writes nothing. */
export function validateCredential(
  { username, attributes: given }: { readonly username: string; readonly attributes: Item },
  deps: CheckDeps,
): SpecVerdict {
  return checkAttributes({ username, given, attributes: { ...newRecordDefaults, ...given } }, deps);
}
