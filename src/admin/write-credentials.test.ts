import { beforeEach, describe, expect, it } from 'vitest';
import { FakeCloud } from '../../test/support/fake-cloud.ts';
import type { Item } from '../credential/credential-table.ts';
import type { Containment } from '../credential/iam/containment.ts';
import { InvalidAttributesError } from './check-attributes.ts';
import { createCredential } from './create-credential.ts';
import { disableCredential } from './disable-credential.ts';
import { editCredential } from './edit-credential.ts';
import { enableCredential } from './enable-credential.ts';
import { RecordChangedError } from './record-changed-error.ts';
import { removeCredential } from './remove-credential.ts';
import { rotateCredential } from './rotate-credential.ts';
import { showCredential } from './show-credential.ts';
import type { WriteDeps } from './write-credential.ts';

const nowMs = Date.parse('2026-11-26T10:00:00.000Z');
const scope = { partition: 'aws', region: 'eu-west-1', accountId: '123456789012', configurationSet: 'smtp' };
const addresses = ['jane@example.com'];
const active: Item = { status: 'active', access_key_id: 'AKIAEXAMPLE', allowed_from_addresses: addresses };
const contained: Item = {
  ...active,
  status: 'disabled',
  iam_user_arn: 'arn:aws:iam::123456789012:user/ses-smtp/eu-west-1/mail/ses-smtp-user-jane-1764151200000',
  suspension: { reason: 'Contained', at: '2026-11-26T09:00:00.000Z' },
  contained: { at: '2026-11-26T09:00:00.000Z' },
};
const signature = { requested_by: 'arn:jo', requested_from: '192.0.2.1', requested_at: '2026-11-26T10:00:00.000Z' };
const request = { username: 'jane', requestedBy: 'arn:jo', requestedFrom: '192.0.2.1' };

let cloud: FakeCloud;
let deps: WriteDeps & { readonly containment: Pick<Containment, 'deny' | 'lift'> };
let iamCalls: string[];
beforeEach(() => {
  cloud = new FakeCloud();
  iamCalls = [];
  const containment = {
    deny: async (name: string) => void iamCalls.push(`deny ${name}`),
    lift: async (name: string) => void iamCalls.push(`lift ${name}`),
  };
  deps = { credentials: cloud.credentials, scope, now: () => nowMs, containment };
});

const stored = () => cloud.items.get('jane');
const withRecord = (item: Item) => cloud.items.set('jane', item);

/** A table in which another writer writes just before each of our writes. */
function racing(change: () => void): typeof deps {
  const { credentials } = cloud;
  const after = <Result>(write: () => Result) => {
    change();
    return write();
  };
  return {
    ...deps,
    credentials: {
      read: credentials.read,
      insert: (...all) => after(() => credentials.insert(...all)),
      edit: (...all) => after(() => credentials.edit(...all)),
      remove: (...all) => after(() => credentials.remove(...all)),
    },
  };
}

async function faultsOf(work: Promise<unknown>): Promise<string[]> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof InvalidAttributesError)) throw error;
  expect(error).toMatchObject({ kind: 'permanent', code: 'InvalidAttributes' });
  return error.faults.map(({ attribute, code }) => `${attribute} ${code}`);
}

