/** The partition key of every credential. */
export const CREDENTIAL_PK = 'SMTP_USER';
/** What a credential's sort key begins with; the username follows. */
export const CREDENTIAL_SK_PREFIX = 'USER#';

/** The username in a credential's key, or undefined when the key belongs to somebody else's item. */
export function usernameOfKey(key: { PK?: unknown; SK?: unknown }): string | undefined {
  if (key.PK !== CREDENTIAL_PK || typeof key.SK !== 'string' || !key.SK.startsWith(CREDENTIAL_SK_PREFIX)) {
    return undefined;
  }
  return key.SK.slice(CREDENTIAL_SK_PREFIX.length);
}

/** The key of a username's record. */
export function keyOfUsername(username: string): { PK: string; SK: string } {
  return { PK: CREDENTIAL_PK, SK: `${CREDENTIAL_SK_PREFIX}${username}` };
}
