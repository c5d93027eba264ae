import type { ClaimAttribute, CredentialTable, WriteResult } from './credential-table.ts';
import { type DesiredState, readDesiredState, type SendingScope } from './desired-state.ts';
import { InvalidRecordError, SesameError } from './errors.ts';
import { type ExecuteDeps, execute, IamUserExistsError, type Made, type Target } from './execute.ts';
import { buildIamUserName, buildIamUserTags, isOwnIamUser, validateUsername } from './iam-user-name.ts';
import { IamUserMissingError } from './iam-users.ts';
import { type ObservedUser, type Plan, plan, type Transition } from './plan.ts';
import type { ReceivingRuleKeyFormat, ReceivingRulesMode } from './receiving-rules.ts';
import { findPatternsWithoutRule, type ReceivingRules } from './receiving-rules-lookup.ts';
import { type CredentialRecord, type Item, iamUserNameOfArn, readClaim, readRecord } from './record.ts';

/** How long a claim holds. Longer than the function's time-out, so that a holder past it is surely dead. */
export const CLAIM_LEASE_SECONDS = 90;
/** How often one call looks again when somebody changes the record in the meantime. */
const maxLooks = 5;

export interface ReconcileSettings {
  readonly table: string;
  readonly scope: SendingScope;
  readonly receivingRules: ReceivingRulesMode;
  readonly receivingRuleKeys?: ReceivingRuleKeyFormat;
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
  /** IAM users that older images of the record refer to. A hint where to look, never what to do. */
  readonly knownIamUserName?: string;
}

export type Outcome =
  /** IAM is as the record says. */
  | { readonly result: 'settled'; readonly transition: Transition | undefined; readonly warning?: string }
  /** There's no such record. */
  | { readonly result: 'missing' }
  /** The record can't be fulfilled as it is written; it says so itself. */
  | { readonly result: 'invalid'; readonly error: SesameError }
  /** It didn't work this time; the record says why. To be tried again. */
  | { readonly result: 'failed'; readonly error: SesameError }
  /** Somebody else works on it. To be looked at again after the claim's end. */
  | { readonly result: 'busy'; readonly retryAfterSeconds: number };

interface Held {
  readonly by: string;
  readonly iamUserName: string;
  readonly knownBefore: boolean;
}

/**
 * Makes IAM as the record says. Safe to stop after any call and to run again, and to run twice at once: a claim on
 * the record lets one holder work, and every write is refused when the record changed hands or its status changed.
 *
 * @throws SesameError when the table itself can't be reached; everything else is told by the outcome and the record.
 */
export async function reconcile(trigger: Trigger, deps: ReconcileDeps): Promise<Outcome> {
  const claimed = await claim(trigger, deps);
  if ('result' in claimed) return claimed;
  let item = claimed.item;
  let distrust = claimed.takenOver;
  for (let look = 0; look < maxLooks; look += 1) {
    const settled = await settle(item, claimed.held, distrust, trigger, deps);
    if (!('changedItem' in settled)) return settled;
    item = settled.changedItem;
    distrust = true;
  }
  throw new SesameError(
    'RecordKeepsChanging',
    'conflict',
    `The record of ${trigger.username} changed ${maxLooks} times.`,
  );
}

type Claimed = { readonly item: Item; readonly held: Held; readonly takenOver: boolean };

/** One conditional write that claims and reads. Somebody's dead claim is taken over, name and all. */
async function claim(trigger: Trigger, deps: ReconcileDeps): Promise<Claimed | Outcome> {
  const { credentials, settings } = deps;
  const nowMs = deps.now();
  const by = deps.newId();
  const at = new Date(nowMs).toISOString();
  const proposed = trigger.knownIamUserName ?? proposeName(trigger.username, nowMs);
  const attribute: ClaimAttribute = { ...(proposed === undefined ? {} : { iam_user_name: proposed }), at, by };
  const first = await credentials.claim(trigger.username, attribute);
  const knownBefore = trigger.knownIamUserName !== undefined;
  if (first.written) return claimedItem(first.item, by, proposed, knownBefore, false);
  if (first.item === undefined) return { result: 'missing' };

  const previous = readClaim(first.item['claim']);
  // Our own write whose answer was lost: the retry met our own claim.
  if (previous?.by === by) return claimedItem(first.item, by, proposed, knownBefore, false);
  const leaseMs = (settings.claimLeaseSeconds ?? CLAIM_LEASE_SECONDS) * 1000;
  if (previous?.by !== undefined && previous.atMs + leaseMs > nowMs) {
    return { result: 'busy', retryAfterSeconds: Math.ceil((previous.atMs + leaseMs - nowMs) / 1000) };
  }
  const keptName = previous?.iamUserName ?? proposed;
  const takeover: ClaimAttribute = { ...(keptName === undefined ? {} : { iam_user_name: keptName }), at, by };
  const second = await credentials.takeClaim(trigger.username, takeover, first.item['claim'] as Item);
  if (second.written || readClaim(second.item?.['claim'])?.by === by) {
    return claimedItem(second.item as Item, by, keptName, true, true);
  }
  return second.item === undefined ? { result: 'missing' } : { result: 'busy', retryAfterSeconds: leaseMs / 1000 };
}

