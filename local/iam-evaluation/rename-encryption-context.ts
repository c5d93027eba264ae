const NAME = /^kms:EncryptionContext:/i;
const QUOTED_NAME = /"kms:EncryptionContext:([^"\\]+)"/gi;

// The simulator library knows keys with a name of one's own only behind a slash, and this one's stands behind a colon.
// A tag of the principal may be called anything and is known for every action.
const STAND_IN = 'aws:PrincipalTag/kms:EncryptionContext:';

/** A policy's JSON text with `kms:EncryptionContext:...` named so that the simulator library evaluates it. */
export function renameEncryptionContextInPolicy(document: string): string {
  return document.replace(QUOTED_NAME, (_quoted, name: string) => `"${STAND_IN}${name}"`);
}

/** The same for a condition key of a request. */
export function renameEncryptionContextKey(key: string): string {
  return key.replace(NAME, STAND_IN);
}
