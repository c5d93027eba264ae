import { CLAIM_LEASE_SECONDS, claimRecord, type Held, ownName } from './claim.ts';
import type { CredentialTable, WriteResult } from './credential-table.ts';
import { type DesiredState, readDesiredState, type SendingScope } from './desired-state.ts';
import { InvalidRecordError, SesameError } from './errors.ts';
import { type ExecuteDeps, execute, IamUserExistsError, type Made, type Target } from './execute.ts';
import { buildIamUserTags, isOwnIamUser } from './iam-user-name.ts';
import { IamUserMissingError } from './iam-users.ts';
import { type ExecutePlan, type ObservedUser, plan, type Transition } from './plan.ts';
import {
  findPatternsWithoutRule,
  type ReceivingRuleKeyFormat,
  type ReceivingRules,
  type ReceivingRulesMode,
} from './receiving-rules.ts';
import { type CredentialRecord, type Item, iamUserNameOfArn, readClaim, readRecord } from './record.ts';
import { buildRecordChange } from './record-write.ts';
import type { RotationTimes } from './rotation.ts';
import { undoProvision, undoSecondKey } from './undo-provision.ts';

/** How often one call looks again when somebody changes the record in the meantime. */
const maxLooks = 5;

export interface ReconcileSettings {
  readonly table: string;
  readonly scope: SendingScope;
  readonly receivingRules: ReceivingRulesMode;
  readonly receivingRuleKeys?: ReceivingRuleKeyFormat;
  readonly rotation: RotationTimes;
  readonly claimLeaseSeconds?: number;
}

export interface ReconcileDeps extends ExecuteDeps {
  readonly credentials: CredentialTable;
  readonly receivingRules: ReceivingRules;
  readonly settings: ReconcileSettings;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Unique for every call: names the holder of a claim. */
  readonly newId: () => string;
}

export interface Trigger {
  readonly username: string;
  readonly correlationId: string;
  /**
   * An IAM user that an older image of the record refers to. Unless the record still does, it goes: the record was
   * deleted, or replaced as a whole. A hint where to look; its name and its tags must prove that it is this username's.
   */
  readonly strayIamUserName?: string;
  /** Somebody saw that IAM differs from the record: everything is made anew. */
  readonly distrust?: boolean;
}

export type Outcome =
  /** IAM is as the record says. */
  | {
      readonly result: 'settled';
      readonly transition: Transition | undefined;
      readonly item: Item;
      readonly warning?: string;
    }
  /** There's no such record; what was left of it in IAM is gone. */
  | { readonly result: 'missing'; readonly deletedIamUserName?: string }
  /** The record can't be fulfilled as it is written; it says so itself. */
  | { readonly result: 'invalid'; readonly error: SesameError; readonly isNews?: boolean }
  /** It didn't work this time; the record says why. To be tried again. */
  | { readonly result: 'failed'; readonly error: SesameError; readonly isNews?: boolean }
  /** Somebody else works on it. To be looked at again after the claim's end. */
  | { readonly result: 'busy'; readonly retryAfterSeconds: number };

/**
 * Makes IAM as the record says. Safe to stop after any call and to run again, and to run twice at once: a claim on
 * the record lets one holder work, and every write is refused when the record changed hands or its status changed.
 *
 * @throws SesameError when the table itself can't be reached; everything else is told by the outcome and the record.
 */
export async function reconcile(trigger: Trigger, deps: ReconcileDeps): Promise<Outcome> {
  const claimed = await claimRecord(trigger, deps);
  if ('result' in claimed) {
    if (claimed.result !== 'missing') return claimed;
    const deletedIamUserName = await removeStray(trigger, undefined, deps);
    return deletedIamUserName === undefined ? claimed : { ...claimed, deletedIamUserName };
  }
  let { item } = claimed;
  let distrust = claimed.takenOver || trigger.distrust === true;
  for (let look = 0; look < maxLooks; look += 1) {
    const run = createRun(item, claimed.held, trigger, deps);
    const settled = await settle(run, distrust);
    if (!('changedItem' in settled)) return settled;
    item = settled.changedItem;
    distrust = true;
  }
  throw new SesameError('RecordKeepsChanging', 'conflict', `The record of ${trigger.username} keeps changing.`);
}

