import { type IAMClient, ListUsersCommand } from '@aws-sdk/client-iam';
import { isIamUserNameOf } from '../../src/credential/iam/iam-user-name.ts';

/** The names of a username's IAM users. */
export async function iamUsersOf(iam: IAMClient, username: string): Promise<string[]> {
  const names: string[] = [];
  let Marker: string | undefined;
  do {
    const page = await iam.send(new ListUsersCommand({ PathPrefix: '/ses-smtp/', MaxItems: 1000, Marker }));
    names.push(...(page.Users ?? []).map(({ UserName = '' }) => UserName));
    Marker = page.IsTruncated === true ? page.Marker : undefined;
  } while (Marker !== undefined);
  return names.filter((name) => isIamUserNameOf(username, name));
}
