import type { Item } from '../../src/credential/credential-table.ts';
import { SesameError } from '../../src/credential/errors.ts';
import type { Outcome, ReconcileDeps, Trigger } from '../../src/credential/reconcile/contract.ts';
import { reconcile } from '../../src/credential/reconcile/reconcile.ts';
import { triggerOfChange } from '../../src/credential/reconcile/triggers.ts';
import { readDesiredState } from '../../src/credential/record/desired-state.ts';
import { readClaim, readRecord } from '../../src/credential/record/record.ts';
import { rotationTimes } from '../../src/credential/record/rotation.ts';
import { FakeCloud, type FakeConnection, type FakeUser } from '../support/fake-cloud.ts';
import { checkOutcome, checkWrite, watchInvariants } from './invariants.ts';

export const table = 'mail';
export const scope = { partition: 'aws', region: 'eu-west-1', accountId: '123456789012', configurationSet: 'smtp' };

/** A function's timeout: older runs have been killed. A claim is valid longer than that. */
const functionTimeoutMs = 60_000;
/** The rotator may run longer than a claim is valid. */
export const rotatorTimeoutMs = 900_000;
/** The longest time of a call, after which its client gives up. */
const longestCallMs = 25_000;
const leaseMs = 90_000;

type Due = Omit<Trigger, 'correlationId'>;

interface Run {
  readonly due: Due;
  readonly connection: FakeConnection;
  /** The holder's name in claims. */
  readonly by: string;
  readonly startedMs: number;
  readonly timeoutMs: number;
}

/** An account with the table's stream, and the functions that run on its triggers. */
export class CredentialWorld {
  readonly cloud = new FakeCloud();
  /** Queued triggers: stream records and dead letters. */
  readonly queue: Due[] = [];
  readonly running = new Set<Run>();
  /** Whether something happened without a trigger, so that only a sweep finds it. */
  needsSweep = false;
  /** Invariants that were broken. */
  readonly violations: string[] = [];
  /** Usernames whose record or IAM user was changed by hand since the system was last idle, so that a run may have read old data. */
  readonly disturbed = new Set<string>();
  /** Keys that were deleted by hand, or that never existed. */
  readonly deletedByHand = new Set(['AKIAWRITTENBYHAND']);
  nowMs = 1_764_000_000_000;
  #ids = 0;

  constructor() {
    this.cloud.now = () => this.nowMs;
    watchInvariants(this);
    this.cloud.onChange = (username, before, after) => {
      checkWrite(this, username, before, after);
      const trigger = triggerOfChange(username, before, after);
      if (trigger !== undefined) this.queue.push(trigger);
    };
  }

  #deps({ connection, by }: Run): ReconcileDeps {
    return {
      credentials: connection.credentials,
      iamUsers: connection.iamUsers,
      encryption: connection.encryption,
      receivingRules: { findRules: async () => new Map() },
      settings: {
        table,
        scope,
        receivingRules: 'ignore',
        rotation: rotationTimes(),
        claimLeaseSeconds: leaseMs / 1000,
      },
      now: () => {
        this.nowMs += 1;
        return this.nowMs;
      },
      newId: () => by,
      sleep: async () => {},
    };
  }

  /** Starts a function for a trigger, as its own process. Unfinished work is triggered again. */
  start(due: Due, timeoutMs = functionTimeoutMs): Promise<void> {
    this.#ids += 1;
    const connection = this.cloud.connect();
    const run: Run = { due, connection, by: `run-${this.#ids}`, startedMs: this.nowMs, timeoutMs };
    this.running.add(run);
    return reconcile({ ...due, correlationId: 'event' }, this.#deps(run))
      .catch((error: unknown): Outcome => {
        if (!run.connection.isDead && !(error instanceof SesameError)) throw error;
        return { result: 'failed', error: new SesameError('Died', 'retryable', 'It ended early.') };
      })
      .then((outcome) => {
        if (run.connection.isDead) this.#leaveBehind(run);
        checkOutcome(this, due.username, outcome);
        // If the process was killed in the meantime, its trigger is already back in the queue.
        if (!this.running.delete(run)) return;
        if (outcome.result === 'failed' || outcome.result === 'busy') this.queue.push(due);
      });
  }

  /** A process that dies after the record was replaced may leave an IAM user that no record names. */
  #leaveBehind({ due, by, connection }: Run): void {
    const mayHaveMade = connection.called.has('CreateUser') || connection.called.has('CreateAccessKey');
    if (mayHaveMade && readClaim(this.cloud.items.get(due.username)?.['claim'])?.by !== by) this.needsSweep = true;
  }

  kill(run: Run): void {
    run.connection.isDead = true;
    this.#leaveBehind(run);
    if (this.running.delete(run)) this.queue.push(run.due);
  }

  /** Records a successful login with the current key. */
  verify(username: string): void {
    const item = this.cloud.items.get(username);
    if (item?.['access_key_id'] === undefined) return;
    this.cloud.put(username, { ...item, verified_at: new Date(this.nowMs).toISOString() });
  }

  pass(ms: number): void {
    this.nowMs += ms;
    for (const run of [...this.running]) {
      if (run.startedMs + run.timeoutMs <= this.nowMs) this.kill(run);
      else if (ms > longestCallMs) run.connection.giveUpCall();
    }
  }

  /** Makes IAM's reads lag by these numbers of calls, in turn. */
  lag(lags: readonly number[]): void {
    let reads = 0;
    this.cloud.lag = () => lags[reads++ % lags.length] ?? 0;
  }

  /** Runs all functions one after the other until no work is left. Time passes, and nothing fails. */
  async calmDown(): Promise<void> {
    for (const run of [...this.running]) this.kill(run);
    this.lag([0]);
    await this.#work();
    if (this.needsSweep) {
      for (const username of this.cloud.items.keys()) this.queue.push({ username, forceResync: true });
      for (const [name, user] of this.cloud.users) {
        const username = usernameOfTags(user);
        if (username !== undefined) this.queue.push({ username, supersededIamUserName: name });
      }
      this.needsSweep = false;
      await this.#work();
    }
    // The rotator runs twice: the end of one rotation may leave room for another one that somebody asked for meanwhile.
    for (let run = 0; run < 2; run += 1) {
      for (const username of this.cloud.items.keys()) this.queue.push({ username });
      await this.#work();
    }
    this.disturbed.clear();
  }

  async #work(): Promise<void> {
    for (let round = 0; this.queue.length > 0; round += 1) {
      if (round > 20) throw new Error(`The system never becomes idle: ${JSON.stringify([...this.cloud.items])}`);
      this.pass(leaseMs + 1000);
      for (const due of this.queue.splice(0)) await this.start(due);
    }
  }

  usersOf(username: string): FakeUser[] {
    return [...this.cloud.users.values()].filter((user) => usernameOfTags(user) === username);
  }

  desiredPolicy(username: string, item: Item): string {
    return readDesiredState(readRecord(username, item), scope).policy.document;
  }
}

/** The username in our tags; undefined for a foreign user. */
export function usernameOfTags({ tags }: FakeUser): string | undefined {
  const value = (name: string) => tags.find(({ Key }) => Key === name)?.Value;
  return value('sesame:table') === `${scope.region}/${table}` ? value('sesame:username') : undefined;
}
