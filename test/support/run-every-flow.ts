import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { AttachUserPolicyCommand, CreatePolicyCommand } from '@aws-sdk/client-iam';
import { DisableKeyCommand, EnableKeyCommand } from '@aws-sdk/client-kms';
import { marshall } from '@aws-sdk/util-dynamodb';
import type { LocalClients } from '../../local/local-clients.ts';
import type { LocalDescription } from '../../local/local-description.ts';
import { buildIamPath } from '../../src/credential/iam/ownership.ts';
import { createCredentialAdministration } from './credential-administration.ts';
import { iamPropagated } from './iam-lag.ts';
import { iamUsersOf } from './iam-users-of.ts';
import { loadVersion01, readVersion01 } from './version-0-1.ts';
import { waitUntil } from './wait-until.ts';

type Item = Record<string, unknown>;

const past = '2020-01-01T00:00:00.000Z';

/** Too long for an inline policy, but short enough for a managed one. */
export function longPatterns(name: string): string[] {
  return Array.from({ length: 60 }, (_, index) => `${name}-of-a-rather-long-name-${index + 100}@example.com`);
}

/**
 * Takes credentials through everything that the manager does, failures included. Each flow waits for its effect. Returns every
 * intermediate record, with the passwords that it held.
 */
export async function runEveryFlow(description: LocalDescription, clients: LocalClients): Promise<Item[]> {
  const admin = createCredentialAdministration(description, clients);
  const seen: Item[] = [];
  const see = (record: Item): Item => {
    seen.push(record);
    return record;
  };
  const until = async (username: string, isReached: (record: Item) => boolean) =>
    see(await admin.waitFor(username, (record) => record['claim'] === undefined && isReached(record)));
  const userOf = async (username: string) => (await iamUsersOf(clients.iam, username))[0] ?? '';
  const untilGone = (username: string) => waitUntil(async () => (await iamUsersOf(clients.iam, username)).length === 0);

  async function changeDisableEnableDelete(username: string): Promise<void> {
    const { policy_digest } = see(await admin.create(username));
    await admin.edit(username, { allowed_from_addresses: [`changed.${username}@example.com`] });
    const changed = await until(username, (record) => record['policy_digest'] !== policy_digest);
    await admin.setStatus(username, 'disabled');
    await until(username, (record) => record['updated_at'] !== changed['updated_at']);
    await admin.setStatus(username, 'pending');
    await until(username, (record) => record['status'] === 'active');
    await admin.remove(username);
    await untilGone(username);
  }

  /** A user of version 0.1, with a managed policy: an edit moves it. */
  async function upgrade(username: 'long'): Promise<void> {
    const leftover = readVersion01().get(username);
    if (leftover === undefined) throw new Error(username);
    await loadVersion01(leftover, description, clients);
    await admin.edit(username, { allowed_from_addresses: longPatterns('moved') });
    await until(username, (record) => String(record['iam_user_arn']).includes(buildIamPath(description)));
    await admin.remove(username);
    await untilGone(username);
  }

  async function longPolicy(username: string): Promise<void> {
    let { policy_digest } = see(await admin.create(username, longPatterns('first')));
    // One more than the number of versions that a managed policy keeps.
    for (const round of ['second', 'third', 'fourth', 'fifth', 'sixth']) {
      await admin.edit(username, { allowed_from_addresses: longPatterns(round) });
      const before = policy_digest;
      ({ policy_digest } = await until(username, (record) => record['policy_digest'] !== before));
    }
    await admin.edit(username, { allowed_from_addresses: ['short@example.com'] });
    await until(username, (record) => String(record['policy_digest']).startsWith('inline:'));
    await admin.remove(username);
    await untilGone(username);
  }

  async function longPolicyDeleted(username: string): Promise<void> {
    see(await admin.create(username, longPatterns('first')));
    await admin.remove(username);
    await untilGone(username);
  }

  async function putOver(username: string): Promise<void> {
    const before = see(await admin.create(username));
    await admin.create(username);
    await until(username, (record) => record['access_key_id'] !== before['access_key_id']);
  }

  async function rotation(username: string): Promise<void> {
    see(await admin.create(username));
    await admin.edit(username, { rotate_requested: true });
    const { previous_key: previous } = await until(username, (record) => record['previous_key'] !== undefined);
    await admin.edit(username, {
      verified_at: past,
      previous_key: { ...(previous as Item), retire_after: past },
      allowed_from_addresses: ['retire@example.com'],
    });
    const retired = await until(username, (record) => 'inactive_since' in (record['previous_key'] as Item));
    await admin.edit(username, {
      previous_key: { ...(retired['previous_key'] as Item), inactive_since: past },
      allowed_from_addresses: ['delete@example.com'],
    });
    await until(username, (record) => record['previous_key'] === undefined);
  }

  async function quarantine(username: string): Promise<void> {
    see(await admin.create(username));
    // AWS attaches a managed policy of that name to users whose keys it finds in public places.
    const { Policy } = await clients.iam.send(
      new CreatePolicyCommand({
        PolicyName: 'AWSCompromisedKeyQuarantineV2',
        PolicyDocument: '{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"iam:*","Resource":"*"}]}',
      }),
    );
    await clients.iam.send(new AttachUserPolicyCommand({ UserName: await userOf(username), PolicyArn: Policy?.Arn }));
    await iamPropagated();
    await admin.edit(username, { rotate_requested: true });
    await until(username, (record) => record['suspension'] !== undefined);
    await admin.remove(username);
    await untilGone(username);
  }

  async function invalid(username: string): Promise<void> {
    await admin.insert(username, ['*', `secret of ${username}`]);
    await until(username, (record) => record['status'] === 'failed');
  }

  async function receivingRule(username: string): Promise<void> {
    const rule = { PK: `ROUTE#${username}@example.com`, SK: 'RULE#v1', entity_type: 'ROUTE', enabled: true };
    await clients.dynamodb.send(new PutItemCommand({ TableName: description.table, Item: marshall(rule) }));
    await admin.create(username);
  }

  /** A new record, a rotation, and a record with a lost password, while KMS refuses. */
  async function withoutKms(): Promise<void> {
    const KeyId = description.kmsKeyArn;
    see(await admin.create('flow.kms.rotation'));
    await clients.kms.send(new DisableKeyCommand({ KeyId }));
    await admin.insert('flow.kms.new', ['flow.kms.new@example.com']);
    await admin.edit('flow.kms.rotation', { rotate_requested: true });
    for (const username of ['flow.kms.new', 'flow.kms.rotation']) {
      await until(username, (record) => record['status'] === 'failed');
    }
    await clients.kms.send(new EnableKeyCommand({ KeyId }));
    for (const username of ['flow.kms.new', 'flow.kms.rotation']) {
      await admin.setStatus(username, 'pending');
      await until(username, (record) => record['status'] === 'active');
    }
  }

  await Promise.all([
    changeDisableEnableDelete('flow.change'),
    longPolicy('flow.long'),
    longPolicyDeleted('flow.long.delete'),
    upgrade('long'),
    putOver('flow.put'),
    rotation('flow.rotation'),
    quarantine('flow.quarantine'),
    invalid('flow.invalid'),
    receivingRule('flow.rule'),
  ]);
  await withoutKms();
  return seen;
}
