import type { Item } from '../../src/credential/credential-table.ts';
import type { Outcome } from '../../src/credential/reconcile/contract.ts';
import { type CredentialRecord, iamUserNameOfArn, readClaim, readRecord } from '../../src/credential/record/record.ts';
import type { FakeCloud } from '../support/fake-cloud.ts';

/** What the invariants look at. */
export interface WatchedWorld {
  readonly cloud: FakeCloud;
  readonly nowMs: number;
  /** What must never happen, and did. */
  readonly violations: string[];
  /** Usernames whose record or IAM user somebody changed by hand since all was calm: what a run saw may not be so any more. */
  readonly disturbed: ReadonlySet<string>;
  /** Keys that somebody deleted by hand, or that never were. */
  readonly deletedByHand: ReadonlySet<string>;
}

/** How long after its making a key may be on the record at the latest. */
const longestRunMs = 120_000;

/** Watches what no run may ever do, whatever IAM shows and whoever dies. */
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

/** What a run writes down at its end is so. */
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
    world.violations.push(`a wish to disable was forgotten: ${JSON.stringify(after)}`);
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
    return record.item['disabled_at'] !== undefined && isOn ? ['it says disabled, and a key works'] : [];
  }
  if (record.status !== 'active' || record.failureCode !== undefined) return [];
  const age = record.keyCreatedAtMs - (keys.get(accessKeyId)?.createdAtMs ?? Number.NaN);
  const isRetired = previousKey?.inactiveSinceMs !== undefined;
  const isByHand = world.deletedByHand.has(previousKey?.accessKeyId ?? '');
  return [
    ...(works(accessKeyId) ? [] : ['it says active, and its key does not work']),
    ...(previousKey === undefined || isByHand || works(previousKey.accessKeyId) !== isRetired
      ? []
      : [isRetired ? 'a retired key works' : 'the old key of a rotation does not work']),
    ...(age >= 0 && age <= longestRunMs ? [] : [`the age of its key is wrong by ${age} ms`]),
  ];
}

/** Who says that an IAM user is gone has seen it. */
export function checkOutcome(world: WatchedWorld, username: string, outcome: Outcome): void {
  if (outcome.result !== 'missing' || outcome.deletedIamUserName === undefined) return;
  if (world.disturbed.has(username) || !world.cloud.users.has(outcome.deletedIamUserName)) return;
  world.violations.push(`${outcome.deletedIamUserName} is said to be deleted, and is there.`);
}
