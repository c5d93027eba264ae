import type { AdminDeps } from '../../src/admin/wire.ts';
import { Secret } from '../../src/credential/secret.ts';
import type { ApiDeps } from '../../src/http/api-deps.ts';
import type { AuditEntry } from '../../src/http/audit.ts';
import { createApp } from '../../src/http/create-app.ts';
import { adminRoutes } from '../../src/http/routes/admin-routes.ts';
import { revealRoutes } from '../../src/http/routes/reveal.ts';
import { FakeCloud } from './fake-cloud.ts';
import { createFakeIdempotencyKeys } from './fake-idempotency-keys.ts';
import { createFakeLog } from './fake-log.ts';
import { createFakeSuppressions } from './fake-suppressions.ts';
import { createFakeUserPolicies } from './fake-user-policies.ts';

const scope = { partition: 'aws', region: 'eu-west-1', accountId: '123456789012', configurationSet: 'smtp' };
const ownership = { region: 'eu-west-1', table: 'mail' };
const permissionsBoundaryArn = 'arn:aws:iam::123456789012:policy/smtp-user-boundary';
const box = { take: async () => [], release: async () => {}, delete: async () => {}, send: async () => {} };

/** The password of every credential of the fake API. */
export const fakePassword = 'a-password-that-must-not-leak';

/** The whole API over a table in memory. */
export function createFakeApi(change: (admin: AdminDeps) => AdminDeps = (admin) => admin) {
  const cloud = new FakeCloud();
  const clock = { nowMs: Date.parse('2026-11-26T10:00:00.000Z') };
  const now = () => clock.nowMs;
  const audits: AuditEntry[] = [];
  const errors: unknown[] = [];
  const events: string[] = [];
  const iamCalls: string[] = [];
  const eventLog = createFakeLog();
  const suppressions = createFakeSuppressions();
  const iam = createFakeUserPolicies(ownership);
  const credentials: AdminDeps['credentials'] = {
    ...cloud.credentials,
    // biome-ignore lint/suspicious/useAwait: the port is asynchronous.
    async *list({ after } = {}) {
      const names = [...cloud.items.keys()].filter((name) => after === undefined || name > after).sort();
      for (let at = 0; at < names.length; at += 100) {
        yield names.slice(at, at + 100).map((username) => ({ username, item: cloud.items.get(username) ?? {} }));
      }
    },
  };
  const admin: AdminDeps = {
    table: 'mail',
    scope,
    ownership,
    permissionsBoundaryArn,
    userPolicies: iam.userPolicies,
    credentials,
    alerts: { read: async () => [] } as unknown as AdminDeps['alerts'],
    counters: { read: async () => [] },
    containment: {
      deny: async (name) => void iamCalls.push(`deny ${name}`),
      deactivateKeys: async (name) => [`keys of ${name}`],
      lift: async (name) => void iamCalls.push(`lift ${name}`),
    },
    boxes: { 'dead-letters': box, 'parked-messages': box },
    targets: { deadLetters: box, verifications: box, sendingEvents: box, feedback: box },
    own: {
      table: 'mail',
      functionNames: [],
      reconcilingFunctionNames: [],
      queueArns: { deadLetters: '', verifications: '', sendingEvents: '', feedback: '' },
    },
    sweeps: { start: async () => {} },
    eventLog: eventLog.search,
    findUsernames: async (beginning) => [...cloud.items.keys()].filter((name) => name.startsWith(beginning)),
    suppressed: suppressions,
    sweepPositions: { read: async () => ({ sweepNumber: 0 }) },
    findings: { read: async () => [] },
    historyLog: undefined,
    health: {
      readTable: async () => {},
      countMessages: { 'dead-letters': async () => 0, 'parked-messages': async () => 2 },
    },
    sendingFacts: {
      scope,
      now,
      keys: { list: async () => undefined, findUserOfKey: async () => undefined },
      simulator: { simulate: async () => [] },
      account: {},
    } as unknown as AdminDeps['sendingFacts'],
    newId: () => 'id-1',
    now,
  };
  const deps: ApiDeps = {
    admin: change(admin),
    reveal: {
      table: 'mail',
      credentials,
      decryption: { decrypt: async () => new Secret(fakePassword) },
      reveals: {
        count(username, accessKeyId, before) {
          const item = cloud.items.get(username) ?? {};
          if (item['reveals'] !== before) return Promise.resolve(false);
          const count = ((before as { count?: number } | undefined)?.count ?? 0) + 1;
          cloud.put(username, { ...item, reveals: { access_key_id: accessKeyId, count } });
          return Promise.resolve(true);
        },
      },
      events: { publish: async (published) => void events.push(...published.map(({ type }) => type)) },
      smtp: { host: 'email-smtp.eu-west-1.amazonaws.com', startTlsPort: 587, tlsPort: 465 },
      newId: () => 'id-2',
      now,
    },
    idempotencyKeys: createFakeIdempotencyKeys(now),
    audit: (entry) => void audits.push(entry),
    reportError: (error) => void errors.push(error),
  };
  return {
    app: createApp([...adminRoutes, ...revealRoutes], deps),
    cloud,
    clock,
    audits,
    errors,
    events,
    iamCalls,
    eventLog,
    suppressions,
    iam,
  };
}
