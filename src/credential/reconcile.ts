import { claimRecord } from './claim.ts';
import { removeLeftovers, removeStray, undo } from './clean-up.ts';
import type { CredentialTable } from './credential-table.ts';
import type { SendingScope } from './desired-state.ts';
import { InvalidRecordError, SesameError } from './errors.ts';
import { type ExecuteDeps, execute, IamUserExistsError } from './execute.ts';
import { IamUserMissingError } from './iam-users.ts';
import { addLeftOver, type LeftOver } from './left-over.ts';
import { observeUser } from './observe-user.ts';
import { type ExecutePlan, type ObservedUser, plan } from './plan.ts';
import type { ReceivingRuleKeyFormat, ReceivingRules, ReceivingRulesMode } from './receiving-rules.ts';
import type { Item } from './record.ts';
import type { RotationTimes } from './rotation.ts';
import { createRun, type Run } from './run.ts';
import type { Transition } from './transition.ts';
import { readWishes, type Wishes } from './wishes.ts';
import { recordFailure, type Written, writeBack } from './write-back.ts';

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
  /** The same whenever the same trigger comes again. */
  readonly correlationId: string;
  /** Another try of a trigger whose failure was told already. */
  readonly isRetry?: boolean;
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
      /** An earlier run made the transition for the same trigger, and may not have told. */
      readonly isRepeat?: true;
      readonly warning?: string;
    }
  /** There's no such record; what was left of it in IAM is gone. */
  | { readonly result: 'missing'; readonly deletedIamUserName?: string; readonly isRepeat?: true }
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
    return { ...claimed, ...(await removeStray(trigger, undefined, deps)) };
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
  throw new SesameError(
    'RecordKeepsChanging',
    'conflict',
    `The record of ${trigger.username} keeps changing. It is tried again by itself.`,
  );
}

/** Plans, executes, writes back. `changedItem` when somebody changed the record meanwhile. */
async function settle(run: Run, distrust: boolean): Promise<Written> {
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
  let cleaned: { readonly leftOver: LeftOver | undefined } | undefined;
  try {
    await removeStray(run.trigger, target.iamUserName, deps);
    const wishes = await readWishes(record, deps).catch(async (error: unknown) => {
      // Nothing can be made of it, but what was left half done must go all the same.
      if (distrust && error instanceof InvalidRecordError) cleaned = { leftOver: await removeLeftovers(run) };
      throw error;
    });
    let observed: ObservedUser = { state: 'unknown' };
    for (;;) {
      const next = plan({
        record,
        desired: wishes.desired,
        observed,
        suspension: wishes.suspension,
        distrust,
        nowMs: deps.now(),
        rotation: deps.settings.rotation,
      });
      if (next.next === 'refuse') throw foreignUser(target.iamUserName);
      if (next.next === 'observe') {
        observed = await observeUser(run, next.what);
        continue;
      }
      provisions = next.provisions;
      try {
        await execute(next.rounds, target, made, deps, () => checkClaim(run));
      } catch (error) {
        if (observed.state !== 'unknown' || !tellsOfIam(error)) throw error;
        // What the record told about IAM isn't so: look, and plan with what is really there.
        provisions = undefined;
        observed = await observeUser(run, 'user');
        continue;
      }
      if (observed.state === 'present') made.iamUserArn ??= observed.arn;
      return { done: next, wishes };
    }
  } catch (error) {
    const problem = toProblem(error);
    if (provisions !== undefined) cleaned = { leftOver: await undo(run, provisions) };
    if (cleaned !== undefined) return endUndone(problem, cleaned.leftOver);
    // A half-done user that was only looked for: without its kept name nobody would find it again.
    const isNameNeeded = run.held.knownBefore && record.iamUserArn === undefined && problem.kind !== 'permanent';
    return { problem, undone: !isNameNeeded };
  }
}

function endUndone(problem: SesameError, leftOver: LeftOver | undefined): Work {
  return leftOver === undefined
    ? { problem, undone: true }
    : { problem: addLeftOver(problem, leftOver), undone: false };
}

/** A call that hung may outlast the claim; by then the record may say something else, and somebody else may have done it. */
function checkClaim({ held, deps }: Run): void {
  if (deps.now() < held.untilMs) return;
  throw new SesameError(
    'ClaimOver',
    'conflict',
    'The work took longer than the claim on the record holds. It is tried again by itself.',
  );
}

function tellsOfIam(error: unknown): boolean {
  return error instanceof IamUserExistsError || error instanceof IamUserMissingError;
}

function toProblem(error: unknown): SesameError {
  if (error instanceof SesameError) return error;
  if (error instanceof IamUserMissingError) {
    return new SesameError('IamUserMissing', 'retryable', `${error.message} It is looked up again at the next try.`);
  }
  const name = error instanceof Error ? error.name : typeof error;
  return new SesameError(
    'UnexpectedError',
    'retryable',
    `An unexpected ${name} ended the work. It is tried again by itself; if that doesn't help, report it with its log line.`,
    { cause: error },
  );
}

function foreignUser(name: string): SesameError {
  return new SesameError(
    'IamUserNotOwned',
    'permanent',
    `iam_user_arn: the IAM user ${name} doesn't carry this table's tags, so it is left alone. ` +
      'Remove iam_user_arn, access_key_id and encrypted_password from the record and set status to "pending" for a new user.',
  );
}