function claimedItem(item: Item, by: string, proposed: string | undefined, knownBefore: boolean, takenOver: boolean) {
  const arn = item['iam_user_arn'];
  const iamUserName = typeof arn === 'string' && arn !== '' ? iamUserNameOfArn(arn) : (proposed ?? '');
  return { item, held: { by, iamUserName, knownBefore }, takenOver };
}

function proposeName(username: string, nowMs: number): string | undefined {
  try {
    validateUsername(username);
  } catch {
    return undefined; // The strict reading says what is wrong with it.
  }
  return buildIamUserName(username, nowMs);
}

/** One look at the record: plan, execute, write back. `changedItem` when somebody changed it meanwhile. */
async function settle(
  item: Item,
  held: Held,
  distrust: boolean,
  trigger: Trigger,
  deps: ReconcileDeps,
): Promise<Outcome | { changedItem: Item }> {
  const { username } = trigger;
  // Our own claim says nothing about the past; a name that was known before does.
  const record = readRecord(username, {
    ...item,
    claim: held.knownBefore ? { iam_user_name: held.iamUserName } : undefined,
  });
  const target: Target = {
    iamUserName: held.iamUserName,
    username,
    table: deps.settings.table,
    region: deps.settings.scope.region,
    tags: buildIamUserTags({ username, table: deps.settings.table }),
  };
  const made: Made = {};
  let provisions = false;
  try {
    const wishes = await readWishes(record, deps);
    let observed: ObservedUser = { state: 'unknown' };
    for (;;) {
      const next: Plan = plan(record, wishes.desired, observed, distrust);
      if (next.next === 'refuse') throw foreignUser(held.iamUserName);
      if (next.next === 'observe') {
        observed = await observe(target, deps);
        continue;
      }
      provisions = next.provisions;
      try {
        await execute(next.rounds, target, made, deps);
      } catch (error) {
        // What the record told about IAM isn't so: look, and plan with what is really there.
        if (
          observed.state === 'unknown' &&
          (error instanceof IamUserExistsError || error instanceof IamUserMissingError)
        ) {
          provisions = false; // Nothing of what stands there was made by this run.
          observed = await observe(target, deps);
          continue;
        }
        throw error;
      }
      if (observed.state === 'present' && made.iamUserArn === undefined) made.iamUserArn = observed.arn;
      return await writeBack(record, next, wishes, made, held, trigger, deps);
    }
  } catch (error) {
    const problem = toProblem(error);
    const undone = provisions ? await undo(target, deps) : true;
    return recordFailure(record, problem, undone, held, trigger, deps);
  }
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

async function observe(target: Target, deps: ReconcileDeps): Promise<ObservedUser> {
  const user = await deps.iamUsers.findUser(target.iamUserName);
  if (user === undefined) return { state: 'absent' };
  const own = isOwnIamUser(user.tags, { username: target.username, table: target.table });
  const keys = own ? await deps.iamUsers.listAccessKeys(target.iamUserName) : [];
  return { state: 'present', arn: user.arn, own, keys };
}

async function writeBack(
  record: CredentialRecord,
  done: Extract<Plan, { next: 'execute' }>,
  wishes: Wishes,
  made: Made,
  held: Held,
  trigger: Trigger,
  deps: ReconcileDeps,
): Promise<Outcome | { changedItem: Item }> {
  const at = new Date(deps.now()).toISOString();
  const set: Record<string, unknown> = { updated_at: at };
  const remove = ['claim', 'failure'];
  if (done.status === 'active') {
    set['status'] = 'active';
    if (wishes.desired !== undefined) set['policy_digest'] = wishes.desired.policyDigest;
    if (made.accessKey !== undefined) {
      set['iam_user_arn'] = made.iamUserArn ?? record.iamUserArn;
      set['access_key_id'] = made.accessKey.accessKeyId;
      set['encrypted_password'] = made.encryptedPassword;
      remove.push('verified_at');
    }
    if (record.createdAt === undefined) set['created_at'] = at;
    if (record.status === 'pending') remove.push('suspension');
    if (wishes.warning === undefined) remove.push('warning');
    else set['warning'] = wishes.warning;
  }
  const result = await deps.credentials.write(
    trigger.username,
    { set, remove },
    { by: held.by, status: record.rawStatus },
  );
  if (result.written || isOwnWrite(result, set)) {
    return {
      result: 'settled',
      transition: done.transition,
      ...(wishes.warning === undefined ? {} : { warning: wishes.warning }),
    };
  }
  if (done.provisions) await undoLostProvision(result.item, held, made, deps);
  return lostOrChanged(result, held, deps);
}

/** The write took effect although its answer was lost: the record holds exactly what we wrote. */
function isOwnWrite(result: WriteResult, set: Readonly<Record<string, unknown>>): boolean {
  const { item } = result;
  return (
    item !== undefined && item['claim'] === undefined && Object.entries(set).every(([name, v]) => item[name] === v)
  );
}

/** The record was deleted, changed or taken while a key was made: that key must not survive. */
async function undoLostProvision(item: Item | undefined, held: Held, made: Made, deps: ReconcileDeps): Promise<void> {
  const stillOurs = item === undefined || readClaim(item['claim'])?.by === held.by;
  const target = { iamUserName: held.iamUserName };
  if (stillOurs) {
    await undo(target, deps);
    return;
  }
  // Somebody else works on the same IAM user by now: only the key that nobody else knows goes.
  if (made.accessKey !== undefined) {
    await deps.iamUsers.deleteAccessKey(held.iamUserName, made.accessKey.accessKeyId).catch(ignoreMissing);
  }
}

function lostOrChanged(result: WriteResult, held: Held, deps: ReconcileDeps): Outcome | { changedItem: Item } {
  if (result.item === undefined) return { result: 'missing' };
  if (readClaim(result.item['claim'])?.by === held.by) return { changedItem: result.item };
  return { result: 'busy', retryAfterSeconds: deps.settings.claimLeaseSeconds ?? CLAIM_LEASE_SECONDS };
}

/** Undoes a provision in reverse: keys, policies, user. Returns whether all of it is surely gone. */
async function undo(target: { iamUserName: string }, deps: ReconcileDeps): Promise<boolean> {
  try {
    // Listed and not remembered: a key whose creation's answer was lost exists all the same.
    const keys = await deps.iamUsers.listAccessKeys(target.iamUserName);
    await Promise.all(keys.map((key) => deps.iamUsers.deleteAccessKey(target.iamUserName, key.accessKeyId)));
    await deps.iamUsers.deleteUser(target.iamUserName);
    return true;
  } catch (error) {
    return error instanceof IamUserMissingError;
  }
}

async function recordFailure(
  record: CredentialRecord,
  problem: SesameError,
  undone: boolean,
  held: Held,
  trigger: Trigger,
  deps: ReconcileDeps,
): Promise<Outcome | { changedItem: Item }> {
  const at = new Date(deps.now()).toISOString();
  const set: Record<string, unknown> = {
    updated_at: at,
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
  if (!undone) set['claim'] = { iam_user_name: held.iamUserName, at };
  const result = await deps.credentials.write(
    trigger.username,
    // After a failure nobody knows what IAM holds: without its digest the policy is put again at the next try.
    { set, remove: [...(undone ? ['claim'] : []), ...(problem.kind === 'permanent' ? [] : ['policy_digest'])] },
    { by: held.by, status: record.rawStatus },
  );
  if (!result.written && result.item?.['updated_at'] !== at) return lostOrChanged(result, held, deps);
  return { result: problem.kind === 'permanent' ? 'invalid' : 'failed', error: problem };
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

function ignoreMissing(error: unknown): void {
  if (!(error instanceof IamUserMissingError)) throw error;
}
