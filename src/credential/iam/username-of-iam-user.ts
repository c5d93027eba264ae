import { isIamUserNameOf, MAX_IAM_USER_NAME_LENGTH } from './iam-user-name.ts';

/** Where to look for the record of an IAM user, by its name alone. */
export interface UsernameHint {
  /** The username, if it wasn't shortened. */
  readonly whole: string;
  /** What a shortened username begins with; undefined when the name can't be a shortened one. */
  readonly beginning: string | undefined;
}

const namePrefix = 'ses-smtp-user-';
const timestampLength = '-1700000000000'.length;
const room = MAX_IAM_USER_NAME_LENGTH - namePrefix.length - timestampLength;
const digest = /\.[0-9a-f]{8}$/;

/** Reads an IAM user's name as `buildIamUserName` makes it; undefined when it has another form. */
export function readUsernameHint(iamUserName: string): UsernameHint | undefined {
  if (!iamUserName.startsWith(namePrefix) || !/-[1-9]\d{12}$/.test(iamUserName)) return undefined;
  const whole = iamUserName.slice(namePrefix.length, -timestampLength);
  if (whole === '') return undefined;
  const isShortened = whole.length === room && digest.test(whole);
  return { whole, beginning: isShortened ? whole.replace(digest, '') : undefined };
}

/** The one of these usernames that the IAM user was made for. */
export function findUsername(iamUserName: string, usernames: readonly string[]): string | undefined {
  return usernames.find((username) => isIamUserNameOf(username, iamUserName));
}
