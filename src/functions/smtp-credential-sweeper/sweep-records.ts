import { isDeepStrictEqual } from 'node:util';
import type { Item } from '../../credential/credential-table.ts';
import { type DriftSettings, detectDrift } from '../../credential/drift/detect-drift.ts';
import type { DriftFinding } from '../../credential/drift/drift-finding.ts';
import { planSweepReads, UNUSED_DAYS } from '../../credential/drift/plan-sweep-reads.ts';
import { InvalidRecordError } from '../../credential/errors.ts';
import type { IamUserSnapshot } from '../../credential/iam/iam-inventory.ts';
import { isManagedArn, ownershipOf } from '../../credential/iam/ownership.ts';
import { IAM_PROPAGATION_SECONDS } from '../../credential/iam/propagation.ts';
import { CLAIM_LEASE_SECONDS } from '../../credential/reconcile/lease.ts';
import { readDesiredState, type SendingScope } from '../../credential/record/desired-state.ts';
import { findPatternsWithoutRule } from '../../credential/record/receiving-rules.ts';
import { accessKeyIdsOf, type CredentialRecord, iamUserNameOfArn, readRecord } from '../../credential/record/record.ts';
import { forEachBounded } from '../runtime/for-each-bounded.ts';
import { repairDrift } from './repair-drift.ts';
import { type DriftCandidate, reportFailedRead, SWEEP_CONCURRENCY, type Sweep, waitBeforeConfirming } from './sweep.ts';

interface ListedRecord {
  readonly username: string;
  readonly item: Item;
}

/** The result of reading all records. */
export interface RecordsSwept {
  /** The IAM users that records refer to. */
  readonly referenced: ReadonlySet<string>;
  /** Where the next run continues, if the time ran out. */
  readonly stoppedAt?: string;
}

/**
 * Reads all records, checks those for which `isDue` is true, and repairs drift.
 *
 * @param visit is called for every record, due or not
 */
export async function sweepRecords(
  sweep: Sweep,
  isDue: (username: string) => boolean,
  visit: (username: string, item: Item) => void,
): Promise<RecordsSwept> {
  const referenced = new Set<string>();
  const undone: string[] = [];
  let candidates: DriftCandidate[] = [];
  for await (const page of sweep.deps.reconcileDeps.credentials.list()) {
    for (const { username, item } of page) {
      for (const name of iamUsersOf(username, item)) referenced.add(name);
      visit(username, item);
    }
    const due = page.filter(({ username }) => isDue(username));
    const settings = driftSettingsOf(sweep, await findUnreceived(sweep, due));
    await forEachBounded(due, SWEEP_CONCURRENCY, async ({ username, item }) => {
      if (!sweep.run.hasTime()) {
        undone.push(username);
        return;
      }
      const findings = await checkRecord(sweep, username, item, settings);
      if (findings.length > 0) candidates.push({ username, item, findings, seenAtMs: sweep.deps.now() });
    });
    if (undone.length > 0) break;
    // Younger candidates wait while the next page is checked.
    const confirmableMs = sweep.deps.now() - sweep.deps.confirmAfterSeconds * 1000;
    await confirmAndRepair(
      sweep,
      candidates.filter(({ seenAtMs }) => seenAtMs <= confirmableMs),
      undone,
    );
    candidates = candidates.filter(({ seenAtMs }) => seenAtMs > confirmableMs);
  }
  await confirmAndRepair(sweep, candidates, undone);
  const [stoppedAt] = undone.sort(compareUsernames);
  return stoppedAt === undefined ? { referenced } : { referenced, stoppedAt };
}

