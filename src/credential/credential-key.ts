/** The partition key of every credential. */
export const CREDENTIAL_PK = 'SMTP_USER';
/** The prefix of a credential's sort key. The username follows it. */
export const CREDENTIAL_SK_PREFIX = 'USER#';

/** The username in a credential's key. Undefined if the key belongs to another kind of item. */
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

/** The longest sort key, in bytes: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html */
const maxSortKeyBytes = 1_024;

/** Whether a record can have this username, valid or not. DynamoDB refuses to look for a longer key. */
export function fitsKey(username: string): boolean {
  return Buffer.byteLength(keyOfUsername(username).SK) <= maxSortKeyBytes;
}