describe('createCredential', () => {
  const create = (attributes: Item, username = 'jane') => createCredential({ ...request, username, attributes }, deps);

  it('writes a pending record with its requester', async () => {
    const created = await create({ allowed_from_addresses: addresses, owner: 'Team Mail' });
    const attributes = {
      status: 'pending',
      entity_type: 'smtp_credential',
      allowed_from_addresses: addresses,
      owner: 'Team Mail',
      ...signature,
    };
    expect(stored()).toEqual(attributes);
    expect(created).toMatchObject({ username: 'jane', attributes, isUnchanged: false, warnings: [] });
    expect(created.description.state).toBe('pending');
    expect(created.revision).toBe((await showCredential(request, deps)).revision);
  });

  it('may start disabled, and returns warnings', async () => {
    const created = await create({
      status: 'disabled',
      allowed_from_addresses: addresses,
      allowed_source_ips: ['10.0.0.1', '203.0.113.7'],
    });
    expect(stored()?.['status']).toBe('disabled');
    expect(created.warnings).toMatchObject([{ code: 'PrivateSourceIp' }]);
  });

  it('reports all faults, and writes nothing', async () => {
    const wrong = {
      status: 'active',
      allowed_from_addresses: ['*'],
      quota_per_day: 0,
      alowed_recipients: ['x@example.com'],
      encrypted_password: 'x',
      requested_by: 'somebody else',
    };
    expect(await faultsOf(create(wrong, 'ja ne'))).toEqual([
      'status InvalidStatus',
      'alowed_recipients UnknownAttribute',
      'encrypted_password UnknownAttribute',
      'requested_by WrittenBySesame',
      'username InvalidUsername',
      'quota_per_day InvalidQuotaPerDay',
      'allowed_from_addresses InvalidAddressPattern',
    ]);
    expect(await faultsOf(create({}))).toEqual(['allowed_from_addresses InvalidAllowedFromAddresses']);
    const many = Array.from(
      { length: 100 },
      (_, index) => `a.sender.with.a.long.name.${index}@mail.department.example.com`,
    );
    expect(await faultsOf(create({ allowed_from_addresses: many }))).toEqual(['allowed_from_addresses PolicyTooLarge']);
    expect(cloud.items.size).toBe(0);
  });

  it('does not overwrite an existing record, and returns it', async () => {
    withRecord({ ...active, encrypted_password: 'secret' });
    const error = await create({ allowed_from_addresses: ['other@example.com'] }).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(RecordChangedError);
    expect(error).toMatchObject({ code: 'CredentialExists', kind: 'conflict' });
    expect((error as RecordChangedError).present.attributes).toMatchObject({ allowed_from_addresses: addresses });
    expect(JSON.stringify((error as RecordChangedError).present)).not.toContain('secret');
    expect(stored()?.['allowed_from_addresses']).toEqual(addresses);
  });
});

