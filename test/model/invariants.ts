import type { Item } from '../../src/credential/credential-table.ts';
import type { Outcome } from '../../src/credential/reconcile/contract.ts';
import { type CredentialRecord, iamUserNameOfArn, readClaim, readRecord } from '../../src/credential/record/record.ts';
import type { FakeCloud } from '../support/fake-cloud.ts';

/** The parts of the world that the invariants check. */
export interface WatchedWorld {
  readonly cloud: FakeCloud;
  readonly nowMs: number;
  /** Invariants that were broken. */
  readonly violations: string[];
  /** Usernames whose record or IAM user was changed by hand since the system was last idle, so that a run may have read old data. */
  readonly disturbed: ReadonlySet<string>;
  /** Keys that were deleted by hand, or that never existed. */
  readonly deletedByHand: ReadonlySet<string>;
}

/** The longest time between a key's creation and its appearance on the record. */
const longestRunMs = 120_000;

/** Checks what no run may ever do, whatever IAM shows and whichever process dies. */
export function watchInvariants(world: WatchedWorld): void {
  const { cloud } = world;
  cloud.onKeyDeleted = (connection, iamUserName, accessKeyId) => {
    if (connection.madeKeys.has(accessKeyId)) return;
    for (const [username, item] of cloud.items) {
      const record = readRecord(username, item);
      if (record.iamUserArn === undefined || iamUserNameOfArn(record.iamUserArn) !== iamUserName) continue;
      if (world.disturbed.has(username)) continue;
      const { previousKey } = record;
      const isCurrent = record.accessKeyId === accessKeyId && record.encryptedPassword !== undefined;
      const isPrevious = previousKey?.accessKeyId === accessKeyId && previousKey.encryptedPassword !== undefined;
      const isUndone = isCurrent && previousKey !== undefined && !record.isVerified;
      const isUsed = cloud.lastUsedMs.has(accessKeyId);
      if (isPrevious || (isCurrent && (!isUndone || isUsed))) {
        world.violations.push(
          `${accessKeyId} was deleted, and ${username} holds its password: ${JSON.stringify(item)}`,
        );
      }
    }
  };
}

/** Checks that a run's final write is true. */
export function checkWrite(
  world: WatchedWorld,
  username: string,
  before: Item | undefined,
  after: Item | undefined,
): void {
  const by = readClaim(before?.['claim'])?.by;
  const isRunsEnd =
    after !== undefined && by !== undefined && after['updated_by'] === by && readClaim(after['claim'])?.by !== by;
  if (!isRunsEnd) return;
  const wasToBeOff =
    (before?.['failure'] as Item | undefined)?.['wish'] === 'disabled' && before?.['status'] !== 'pending';
  if (wasToBeOff && after['status'] !== 'disabled') {
    world.violations.push(`a request to disable was lost: ${JSON.stringify(after)}`);
  }
  if (world.disturbed.has(username)) return;
  for (const what of findUntruths(world, readRecord(username, after))) {
    world.violations.push(`${what}: ${JSON.stringify(after)}`);
  }
}

function findUntruths(world: WatchedWorld, record: CredentialRecord): string[] {
  const name = record.iamUserArn === undefined ? '' : iamUserNameOfArn(record.iamUserArn);
  const keys = world.cloud.findUser(name)?.keys ?? new Map<string, never>();
  const { accessKeyId = '', previousKey } = record;
  const works = (id = '') => keys.get(id)?.status === 'Active';
  if (record.status === 'disabled') {
    const isOn = works(accessKeyId) || works(previousKey?.accessKeyId);
    return record.item['disabled_at'] !== undefined && isOn ? ['it says disabled, but a key works'] : [];
  }
  if (record.status !== 'active' || record.failureCode !== undefined) return [];
  const age = record.keyCreatedAtMs - (keys.get(accessKeyId)?.createdAtMs ?? Number.NaN);
  const isRetired = previousKey?.inactiveSinceMs !== undefined;
  const isByHand = world.deletedByHand.has(previousKey?.accessKeyId ?? '');
  return [
    ...(works(accessKeyId) ? [] : ['it says active, but its key does not work']),
    ...(previousKey === undefined || isByHand || works(previousKey.accessKeyId) !== isRetired
      ? []
      : [isRetired ? 'a retired key works' : 'the old key of a rotation does not work']),
    ...(age >= 0 && age <= longestRunMs ? [] : [`the age of its key is wrong by ${age} ms`]),
  ];
}

/** Checks that an IAM user that is reported as deleted is gone. */
export function checkOutcome(world: WatchedWorld, username: string, outcome: Outcome): void {
  if (outcome.result !== 'missing' || outcome.deletedIamUserName === undefined) return;
  if (world.disturbed.has(username) || !world.cloud.users.has(outcome.deletedIamUserName)) return;
  world.violations.push(`${outcome.deletedIamUserName} is reported as deleted, but exists.`);
}
