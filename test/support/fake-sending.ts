import type { SQSEvent } from 'aws-lambda';
import { createAlertNotifier } from '../../src/admin/alert-notifier.ts';
import { createCachedCredentials } from '../../src/admin/cached-credentials.ts';
import type { CredentialEvent } from '../../src/credential/credential-event.ts';
import type { ParkedMessage } from '../../src/dead-letter/parked-message.ts';
import type { SendingDeps } from '../../src/functions/runtime/wire-mail-events.ts';
import type { AlertMessage, DueExpiry } from '../../src/mail-events/stores.ts';
import { FakeCloud } from './fake-cloud.ts';
import { createFakeMailStores } from './fake-mail-stores.ts';

/** The dependencies of both functions in memory, and everything that they did. */
export interface FakeSending {
  readonly cloud: FakeCloud;
  readonly deps: SendingDeps;
  readonly alerts: AlertMessage[];
  readonly events: CredentialEvent[];
  readonly parked: ParkedMessage[];
  readonly logs: { level: string; code: string; details: Readonly<Record<string, unknown>> }[];
  readonly metrics: Map<string, number>;
  /** The expiries of suspensions, by time and username. */
  readonly expiries: Map<string, DueExpiry>;
  /** The reads of the table. */
  readonly reads: string[];
  /** What fails at present. */
  readonly broken: { feedbackCounter: boolean; alerts: boolean; parking: boolean; events: boolean };
  clock: { nowMs: number };
}

/** Makes the dependencies. Records are cached for a minute. */
export function createFakeSending(nowMs: number): FakeSending {
  const cloud = new FakeCloud();
  const clock = { nowMs };
  const now = () => clock.nowMs;
  const stores = createFakeMailStores(now);
  const fake = {
    cloud,
    clock,
    alerts: [] as AlertMessage[],
    events: [] as CredentialEvent[],
    parked: [] as ParkedMessage[],
    logs: [] as FakeSending['logs'],
    metrics: new Map<string, number>(),
    expiries: stores.allExpiries,
    reads: [] as string[],
    broken: { feedbackCounter: false, alerts: false, parking: false, events: false },
  };
  const observability: SendingDeps['observability'] = {
    log: (level, { code }, details) => fake.logs.push({ level, code, details }),
    count: ({ name }, value = 1) => fake.metrics.set(name, (fake.metrics.get(name) ?? 0) + value),
    flush: () => {},
  };
  const refuse = (what: keyof FakeSending['broken']) =>
    fake.broken[what] ? Promise.reject(new Error(`${what} is broken`)) : Promise.resolve();
  const credentials: SendingDeps['credentials'] = {
    read: (username) => {
      fake.reads.push(`record ${username}`);
      return cloud.credentials.read(username);
    },
    update: cloud.credentials.update,
  };

  return {
    ...fake,
    deps: {
      table: 'mail',
      credentialCache: createCachedCredentials({
        credentials,
        cacheSeconds: 60,
        now,
        lookup: {
          readMany: (usernames) => {
            fake.reads.push(...usernames.map((username) => `cached ${username}`));
            const found = usernames.flatMap((username) => {
              const item = cloud.items.get(username);
              return item === undefined ? [] : [[username, structuredClone(item)] as const];
            });
            return Promise.resolve(new Map(found));
          },
          findUsernames: (beginning) =>
            Promise.resolve([...cloud.items.keys()].filter((username) => username.startsWith(beginning))),
        },
      }),
      credentials,
      feedbackCounter: { write: (write) => refuse('feedbackCounter').then(() => stores.counter.write(write)) },
      counters: {
        read: (username, nowMs) => {
          fake.reads.push(`counters ${username}`);
          return stores.reader.read(username, nowMs);
        },
      },
      expiries: stores.expiries,
      missingRecords: stores.missing,
      alerts: createAlertNotifier({
        windows: stores.windows,
        publisher: { publish: (alert) => refuse('alerts').then(() => void fake.alerts.push(alert)) },
        observability,
        table: 'mail',
        windowSeconds: 3_600,
        now,
      }),
      origin: { accountId: '123456789012', configurationSet: 'mail' },
      parking: { park: (message) => refuse('parking').then(() => void fake.parked.push(message)) },
      events: { publish: (batch) => refuse('events').then(() => void fake.events.push(...batch)) },
      observability,
      tracing: { watch: () => {}, run: (work) => work() },
      now,
    },
  };
}

/** Messages as the queue delivers them, with the ids `message-0` and so on. */
export function queued(...bodies: unknown[]): SQSEvent {
  const records = bodies.map((body, index) => ({
    messageId: `message-${index}`,
    body: typeof body === 'string' ? body : JSON.stringify(body),
  }));
  return { Records: records as SQSEvent['Records'] };
}