describe('editCredential', () => {
  const edit = (changes: Item, more = {}) => editCredential({ ...request, changes, ...more }, deps);

  it('sets and removes attributes, and keeps all others', async () => {
    withRecord({ ...active, owner: 'A', labels: { a: '1', b: '2' }, quota_per_day: 5, somebody_elses: 1 });
    const edited = await edit({ owner: 'B', quota_per_day: null, labels: { a: null, c: '3' } });
    const { quota_per_day, ...rest } = { quota_per_day: 5, ...active };
    expect(stored()).toEqual({ ...rest, owner: 'B', labels: { b: '2', c: '3' }, somebody_elses: 1, ...signature });
    expect(edited).toMatchObject({ isUnchanged: false, attributes: { owner: 'B', labels: { b: '2', c: '3' } } });
  });

  it('writes nothing when nothing changes', async () => {
    withRecord({ ...active, allowed_from_addresses: new Set(addresses), labels: { a: '1' } });
    const before = stored();
    const edited = await edit({ allowed_from_addresses: addresses, owner: null, labels: { a: '1', b: null } });
    expect(edited).toMatchObject({ isUnchanged: true, attributes: { allowed_from_addresses: addresses } });
    expect(stored()).toBe(before);
  });

  it('removes an empty map of labels', async () => {
    withRecord({ ...active, labels: { a: '1' } });
    await edit({ labels: { a: null } });
    expect(stored()).not.toHaveProperty('labels');
  });

  it('retries a failed credential, but does not enable one that should be off', async () => {
    withRecord({ ...active, status: 'failed', failure: { code: 'PolicyTooLarge' } });
    await edit({ owner: 'B' });
    expect(stored()?.['status']).toBe('pending');
    withRecord({ ...active, status: 'failed', failure: { code: 'Throttled', wish: 'disabled' } });
    await edit({ owner: 'B' });
    expect(stored()?.['status']).toBe('failed');
    withRecord({ ...active, status: 'disabled' });
    await edit({ owner: 'B' });
    expect(stored()?.['status']).toBe('disabled');
  });

  it('does not enable a contained credential, but changes it', async () => {
    withRecord(contained);
    await expect(edit({ status: 'pending' })).rejects.toMatchObject({ kind: 'conflict', code: 'CredentialContained' });
    expect(stored()).toEqual(contained);
    await edit({ owner: 'B' });
    expect(stored()).toEqual({ ...contained, owner: 'B', ...signature });
  });

  it('reports faults of the result, including existing ones', async () => {
    withRecord({ ...active, quota_per_hour: 'many' });
    expect(await faultsOf(edit({ allowed_from_addresses: null, colour: 'red' }))).toEqual([
      'colour UnknownAttribute',
      'quota_per_hour InvalidQuotaPerHour',
      'allowed_from_addresses InvalidAllowedFromAddresses',
    ]);
    await edit({ quota_per_hour: 10 });
    expect(stored()?.['quota_per_hour']).toBe(10);
  });

  it('requires the revision that the caller saw', async () => {
    withRecord(active);
    const { revision } = await showCredential(request, deps);
    await edit({ owner: 'B' }, { expectedRevision: revision });
    await expect(edit({ owner: 'C' }, { expectedRevision: revision })).rejects.toMatchObject({
      code: 'RevisionChanged',
      kind: 'conflict',
      present: { attributes: { owner: 'B' } },
    });
    expect(stored()?.['owner']).toBe('B');
  });

  it('loses a race with another person, but not with the system', async () => {
    withRecord(active);
    const byHand = racing(() => withRecord({ ...active, owner: 'by hand' }));
    await expect(editCredential({ ...request, changes: { owner: 'B' } }, byHand)).rejects.toMatchObject({
      code: 'RevisionChanged',
      present: { attributes: { owner: 'by hand' } },
    });
    withRecord(active);
    const bySystem = racing(() => withRecord({ ...active, verified_at: 'now' }));
    await editCredential({ ...request, changes: { owner: 'B' } }, bySystem);
    expect(stored()).toMatchObject({ owner: 'B', verified_at: 'now' });
  });
});

describe('disableCredential', () => {
  it('disables even an invalid record', async () => {
    withRecord({ status: 'failed', allowed_from_addresses: 'broken' });
    const disabled = await disableCredential(request, deps);
    expect(stored()).toEqual({ status: 'disabled', allowed_from_addresses: 'broken', ...signature });
    expect(disabled.description.state).toBe('disabling');
  });

  it('removes the expiry of a suspension', async () => {
    const suspension = { reason: 'SendQuota', at: '2026-11-26T09:00:00.000Z', until: '2026-11-26T11:00:00.000Z' };
    withRecord({ ...active, status: 'disabled', suspension });
    await disableCredential(request, deps);
    expect(stored()).toEqual({ ...active, status: 'disabled', ...signature });
  });

  it('keeps the reason of a containment', async () => {
    withRecord(contained);
    expect((await disableCredential(request, deps)).isUnchanged).toBe(true);
    expect(stored()).toEqual(contained);
  });

  it('writes nothing if the record is disabled without an expiry', async () => {
    withRecord({ ...active, status: 'disabled' });
    expect((await disableCredential(request, deps)).isUnchanged).toBe(true);
    expect(stored()).not.toHaveProperty('requested_by');
  });
});

