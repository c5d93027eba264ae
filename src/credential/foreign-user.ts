import { SesameError } from './errors.ts';

/** The record names an IAM user that doesn't carry this table's tags. */
export function foreignUser(name: string): SesameError {
  return new SesameError(
    'IamUserNotOwned',
    'permanent',
    `iam_user_arn: the IAM user ${name} doesn't carry this table's tags, so it is left alone. ` +
      'Remove iam_user_arn, access_key_id and encrypted_password from the record and set status to "pending" for a new user.',
  );
}
