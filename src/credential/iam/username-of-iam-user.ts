import { MAX_IAM_USER_NAME_LENGTH } from './iam-user-name.ts';

/** The username or its prefix in an IAM user's name, to search for its record. */
export interface UsernameHint {
  /** The username, unless it was shortened. */
  readonly whole: string;
  /** The prefix of a shortened username. Undefined if the name can't be a shortened one. */
  readonly beginning: string | undefined;
}

const namePrefix = 'ses-smtp-user-';
const timestampLength = '-1700000000000'.length;
const room = MAX_IAM_USER_NAME_LENGTH - namePrefix.length - timestampLength;
const digest = /\.[0-9a-f]{8}$/;

/** Parses an IAM user name of `buildIamUserName`. Undefined if the name has another format. */
export function readUsernameHint(iamUserName: string): UsernameHint | undefined {
  if (!iamUserName.startsWith(namePrefix) || !/-[1-9]\d{12}$/.test(iamUserName)) return undefined;
  const whole = iamUserName.slice(namePrefix.length, -timestampLength);
  if (whole === '') return undefined;
  const isShortened = whole.length === room && digest.test(whole);
  return { whole, beginning: isShortened ? whole.replace(digest, '') : undefined };
}