describe('enableCredential', () => {
  it.each([
    [{ ...active, status: 'disabled' }],
    [{ ...active, status: 'failed', failure: { code: 'Throttled' } }],
    [{ ...active, status: 'failed', failure: { code: 'Throttled', wish: 'disabled' } }],
  ])('sets pending, from %j', async (item) => {
    withRecord(item);
    await enableCredential(request, deps);
    expect(stored()).toEqual({ ...item, status: 'pending', ...signature });
  });

  it.each(['active', 'pending'])('changes nothing if the record is %s', async (status) => {
    withRecord({ ...active, status });
    expect((await enableCredential(request, deps)).isUnchanged).toBe(true);
  });

  it('denies a contained credential again if another writer keeps it contained', async () => {
    withRecord(contained);
    const name = 'ses-smtp-user-jane-1764151200000';
    const raced = racing(() => withRecord({ ...contained, owner: 'other' }));
    const enabling = enableCredential({ ...request, liftContainment: true }, raced);
    await expect(enabling).rejects.toMatchObject({ code: 'RevisionChanged' });
    expect(iamCalls).toEqual([`lift ${name}`, `deny ${name}`]);
    await enableCredential({ ...request, liftContainment: true }, deps);
    expect(iamCalls.at(-1)).toBe(`lift ${name}`);
    expect(stored()).toMatchObject({ status: 'pending', owner: 'other' });
    expect(stored()).not.toHaveProperty('contained');
  });

  it('refuses a record that would fail, and warns of one that expires at once', async () => {
    withRecord({ ...active, status: 'disabled', allowed_from_addresses: ['*'] });
    expect(await faultsOf(enableCredential(request, deps))).toEqual(['allowed_from_addresses InvalidAddressPattern']);
    withRecord({ ...active, status: 'disabled', valid_until: '2026-01-01' });
    expect((await enableCredential(request, deps)).warnings).toHaveLength(1);
  });
});

describe('rotateCredential', () => {
  it('requests a rotation once', async () => {
    withRecord(active);
    expect((await rotateCredential(request, deps)).isUnchanged).toBe(false);
    expect(stored()).toEqual({ ...active, rotate_requested: true, ...signature });
    expect((await rotateCredential(request, deps)).isUnchanged).toBe(true);
  });

  it.each(['disabled', 'pending', 'failed'])('refuses one that is %s', async (status) => {
    withRecord({ ...active, status });
    await expect(rotateCredential(request, deps)).rejects.toMatchObject({
      code: 'CredentialNotActive',
      kind: 'conflict',
      present: { username: 'jane' },
    });
    expect(stored()).not.toHaveProperty('rotate_requested');
  });
});

describe('removeCredential', () => {
  it('writes the requester on the record for the removal event, and deletes it', async () => {
    withRecord(active);
    expect(await removeCredential(request, deps)).toMatchObject({ attributes: { ...signature } });
    expect(stored()).toBeUndefined();
  });

  it('deletes nothing that another writer changed', async () => {
    withRecord(active);
    const { revision } = await showCredential(request, deps);
    withRecord({ ...active, owner: 'by hand' });
    const removing = removeCredential({ ...request, expectedRevision: revision }, deps);
    await expect(removing).rejects.toMatchObject({
      code: 'RevisionChanged',
      present: { attributes: { owner: 'by hand' } },
    });
    const meanwhile = racing(() => withRecord({ ...stored(), owner: 'once more' }));
    await expect(removeCredential(request, meanwhile)).rejects.toMatchObject({ code: 'RevisionChanged' });
    expect(stored()).toMatchObject({ owner: 'once more' });
  });
});

it.each([
  ['edit', () => editCredential({ ...request, changes: { owner: 'B' } }, deps)],
  ['disable', () => disableCredential(request, deps)],
  ['enable', () => enableCredential(request, deps)],
  ['rotate', () => rotateCredential(request, deps)],
  ['remove', () => removeCredential(request, deps)],
  ['show', () => showCredential(request, deps)],
])('%s fails without a record', async (_, use) => {
  await expect(use()).rejects.toMatchObject({ code: 'CredentialNotFound', kind: 'permanent' });
  expect(cloud.items.size).toBe(0);
});