/** Compares like the table: by UTF-8 bytes. */
export function compareUsernames(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

/** The IAM user that the record has, and the one that is being created for it. */
function iamUsersOf(username: string, item: Item): string[] {
  const { iamUserArn, claim } = readRecord(username, item);
  const names = [iamUserArn === undefined ? undefined : iamUserNameOfArn(iamUserArn), claim?.iamUserName];
  return names.filter((name) => name !== undefined);
}

async function checkRecord(
  sweep: Sweep,
  username: string,
  item: Item,
  settings: DriftSettings,
): Promise<DriftFinding[]> {
  const { deps, tally, scope } = sweep;
  const record = readRecord(username, item);
  const dayMs = deps.reconcileDeps.settings.rotation.daySeconds * 1000;
  try {
    const name = record.iamUserArn === undefined ? undefined : iamUserNameOfArn(record.iamUserArn);
    const ageDays = (deps.now() - record.keyCreatedAtMs) / dayMs;
    const reads = planSweepReads(record, scope, ageDays);
    // Our role may not read another deployment's user. The ARN in the record shows that it is one.
    const isForeign =
      record.iamUserArn !== undefined && !isManagedArn(record.iamUserArn, ownershipOf(deps.reconcileDeps.settings));
    const user =
      name === undefined
        ? undefined
        : isForeign
          ? { attachedPolicies: [] }
          : await deps.inventory.readHoldings(name, reads);
    const presentName = user === undefined ? await findPresentName(sweep, record) : undefined;
    tally.looked += 1;
    measureKeys(sweep, record, user, dayMs);
    return detectDrift(record, user, deps.now(), settings, presentName);
  } catch (error) {
    reportFailedRead(sweep, { username }, error);
    return [];
  }
}

/** What the record's IAM user is called now, if it isn't there under its name and somebody renamed it. */
async function findPresentName({ deps }: Sweep, record: CredentialRecord): Promise<string | undefined> {
  if (record.iamUserArn === undefined) return undefined;
  const name = iamUserNameOfArn(record.iamUserArn);
  for (const accessKeyId of accessKeyIdsOf(record)) {
    const presentName = await deps.inventory.findUserOfKey(accessKeyId);
    if (presentName !== undefined && presentName !== name) return presentName;
  }
  return undefined;
}

/** The patterns of a page that need a receiving rule and have none, in one lookup. */
async function findUnreceived({ deps }: Sweep, page: readonly ListedRecord[]): Promise<Set<string>> {
  const { settings, receivingRules } = deps.reconcileDeps;
  if (settings.receivingRules !== 'require') return new Set();
  const patterns = new Set(page.flatMap((listed) => patternsOf(listed, settings.scope)));
  return new Set(await findPatternsWithoutRule([...patterns], receivingRules, settings.receivingRuleKeys));
}

function patternsOf({ username, item }: ListedRecord, scope: SendingScope): readonly string[] {
  try {
    return readDesiredState(readRecord(username, item), scope).patterns;
  } catch (error) {
    if (error instanceof InvalidRecordError) return []; // detectDrift reports this.
    throw error;
  }
}

function driftSettingsOf({ deps }: Sweep, unreceived: ReadonlySet<string>): DriftSettings {
  const { settings } = deps.reconcileDeps;
  const { scope, rotation, claimLeaseSeconds = CLAIM_LEASE_SECONDS } = settings;
  const hourSeconds = rotation.daySeconds / 24;
  return {
    scope,
    unreceived,
    claimLeaseSeconds,
    propagationSeconds: settings.iamPropagationSeconds ?? IAM_PROPAGATION_SECONDS,
    unverifiedSeconds: hourSeconds,
    permissionsBoundaryArn: deps.permissionsBoundaryArn,
    staleFailureSeconds: 3 * hourSeconds,
    deployment: ownershipOf(settings),
  };
}

function measureKeys(
  { deps, tally }: Sweep,
  record: CredentialRecord,
  user: IamUserSnapshot | undefined,
  dayMs: number,
): void {
  if (user === undefined) return;
  for (const { createdAtMs } of user.keys ?? []) {
    tally.oldestKeyDays = Math.max(tally.oldestKeyDays, Math.floor((deps.now() - createdAtMs) / dayMs));
  }
  const { lastUsedMs } = user;
  if (lastUsedMs === undefined || record.status !== 'active') return;
  if (lastUsedMs === 'never' || deps.now() - lastUsedMs >= UNUSED_DAYS * dayMs) tally.unusedKeys += 1;
}

/** Repairs the candidates whose records have not changed since. */
async function confirmAndRepair(sweep: Sweep, candidates: readonly DriftCandidate[], undone: string[]): Promise<void> {
  await forEachBounded(candidates, SWEEP_CONCURRENCY, async (candidate) => {
    if (!sweep.run.hasTime()) {
      undone.push(candidate.username);
      return;
    }
    await waitBeforeConfirming(sweep, candidate.seenAtMs);
    try {
      const item = await sweep.deps.reconcileDeps.credentials.read(candidate.username);
      if (isDeepStrictEqual(item, candidate.item)) await repairDrift(sweep, candidate);
    } catch (error) {
      // The next sweep retries this one; the others continue.
      reportFailedRead(sweep, { username: candidate.username }, error);
    }
  });
  await sweep.report.publish();
}
