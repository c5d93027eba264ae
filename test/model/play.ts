import type fc from 'fast-check';
import { expect } from 'vitest';
import type { FakeUser } from '../support/fake-cloud.ts';
import { type Action, usernames } from './actions.ts';
import { Administrator, tamper } from './administrator.ts';
import { CredentialWorld, rotatorTimeoutMs } from './credential-world.ts';
import { expectDesiredState } from './expect-desired-state.ts';

/** A user of another deployment with the same name. */
const foreignUserName = 'ses-smtp-user-john-1700000000000';
const foreignUser: FakeUser = {
  arn: `arn:aws:iam::123456789012:user/ses-smtp/eu-west-1/mail/${foreignUserName}`,
  tags: [
    { Key: 'sesame:table', Value: 'another table' },
    { Key: 'sesame:username', Value: 'john' },
    { Key: 'sesame:managed-by', Value: 'sesame' },
  ],
  keys: new Map([['AKIAFOREIGN', { status: 'Active', secret: 'foreign' }]]),
};

/** Plays a sequence of actions. `scheduler` picks the next call when several functions run at the same time. */
export async function play(actions: readonly Action[], scheduler: fc.Scheduler): Promise<void> {
  const world = new CredentialWorld();
  const admin = new Administrator(world);
  world.cloud.users.set(foreignUserName, structuredClone(foreignUser));
  const scheduled = (call: string) => scheduler.schedule(Promise.resolve(), call);
  for (const action of actions) {
    world.cloud.turn = scheduled;
    if (action.do === 'calls') await letCall(scheduler, action.count);
    else if (action.do === 'calm down') await calmDown(world, admin);
    else if (!edit(admin, action)) happen(world, action);
    await runPending();
    expect(world.violations).toEqual([]);
  }
  await calmDown(world, admin);
}

async function calmDown(world: CredentialWorld, admin: Administrator): Promise<void> {
  world.cloud.turn = () => Promise.resolve();
  await world.calmDown();
  expect(world.violations).toEqual([]);
  for (const username of usernames) expectDesiredState(world, username, admin.intents.get(username));
  expect(world.cloud.users.get(foreignUserName)).toEqual(foreignUser);
}

async function letCall(scheduler: fc.Scheduler, count: number): Promise<void> {
  for (let called = 0; called < count && scheduler.count() > 0; called += 1) {
    await scheduler.waitNext(1);
    await runPending();
  }
}

/** Runs every function until it waits for its next turn. */
const runPending = () => new Promise((resolve) => setImmediate(resolve));

/** Returns whether the action was an administrator's edit. */
function edit(admin: Administrator, action: Action): boolean {
  switch (action.do) {
    case 'insert':
      admin.insert(action.user, action.choice);
      return true;
    case 'set patterns':
      admin.setPatterns(action.user, action.choice);
      return true;
    case 'disable':
      admin.disable(action.user);
      return true;
    case 'set pending':
      admin.setPending(action.user);
      return true;
    case 'set active':
      admin.setActive(action.user);
      return true;
    case 'delete':
      admin.delete(action.user);
      return true;
    case 'request rotation':
      admin.requestRotation(action.user);
      return true;
    case 'withdraw rotation':
      admin.withdrawRotation(action.user);
      return true;
    case 'rotate after':
      admin.rotateAfter(action.user, action.days);
      return true;
    case 'end after':
      admin.endAfter(action.user, action.days);
      return true;
    case 'open':
      admin.open(action.user);
      return true;
    case 'save':
      admin.save(action.user, action.choice);
      return true;
    case 'copy':
      admin.copy(action.user, action.to);
      return true;
    case 'damage':
      admin.damage(action.user, action.choice);
      return true;
    default:
      return false;
  }
}

function happen(world: CredentialWorld, action: Action): void {
  const { cloud, queue } = world;
  const runs = [...world.running];
  switch (action.do) {
    case 'tamper':
      tamper(world, action.user, action.what);
      break;
    case 'verify':
      world.verify(action.user);
      break;
    case 'use':
      for (const { keys } of world.usersOf(action.user)) {
        for (const id of keys.keys()) cloud.lastUsedMs.set(id, world.nowMs);
      }
      break;
    case 'deliver':
    case 'deliver twice':
    case 'drop':
      if (queue.length > 0) deliver(world, action.do, action.at % queue.length);
      break;
    case 'rotator':
      for (const username of cloud.items.keys()) void world.start({ username }, rotatorTimeoutMs);
      break;
    case 'kill':
      if (runs.length > 0) world.kill(runs[action.at % runs.length] as (typeof runs)[number]);
      break;
    case 'fault': {
      const run = runs[action.at % runs.length];
      if (run !== undefined) run.connection.nextFate = action.fate;
      break;
    }
    case 'pass':
      world.pass(action.ms);
      break;
    case 'lag':
      world.lag(action.lags);
      break;
  }
}

function deliver(world: CredentialWorld, how: 'deliver' | 'deliver twice' | 'drop', index: number): void {
  const [due] = how === 'deliver twice' ? [world.queue[index]] : world.queue.splice(index, 1);
  if (how === 'drop') world.needsSweep = true;
  else if (due !== undefined) void world.start(due);
}
