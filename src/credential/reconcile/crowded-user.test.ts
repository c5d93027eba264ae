import { beforeEach, expect, it } from 'vitest';
import { createFakeReconciling, type FakeReconciling } from '../../../test/support/fake-reconciling.ts';
import { isConverged } from '../record/is-converged.ts';
import { readRecord } from '../record/record.ts';
import type { Trigger } from './contract.ts';
import { reconcile } from './reconcile.ts';

const username = 'jane';
let fake: FakeReconciling;
let events: number;

beforeEach(async () => {
  events = 0;
  fake = createFakeReconciling();
  fake.cloud.items.set(username, { status: 'pending', allowed_from_addresses: ['jane@example.com'] });
  await run();
  for (const user of fake.cloud.users.values()) user.foreignInlineLength = 1_900;
});

function run(more: Partial<Trigger> = {}) {
  events += 1;
  return reconcile({ username, correlationId: `event-${events}`, ...more }, fake.deps.reconcileDeps);
}

const item = () => fake.cloud.items.get(username) ?? {};
const edit = (allowed: string) => fake.cloud.items.set(username, { ...item(), allowed_from_addresses: [allowed] });
const policy = () => [...fake.cloud.users.values()][0]?.policy;
const puts = () => fake.cloud.calls.filter((call) => call === 'PutUserPolicy').length;

it('keeps the managed policy of a user without room for an inline one, until the patterns change', async () => {
  edit('new@example.com');
  await run();
  expect(policy()).toMatchObject({ form: 'managed', document: expect.stringContaining('new@example.com') });
  expect(item()['policy_digest']).toMatch(/^managed:/);
  expect(isConverged(readRecord(username, item()), fake.deps.reconcileDeps.settings.scope)).toBe(true);

  const before = puts();
  expect(await run()).toMatchObject({ result: 'converged', transition: undefined });
  expect(puts()).toBe(before);
  // Even a forced resync does not try the inline policy again.
  await run({ forceResync: true });
  expect(item()['policy_digest']).toMatch(/^managed:/);
});

it('returns to an inline policy with the next change, once there is room', async () => {
  edit('new@example.com');
  await run();
  for (const user of fake.cloud.users.values()) user.foreignInlineLength = 0;
  edit('newer@example.com');
  await run();
  expect(policy()).toMatchObject({ form: 'inline', document: expect.stringContaining('newer@example.com') });
  expect(item()['policy_digest']).toMatch(/^inline:/);
});

it('is narrowed and widened again without changing its form', async () => {
  let received = new Map([
    ['ROUTE#new@example.com', { enabled: true }],
    ['ROUTE#other@example.com', { enabled: true }],
  ]);
  const deps = fake.deps.reconcileDeps;
  const required = {
    ...deps,
    receivingRules: { findRules: () => Promise.resolve(received) },
    settings: { ...deps.settings, receivingRules: 'require' as const },
  };
  const again = () => {
    events += 1;
    return reconcile({ username, correlationId: `event-${events}`, forceResync: true }, required);
  };
  fake.cloud.items.set(username, { ...item(), allowed_from_addresses: ['new@example.com', 'other@example.com'] });
  await again();
  const whole = item()['policy_digest'];
  received = new Map([['ROUTE#new@example.com', { enabled: true }]]);
  // Twice, because the second attempt must know that the first one narrowed the policy.
  await again();
  expect(await again()).toMatchObject({ result: 'converged' });
  expect(item()).toMatchObject({ status: 'active', narrowed_from: whole });
  expect(policy()?.document).not.toContain('other@example.com');
});
