import type { CredentialEvent } from '../../src/credential/credential-event.ts';
import type { ReconcileSettings } from '../../src/credential/reconcile/contract.ts';
import { rotationTimes } from '../../src/credential/record/rotation.ts';
import type { DeadLetter, DeadLetterQueue } from '../../src/dead-letter/dead-letter.ts';
import type { ReconcilingDeps } from '../../src/functions/runtime/wire-reconciling.ts';
import { FakeCloud } from './fake-cloud.ts';

/** A function's dependencies in memory, with a clock that only the test advances. */
export interface FakeReconciling {
  readonly cloud: FakeCloud;
  readonly clock: { nowMs: number };
  readonly deps: ReconcilingDeps & { readonly deadLetters: DeadLetterQueue };
  /** Everything that was sent to the dead-letter queue, in order. */
  readonly deadLetters: DeadLetter[];
  /** The delay of each of them, in seconds. */
  readonly deadLetterDelays: number[];
  /** What fails at present. */
  readonly broken: { events: boolean; deadLetters: boolean };
  /** Everything that was published, in order. */
  readonly events: CredentialEvent[];
  /** The codes of all log lines. */
  readonly logged: string[];
  /** The sum of all values, by metric name. */
  readonly counted: Map<string, number>;
}

export function createFakeReconciling(settings: Partial<ReconcileSettings> = {}): FakeReconciling {
  const cloud = new FakeCloud();
  const clock = { nowMs: 1_764_000_000_000 };
  cloud.now = () => clock.nowMs;
  const events: CredentialEvent[] = [];
  const logged: string[] = [];
  const counted = new Map<string, number>();
  let ids = 0;
  const deadLetters: DeadLetter[] = [];
  const deadLetterDelays: number[] = [];
  const broken = { events: false, deadLetters: false };
  const deps: FakeReconciling['deps'] = {
    deadLetters: {
      send: (deadLetter, delaySeconds = 0) => {
        if (broken.deadLetters) return Promise.reject(new Error('no queue'));
        deadLetters.push(deadLetter);
        deadLetterDelays.push(delaySeconds);
        return Promise.resolve();
      },
    },
    reconcileDeps: {
      credentials: cloud.credentials,
      iamUsers: cloud.iamUsers,
      encryption: cloud.encryption,
      receivingRules: { findRules: () => Promise.resolve(new Map()) },
      settings: {
        table: 'mail',
        scope: { partition: 'aws', region: 'eu-west-1', accountId: '123456789012', configurationSet: 'smtp' },
        receivingRules: 'ignore',
        rotation: rotationTimes(),
        ...settings,
      },
      now: () => clock.nowMs,
      newId: () => `run-${++ids}`,
      sleep: () => Promise.resolve(),
    },
    events: {
      publish: (batch) => {
        if (broken.events) return Promise.reject(new Error('no bus'));
        events.push(...batch);
        return Promise.resolve();
      },
    },
    observability: {
      log: (_level, { code }) => logged.push(code),
      count: ({ name }, value = 1) => counted.set(name, (counted.get(name) ?? 0) + value),
      flush: () => {},
    },
    tracing: { watch: () => {}, run: (work) => work() },
    now: () => clock.nowMs,
  };
  return { cloud, clock, deps, events, deadLetters, deadLetterDelays, broken, logged, counted };
}