/** One look at a claimed record, with all that the work on it needs. */
interface Run {
  readonly record: CredentialRecord;
  readonly held: Held;
  readonly target: Target;
  readonly made: Made;
  readonly trigger: Trigger;
  readonly deps: ReconcileDeps;
}

function createRun(item: Item, held: Held, trigger: Trigger, deps: ReconcileDeps): Run {
  const { username } = trigger;
  // Our own claim says nothing about the past; a name that was known before does.
  const claim = held.knownBefore ? { iam_user_name: held.proposedName } : undefined;
  const record = readRecord(username, { ...item, claim });
  const { table, scope } = deps.settings;
  const target: Target = {
    iamUserName: record.iamUserArn === undefined ? held.proposedName : iamUserNameOfArn(record.iamUserArn),
    username,
    table,
    region: scope.region,
    tags: buildIamUserTags({ username, table }),
  };
  return { record, held, target, made: {}, trigger, deps };
}

/** Plans, executes, writes back. `changedItem` when somebody changed the record meanwhile. */
async function settle(run: Run, distrust: boolean): Promise<Outcome | { changedItem: Item }> {
  const work = await doWork(run, distrust);
  // Outside of any undoing: when a write's answer is lost, what was made may be on the record already. The claim stays
  // then, and whoever takes it over sees how it ended.
  return 'problem' in work ? recordFailure(run, work.problem, work.undone) : writeBack(run, work.done, work.wishes);
}

type Work =
  | { readonly done: ExecutePlan; readonly wishes: Wishes }
  | { readonly problem: SesameError; readonly undone: boolean };

async function doWork(run: Run, distrust: boolean): Promise<Work> {
  const { record, target, made, deps } = run;
  let provisions: ExecutePlan['provisions'];
  let hasCleaned: boolean | undefined;
  try {
    await removeStray(run.trigger, target.iamUserName, deps);
    const wishes = await readWishes(record, deps).catch(async (error: unknown) => {
      // Nothing can be made of it, but what was left half done must go all the same.
      if (distrust && error instanceof InvalidRecordError) hasCleaned = await removeLeftovers(run);
      throw error;
    });
    let observed: ObservedUser = { state: 'unknown' };
    for (;;) {
      const next = plan({
        record,
        desired: wishes.desired,
        observed,
        distrust,
        nowMs: deps.now(),
        rotation: deps.settings.rotation,
      });
      if (next.next === 'refuse') throw foreignUser(target.iamUserName);
      if (next.next === 'observe') {
        observed = await observe(run, next.what);
        continue;
      }
      provisions = next.provisions;
      try {
        await execute(next.rounds, target, made, deps);
      } catch (error) {
        if (observed.state !== 'unknown' || !tellsOfIam(error)) throw error;
        // What the record told about IAM isn't so: look, and plan with what is really there.
        provisions = undefined;
        observed = await observe(run, 'user');
        continue;
      }
      if (observed.state === 'present') made.iamUserArn ??= observed.arn;
      return { done: next, wishes };
    }
  } catch (error) {
    const problem = toProblem(error);
    if (provisions !== undefined) return { problem, undone: await undo(run, provisions) };
    // A half-done user that was only looked for: without its kept name nobody would find it again.
    const isNameNeeded = run.held.knownBefore && record.iamUserArn === undefined && problem.kind !== 'permanent';
    return { problem, undone: hasCleaned ?? !isNameNeeded };
  }
}

function tellsOfIam(error: unknown): boolean {
  return error instanceof IamUserExistsError || error instanceof IamUserMissingError;
}

/** Deletes an IAM user that the record no longer refers to, when its tags prove that it is this username's. */
async function removeStray(
  trigger: Trigger,
  currentName: string | undefined,
  deps: ReconcileDeps,
): Promise<string | undefined> {
  const { username } = trigger;
  const stray = ownName(username, trigger.strayIamUserName);
  if (stray === undefined || stray === currentName) return undefined;
  const user = await deps.iamUsers.findUser(stray);
  if (user === undefined || !isOwnIamUser(user.tags, { username, table: deps.settings.table })) return undefined;
  if (!(await undoProvision(stray, deps.iamUsers))) {
    throw new SesameError('IamUserLeftOver', 'retryable', `The IAM user ${stray} could not be deleted completely.`);
  }
  return stray;
}

