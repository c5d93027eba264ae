import { expect } from 'vitest';
import type { Item } from '../../src/credential/credential-table.ts';
import { deriveSmtpPassword } from '../../src/credential/iam/smtp-password.ts';
import type { FakeUser } from '../support/fake-cloud.ts';
import type { Intent } from './administrator.ts';
import { type CredentialWorld, scope, table } from './credential-world.ts';

/** Checks a username's final state, when all work is done. */
export function expectDesiredState(world: CredentialWorld, username: string, intent: Intent | undefined): void {
  const item = world.cloud.items.get(username);
  const users = world.usersOf(username);
  expect(item !== undefined, `${username} has a record`).toBe(intent !== undefined);
  if (item === undefined || intent === undefined) {
    expect(users, `${username} has no IAM user`).toEqual([]);
    return;
  }
  expect(users.length, `${username} has one IAM user at most`).toBeLessThanOrEqual(1);
  expect(item['owner_note']).toBe('of somebody else');
  expect(item['claim']).toBeUndefined();
  const [user] = users;
  const activeKeys = [...(user?.keys ?? [])].filter(([, { status }]) => status === 'Active').map(([id]) => id);
  const previous = item['previous_key'] as Item | undefined;
  for (const id of activeKeys) expect([item['access_key_id'], previous?.['access_key_id']]).toContain(id);

  // While all becomes calm some minutes pass, in which an end may come that nobody has looked for since.
  const hasEnded = Date.parse(String(item['valid_until'])) <= world.nowMs - 3_600_000;
  if (hasEnded) expect(item['status'], 'the status after its end').toBe('disabled');
  const isSuspended = item['suspension'] !== undefined && item['status'] === 'disabled';
  if (!intent.wanted || isSuspended) {
    expect(item['status']).toBe('disabled');
    expect(activeKeys).toEqual([]);
    return;
  }
  if (intent.patterns.includes('*')) {
    expect(item['status']).toBe('failed');
    return;
  }
  expect(item['status'], JSON.stringify(item)).toBe('active');
  expectWorking(world, username, item, user);
  const previousKey = user?.keys.get(String(previous?.['access_key_id']));
  if (previousKey !== undefined) {
    expect(previousKey.status).toBe(previous?.['inactive_since'] === undefined ? 'Active' : 'Inactive');
  }
  // A kept old key leaves no room for another one.
  if (previous === undefined) expect(item['rotate_requested']).toBeUndefined();
}

function expectWorking(world: CredentialWorld, username: string, item: Item, user: FakeUser | undefined): void {
  expect(item['failure']).toBeUndefined();
  expect(item['iam_user_arn']).toBe(user?.arn);
  const keyId = String(item['access_key_id']);
  const key = user?.keys.get(keyId);
  expect(key?.status, `the key ${keyId}`).toBe('Active');
  const password = deriveSmtpPassword(key?.secret ?? '', scope.region);
  const context = JSON.stringify({ table, username, access_key_id: keyId });
  expect(item['encrypted_password']).toBe(`encrypted ${password} for ${context}`);
  expect(user?.policy?.document).toBe(world.desiredPolicy(username, item));
  expect(user?.leftPolicy, 'the policy of a longer list').toBeUndefined();
  expect(user?.quarantined ?? false, 'quarantined').toBe(false);
}
