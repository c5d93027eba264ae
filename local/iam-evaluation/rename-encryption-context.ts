const NAME = /^kms:EncryptionContext:/i;
const QUOTED_NAME = /"kms:EncryptionContext:([^"\\]+)"/gi;

// The simulator library supports free key names only after a slash; the encryption context has its name after a colon.
// So we rename it to a principal tag, which may have any name and is known for every action.
const STAND_IN = 'aws:PrincipalTag/kms:EncryptionContext:';

/** Renames `kms:EncryptionContext:...` in a policy's JSON text, so that the simulator library evaluates it. */
export function renameEncryptionContextInPolicy(document: string): string {
  return document.replace(QUOTED_NAME, (_quoted, name: string) => `"${STAND_IN}${name}"`);
}

/** Does the same for a condition key of a request. */
export function renameEncryptionContextKey(key: string): string {
  return key.replace(NAME, STAND_IN);
}