interface Wishes {
  readonly desired: DesiredState | undefined;
  readonly warning: string | undefined;
}

async function readWishes(record: CredentialRecord, deps: ReconcileDeps): Promise<Wishes> {
  // Disabling works whatever else stands on the record.
  if (record.status === 'disabled') return { desired: undefined, warning: undefined };
  const desired = readDesiredState(record, deps.settings.scope);
  const mode = deps.settings.receivingRules;
  if (mode === 'ignore') return { desired, warning: undefined };
  const unreceived = await findPatternsWithoutRule(
    desired.patterns,
    deps.receivingRules,
    deps.settings.receivingRuleKeys,
  );
  if (unreceived.length === 0) return { desired, warning: undefined };
  const message =
    `allowed_from_addresses: no enabled receiving rule covers ${unreceived.slice(0, 5).join(', ')}` +
    `${unreceived.length > 5 ? ` and ${unreceived.length - 5} more` : ''}: replies would bounce. ` +
    'Add a rule to the table, or remove the pattern.';
  if (mode === 'require') throw new InvalidRecordError('ReceivingRuleMissing', message);
  return { desired, warning: message };
}

async function observe(run: Run, what: 'user' | 'last-use'): Promise<ObservedUser> {
  const { iamUsers } = run.deps;
  const name = run.target.iamUserName;
  const user = await iamUsers.findUser(name);
  if (user === undefined) return { state: 'absent' };
  if (!isOwnIamUser(user.tags, run.target)) {
    return { state: 'present', arn: user.arn, own: false, keys: [], quarantined: false };
  }
  const previous = run.record.previousKey;
  const [keys, quarantined, previousKeyUsedMs] = await Promise.all([
    iamUsers.listAccessKeys(name),
    iamUsers.isQuarantined(name),
    what === 'last-use' && previous !== undefined ? iamUsers.lastUsedMs(previous.accessKeyId) : undefined,
  ]);
  const present = { state: 'present', arn: user.arn, own: true, keys, quarantined } as const;
  return previousKeyUsedMs === undefined ? present : { ...present, previousKeyUsedMs };
}

/** Undoes what a run made. A second key goes alone; the user and the first key stay. */
function undo(run: Run, provisions: 'user' | 'key'): Promise<boolean> {
  const { iamUsers } = run.deps;
  const name = run.target.iamUserName;
  return provisions === 'user' ? undoProvision(name, iamUsers) : undoSecondKey(name, run.record.accessKeyId, iamUsers);
}

/** A record that can't be fulfilled keeps what it has; what it doesn't know of goes. Returns whether it's surely gone. */
async function removeLeftovers(run: Run): Promise<boolean> {
  const { record, target } = run;
  const observed = await observe(run, 'user').catch(() => undefined);
  if (observed?.state !== 'present') return observed !== undefined;
  if (!observed.own) return true;
  if (record.iamUserArn === undefined) return undo(run, 'user');
  const known = [record.accessKeyId, record.previousKey?.accessKeyId];
  const unknown = observed.keys.filter(({ accessKeyId }) => !known.includes(accessKeyId));
  await Promise.all(unknown.map((key) => run.deps.iamUsers.deleteAccessKey(target.iamUserName, key.accessKeyId)));
  return true;
}

/** The record was deleted, changed or taken while a key was made: that key must not survive. */
async function undoLost(run: Run, provisions: 'user' | 'key', item: Item | undefined): Promise<void> {
  const { held, target, made, deps } = run;
  const name = target.iamUserName;
  const claim = readClaim(item?.['claim']);
  if (item !== undefined && claim?.by === held.by) {
    await undo(run, provisions);
  } else if (provisions === 'user' && (item === undefined || !refersTo(item, name))) {
    await undo(run, 'user');
  } else if (made.accessKeyId !== undefined) {
    // Somebody else works on the same IAM user by now: only the key that nobody else knows goes.
    await deps.iamUsers.deleteAccessKey(name, made.accessKeyId);
  }
}

function refersTo(item: Item, iamUserName: string): boolean {
  const arn = item['iam_user_arn'];
  return (
    readClaim(item['claim'])?.iamUserName === iamUserName ||
    (typeof arn === 'string' && iamUserNameOfArn(arn) === iamUserName)
  );
}

