import { GetUserPolicyCommand, ListAccessKeysCommand, ListUsersCommand } from '@aws-sdk/client-iam';
import { isIamUserNameOf } from '../../../src/credential/iam/iam-user-name.ts';
import { forEachBounded } from '../../../src/functions/runtime/for-each-bounded.ts';
import type { OwnLocalStack } from '../../support/start-local-stack.ts';
import type { TableRecord } from './crash-flows.ts';

/** Compares all records with all IAM users. Returns the faults by username. */
export async function audit(
  { clients: { iam } }: OwnLocalStack,
  usernames: readonly string[],
  records: ReadonlyMap<string, TableRecord>,
): Promise<Map<string, string>> {
  const faults = new Map<string, string>();
  const names: { UserName: string; Arn: string }[] = [];
  let Marker: string | undefined;
  do {
    const page = await iam.send(new ListUsersCommand({ PathPrefix: '/ses-smtp/', MaxItems: 1000, Marker }));
    names.push(...(page.Users ?? []).map(({ UserName = '', Arn = '' }) => ({ UserName, Arn })));
    Marker = page.IsTruncated === true ? page.Marker : undefined;
  } while (Marker !== undefined);

  await forEachBounded(usernames, 10, async (username) => {
    const record = records.get(username);
    const users = names.filter(({ UserName }) => isIamUserNameOf(username, UserName));
    const fault = await auditOne(record, users);
    if (fault !== undefined) faults.set(username, fault);
  });
  return faults;

  async function auditOne(
    record: TableRecord | undefined,
    users: readonly { UserName: string; Arn: string }[],
  ): Promise<string | undefined> {
    if (record === undefined) return users.length === 0 ? undefined : 'an orphan user';
    const [user] = users;
    if (users.length !== 1 || user === undefined) return `${users.length} users`;
    if (user.Arn !== record['iam_user_arn']) return 'another ARN';
    const { AccessKeyMetadata = [] } = await iam.send(new ListAccessKeysCommand({ UserName: user.UserName }));
    const keys = AccessKeyMetadata.map(({ AccessKeyId = '', Status = '' }) => `${AccessKeyId} ${Status}`).sort();
    const wanted = expectedKeys(record).sort();
    if (keys.join() !== wanted.join()) return `keys ${keys.join()} instead of ${wanted.join()}`;
    if (record['status'] !== 'active') return undefined;
    const { PolicyDocument = '' } = await iam.send(
      new GetUserPolicyCommand({ UserName: user.UserName, PolicyName: 'sesame-sending' }),
    );
    const policy = decodeURIComponent(PolicyDocument);
    const patterns = record['allowed_from_addresses'] as string[];
    return patterns.every((pattern) => policy.includes(`"${pattern}"`)) ? undefined : 'another policy';
  }
}

/** The keys on a record, with their statuses. */
function expectedKeys(record: TableRecord): string[] {
  const previous = record['previous_key'] as TableRecord | undefined;
  const current = `${record['access_key_id']} ${record['status'] === 'active' ? 'Active' : 'Inactive'}`;
  if (previous === undefined) return [current];
  return [current, `${previous['access_key_id']} ${previous['inactive_since'] === undefined ? 'Active' : 'Inactive'}`];
}
