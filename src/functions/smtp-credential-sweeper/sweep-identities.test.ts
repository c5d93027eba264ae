import { beforeEach, expect, test } from 'vitest';
import { createFakeIdentities } from '../../../test/support/fake-identities.ts';
import {
  createFakeFindings,
  createFakeInventory,
  createFakePositions,
  FAKE_BOUNDARY_ARN,
} from '../../../test/support/fake-inventory.ts';
import { createFakeReconciling, type FakeReconciling } from '../../../test/support/fake-reconciling.ts';
import type { Item } from '../../credential/credential-table.ts';
import { SesameError } from '../../credential/errors.ts';
import type { SendingIdentities } from '../../credential/patterns/sending-identities.ts';
import { reconcile } from '../../credential/reconcile/reconcile.ts';
import { createHandler } from './handler.ts';
import { takeShare } from './sweep-identities.ts';

let fake: FakeReconciling;
let positions: ReturnType<typeof createFakePositions>;

beforeEach(() => {
  fake = createFakeReconciling();
  positions = createFakePositions();
});

function sweep(identities: SendingIdentities, deps = fake.deps.reconcileDeps): Promise<void> {
  const inventory = createFakeInventory(fake.cloud);
  return createHandler({
    ...fake.deps,
    reconcileDeps: deps,
    inventory,
    positions,
    findings: createFakeFindings(),
    identities,
    permissionsBoundaryArn: FAKE_BOUNDARY_ARN,
    confirmAfterSeconds: 0,
  })({ id: 'tick' }, { awsRequestId: 'request', getRemainingTimeInMillis: () => 900_000 });
}

async function make(username: string, ...patterns: string[]): Promise<void> {
  fake.cloud.items.set(username, { status: 'pending', allowed_from_addresses: patterns });
  await reconcile({ username, correlationId: 'made' }, fake.deps.reconcileDeps);
  edit(username, { verified_at: new Date(fake.clock.nowMs).toISOString() });
}

const item = (username: string) => fake.cloud.items.get(username) as Item;
const edit = (username: string, attributes: Item) =>
  fake.cloud.items.set(username, { ...item(username), ...attributes });
const found = () => fake.events.map(({ detail }) => [detail.code, detail.username, detail.reason] as const);

test('reports an address below an allowed domain whose default configuration set isn’t ours', async () => {
  await make('a', '*@example.com');
  await make('b', '*@example.com', 'other@example.org');
  const held = new Map([
    ['example.com', 'smtp'],
    ['jane@example.com', undefined],
    ['kim@example.com', 'theirs'],
    ['example.org', 'smtp'],
    ['left@example.com', 'gone'],
    ['nobody@example.net', undefined],
  ]);
  const identities = createFakeIdentities(held);
  await sweep(identities);
  expect(found()).toEqual([
    ['identity-configuration-set', 'a', expect.stringContaining('jane@example.com has no default configuration set')],
    [
      'identity-configuration-set',
      'a',
      expect.stringContaining('kim@example.com has the default configuration set theirs'),
    ],
  ]);
  expect(found()[0]?.[2]).toContain('The credential a and 1 more may send as it');
  expect(found()[1]?.[2]).toContain('554');
  // Only identities that a credential may send as are read.
  expect(identities.asked).toEqual([
    'example.com',
    'example.org',
    'jane@example.com',
    'kim@example.com',
    'left@example.com',
  ]);
  expect(fake.counted.get('DriftIdentityConfigurationSet')).toBe(2);
  expect(fake.logged).toContain('DRIFT_FOUND');
});

test('reads no set if the deployment has none', async () => {
  await make('a', '*@example.com');
  const deps = fake.deps.reconcileDeps;
  const { configurationSet: _, ...scope } = deps.settings.scope;
  const identities = createFakeIdentities(new Map([['jane@example.com', undefined]]));
  await sweep(identities, { ...deps, settings: { ...deps.settings, scope } }).catch(() => {});
  expect(identities.asked).toEqual([]);
});

test('writes a warning about a pattern that misses an address by its case, and removes it again', async () => {
  await make('a', 'Jane.Roe@example.com');
  const held = new Map([['jane.roe@example.com', 'smtp']]);
  await sweep(createFakeIdentities(held));
  expect(item('a')['warning']).toEqual([
    {
      code: 'PatternCaseDiffers',
      text: expect.stringContaining('"Jane.Roe@example.com" does not allow jane.roe@example.com'),
    },
  ]);
  expect(fake.logged.filter((code) => code === 'PATTERN_CASE_DIFFERS')).toHaveLength(1);
  await sweep(createFakeIdentities(held));
  // The warning is on the record already, so nothing is logged.
  expect(fake.logged.filter((code) => code === 'PATTERN_CASE_DIFFERS')).toHaveLength(1);
  edit('a', { allowed_from_addresses: ['jane.roe@example.com'] });
  await reconcile({ username: 'a', correlationId: 'edited' }, fake.deps.reconcileDeps);
  await sweep(createFakeIdentities(held));
  expect(item('a')).not.toHaveProperty('warning');
});

test('checks everything else if SES does not answer, and fails', async () => {
  await make('a', '*@example.com');
  edit('a', { status: 'disabled' });
  const refused = new SesameError('AccessDeniedException', 'retryable', 'No.');
  const identities: SendingIdentities = {
    // biome-ignore lint/correctness/useYield: it throws first.
    async *list() {
      await Promise.reject(refused);
    },
    findConfigurationSet: () => Promise.reject(refused),
  };
  await expect(sweep(identities)).rejects.toThrow('1 checks or repairs failed');
  expect(found().map(([code]) => code)).toContain('active-key');
  expect(positions.stored).toMatchObject({ sweepNumber: 1 });
});

test('takes turns if there are more identities than one sweep reads', () => {
  const names = Array.from({ length: 250 }, (_, index) => `name-${String(index).padStart(3, '0')}`);
  const seen = [0, 1, 2].flatMap((turn) => takeShare(names, turn));
  expect(takeShare(names, 1)).toHaveLength(100);
  expect(new Set(seen).size).toBe(250);
});