async function writeBack(run: Run, done: ExecutePlan, wishes: Wishes): Promise<Outcome | { changedItem: Item }> {
  const { record, held, made, trigger, deps } = run;
  const change = buildRecordChange({
    record,
    done,
    made,
    nowMs: deps.now(),
    by: held.by,
    ...(wishes.desired === undefined ? {} : { policyDigest: wishes.desired.policyDigest }),
    warning: wishes.warning,
    graceSeconds: deps.settings.rotation.graceSeconds,
  });
  const result = await deps.credentials.write(trigger.username, change, { by: held.by, status: record.rawStatus });
  if (result.item !== undefined && (result.written || isOwnWrite(result, change.set))) {
    return {
      result: 'settled',
      transition: done.transition,
      item: result.item,
      ...(wishes.warning === undefined ? {} : { warning: wishes.warning }),
    };
  }
  if (done.provisions !== undefined) await undoLost(run, done.provisions, result.item);
  return lostOrChanged(result, held, deps);
}

/** The write took effect although its answer was lost: the record holds exactly what we wrote. */
function isOwnWrite(result: WriteResult, set: Readonly<Record<string, unknown>>): boolean {
  const { item } = result;
  return (
    item !== undefined &&
    item['claim'] === undefined &&
    Object.entries(set).every(([name, value]) => JSON.stringify(item[name]) === JSON.stringify(value))
  );
}

function lostOrChanged(result: WriteResult, held: Held, deps: ReconcileDeps): Outcome | { changedItem: Item } {
  if (result.item === undefined) return { result: 'missing' };
  if (readClaim(result.item['claim'])?.by === held.by) return { changedItem: result.item };
  return { result: 'busy', retryAfterSeconds: deps.settings.claimLeaseSeconds ?? CLAIM_LEASE_SECONDS };
}

async function recordFailure(
  run: Run,
  problem: SesameError,
  undone: boolean,
): Promise<Outcome | { changedItem: Item }> {
  const { record, held, trigger, deps } = run;
  const at = new Date(deps.now()).toISOString();
  const set: Record<string, unknown> = {
    updated_at: at,
    updated_by: held.by,
    failure: {
      code: problem.code,
      message: problem.message,
      at,
      attempts: (record.status === 'failed' ? record.failureAttempts : 0) + 1,
      correlation_id: trigger.correlationId,
    },
  };
  // A disabled record stays disabled: that is what the administrator wants, whether or not it worked yet.
  if (record.status !== 'disabled') set['status'] = 'failed';
  // An IAM user that may be left over keeps its name on the record, so that the next try finds it.
  if (!undone) set['claim'] = { iam_user_name: run.target.iamUserName, at };
  const result = await deps.credentials.write(
    trigger.username,
    // After a failure nobody knows what IAM holds: without its digest the policy is put again at the next try.
    { set, remove: [...(undone ? ['claim'] : []), ...(problem.kind === 'permanent' ? [] : ['policy_digest'])] },
    { by: held.by, status: record.rawStatus },
  );
  if (!result.written && result.item?.['updated_by'] !== held.by) return lostOrChanged(result, held, deps);
  // The same failure again, at another try, is no news to anybody.
  const isNews = record.status !== 'failed' || record.failureCode !== problem.code;
  return { result: problem.kind === 'permanent' ? 'invalid' : 'failed', error: problem, isNews };
}

function toProblem(error: unknown): SesameError {
  if (error instanceof SesameError) return error;
  if (error instanceof IamUserMissingError) {
    return new SesameError('IamUserMissing', 'retryable', `${error.message} It is looked up again at the next try.`);
  }
  const name = error instanceof Error ? error.name : typeof error;
  return new SesameError('UnexpectedError', 'retryable', `An unexpected ${name} ended the work.`, { cause: error });
}

function foreignUser(name: string): SesameError {
  return new SesameError(
    'IamUserNotOwned',
    'permanent',
    `iam_user_arn: the IAM user ${name} doesn't carry this table's tags, so it is left alone. ` +
      'Remove iam_user_arn, access_key_id and encrypted_password from the record and set status to "pending" for a new user.',
  );
}
