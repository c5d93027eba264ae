import { enableRemedy } from '../enable-remedy.ts';
import { SesameError } from '../errors.ts';
import { IAM_PATH, pathOfArn } from '../iam/ownership.ts';
import type { Target } from './contract.ts';
import type { ObservedUser } from './plan-types.ts';

/**
 * The record names an IAM user whose tags show another owner. The message names that owner and all possible remedies.
 */
export function foreignUser(
  { iamUserName, ownership }: Pick<Target, 'iamUserName' | 'ownership'>,
  observed: ObservedUser,
): SesameError {
  const user = observed.state === 'present' ? observed : undefined;
  // Version 0.1 marked its users with the bare table name, and used the same path for every table.
  const mark = user?.mark ?? (user !== undefined && pathOfArn(user.arn) === IAM_PATH ? ownership.table : undefined);
  return new SesameError(
    'IamUserNotOwned',
    'permanent',
    `iam_user_arn: the IAM user ${iamUserName} ${describeTags(mark)}, so it is left alone. ${remedyFor(mark, ownership)}` +
      `For a new user, remove iam_user_arn, access_key_id and encrypted_password from the record, and ${enableRemedy}.`,
  );
}

function describeTags(mark: string | undefined): string {
  return mark === undefined
    ? "doesn't carry this deployment's tags"
    : `belongs to another table ("${mark}" in its tag sesame:table or in its path)`;
}

function remedyFor(mark: string | undefined, { region, table }: Target['ownership']): string {
  if (mark === undefined) return '';
  if (mark === table) return 'Version 0.1 made it: set manage_users_of_0_1 to true to take such users over. ';
  const name = mark.startsWith(`${region}/`) ? mark.slice(region.length + 1) : mark;
  if (name.includes('/')) return '';
  return `If that was this table's name before it was restored, add "${name}" to previous_table_names. `;
}
