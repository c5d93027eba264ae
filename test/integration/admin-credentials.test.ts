import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { expect, it } from 'vitest';
import { createLocalAdminDeps, createLocalPasswordDeps } from '../../local/local-admin-deps.ts';
import { createCredential } from '../../src/admin/create-credential.ts';
import { disableCredential } from '../../src/admin/disable-credential.ts';
import { editCredential } from '../../src/admin/edit-credential.ts';
import { enableCredential } from '../../src/admin/enable-credential.ts';
import { listCredentials } from '../../src/admin/list-credentials.ts';
import { readPassword } from '../../src/admin/read-password.ts';
import { readStatistics } from '../../src/admin/read-statistics.ts';
import { readViolations } from '../../src/admin/read-violations.ts';
import { removeCredential } from '../../src/admin/remove-credential.ts';
import { rotateCredential } from '../../src/admin/rotate-credential.ts';
import { showCredential } from '../../src/admin/show-credential.ts';
import { alertKey, counterKey } from '../../src/aws/dynamodb/table-design.ts';
import { bucketOf } from '../../src/mail-events/windows.ts';
import { iamUsersOf } from '../support/iam-users-of.ts';
import { localStack } from '../support/local-stack.ts';
import { waitUntil } from '../support/wait-until.ts';

const { description, clients } = localStack();
const deps = createLocalAdminDeps(description, clients);
const passwordDeps = createLocalPasswordDeps(description, clients);
const requestedBy = 'arn:aws:iam::000000000000:user/jo';

async function waitForState(username: string, state: string): Promise<void> {
  await waitUntil(async () => (await showCredential({ username }, deps)).description.state === state, 30);
}

it('leads a credential from its creation to its end', async () => {
  const username = 'admin.life';
  const request = { username, requestedBy };
  const attributes = { allowed_from_addresses: [`${username}@example.com`], owner: 'Team', labels: { env: 'test' } };
  const created = await createCredential({ ...request, attributes }, deps);
  expect(created.attributes).toMatchObject({ ...attributes, requested_by: requestedBy });
  await waitForState(username, 'active');
  const first = await readPassword({ username }, passwordDeps);
  expect(first.password.reveal()).toMatch(/^[A-Za-z0-9+/]{44}$/);

  // The system has written since; what administrators ask for is the same.
  const edit = { ...request, expectedRevision: created.revision, changes: { owner: null, labels: { team: 'mail' } } };
  const edited = await editCredential(edit, deps);
  expect(edited.attributes).toMatchObject({ labels: { env: 'test', team: 'mail' } });
  expect(edited.attributes).not.toHaveProperty('owner');
  await expect(editCredential(edit, deps)).rejects.toMatchObject({ code: 'RevisionChanged', kind: 'conflict' });

  await disableCredential(request, deps);
  await waitForState(username, 'disabled');
  await enableCredential(request, deps);
  await waitForState(username, 'active');
  expect((await readPassword({ username }, passwordDeps)).accessKeyId).toBe(first.accessKeyId);

  await rotateCredential(request, deps);
  await waitUntil(async () => (await readPassword({ username }, passwordDeps)).accessKeyId !== first.accessKeyId, 30);
  expect((await readStatistics({ username }, deps)).windows.day.sends).toBe(0);

  await expect(createCredential({ ...request, attributes }, deps)).rejects.toMatchObject({ code: 'CredentialExists' });
  await removeCredential(request, deps);
  await expect(showCredential({ username }, deps)).rejects.toMatchObject({ code: 'CredentialNotFound' });
  await waitUntil(async () => (await iamUsersOf(clients.iam, username)).length === 0, 30);
}, 120_000);

it('lets one of many edits at once win, and tells the others what stands there', async () => {
  const username = 'admin.race';
  const attributes = { status: 'disabled', allowed_from_addresses: [`${username}@example.com`] };
  const { revision } = await createCredential({ username, requestedBy, attributes }, deps);
  const owners = Array.from({ length: 8 }, (_, index) => `Owner ${index}`);
  const results = await Promise.allSettled(
    owners.map((owner) =>
      editCredential({ username, requestedBy, expectedRevision: revision, changes: { owner } }, deps),
    ),
  );
  const won = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  const lost = results.flatMap((result) => (result.status === 'rejected' ? [result.reason as unknown] : []));
  expect(won).toHaveLength(1);
  const owner = won[0]?.attributes['owner'];
  for (const error of lost)
    expect(error).toMatchObject({ code: 'RevisionChanged', present: { attributes: { owner } } });
  expect((await showCredential({ username }, deps)).attributes['owner']).toBe(owner);
});

it('lists in pages what a filter wants', async () => {
  const names = Array.from({ length: 7 }, (_, index) => `admin.list.${index}`);
  for (const username of names) {
    const attributes = {
      status: 'disabled',
      allowed_from_addresses: [`${username}@example.com`],
      labels: { list: 'yes' },
    };
    await createCredential({ username, requestedBy, attributes }, deps);
  }
  const found: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await listCredentials({ filter: { labels: [['list', 'yes']] }, limit: 3, cursor }, deps);
    found.push(...page.credentials.map(({ username }) => username));
    cursor = page.nextCursor;
  } while (cursor !== undefined);
  expect(found).toEqual(names);
});

it('reads violations from the counters and the alerts in the table', async () => {
  const username = 'admin.violations';
  const attributes = { status: 'disabled', allowed_from_addresses: [`${username}@example.com`] };
  await createCredential({ username, requestedBy, attributes }, deps);
  const nowMs = Date.now();
  const put = (item: object) =>
    clients.dynamodb.send(new PutItemCommand({ TableName: description.table, Item: marshall(item) }));
  await put({ ...counterKey(username, bucketOf(nowMs)), violations: 4 });
  await put({ ...alertKey({ username, finding: 'SenderViolation' }), until_ms: nowMs + 60_000 });
  await put({ ...alertKey({ username, finding: 'SendsWhileDisabled' }), until_ms: nowMs - 1 });
  await put({ ...alertKey({ username: `${username}2`, finding: 'SenderViolation' }), until_ms: nowMs + 60_000 });
  expect(await readViolations({ username }, deps)).toMatchObject({
    windows: { day: 4 },
    alerts: [{ finding: 'SenderViolation', quietUntil: new Date(nowMs + 60_000).toISOString() }],
  });
});
