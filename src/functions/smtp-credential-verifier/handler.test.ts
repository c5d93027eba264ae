import type { SQSRecord } from 'aws-lambda';
import { beforeEach, describe, expect, it } from 'vitest';
import { FakeCloud } from '../../../test/support/fake-cloud.ts';
import type { CredentialEvent } from '../../credential/credential-event.ts';
import { Secret } from '../../credential/secret.ts';
import type { LoginResult } from '../../credential/verify/smtp-login.ts';
import type { VerifierDeps } from './deps.ts';
import { createHandler } from './handler.ts';

const canary = 'the-password-that-nobody-may-see';
const request = {
  version: '0',
  source: 'sesame',
  'detail-type': 'activated',
  detail: { table: 'mail', username: 'john.doe', access_key_id: 'AKIA1', correlation_id: 'event-1', at: 'now' },
};
let cloud: FakeCloud;
let answer: LoginResult;
let events: CredentialEvent[];
let reported: unknown[];
let remainingMs: number;
let isBusBroken: boolean;
let isPatient: boolean;
let nowMs: number;

beforeEach(() => {
  cloud = new FakeCloud();
  cloud.items.set('john.doe', { status: 'active', access_key_id: 'AKIA1', encrypted_password: 'closed' });
  answer = { result: 'accepted' };
  events = [];
  reported = [];
  remainingMs = 120_000;
  isBusBroken = false;
  isPatient = false;
  nowMs = 0;
});

function handle(...bodies: unknown[]) {
  return receive(undefined, ...bodies);
}

/** Messages with a receive count. */
function receive(count: number | undefined, ...bodies: unknown[]) {
  const deps: VerifierDeps = {
    verifyDeps: {
      credentials: cloud.credentials,
      decryption: { decrypt: () => Promise.resolve(new Secret(canary)) },
      smtp: { logIn: () => Promise.resolve(answer) },
      table: 'mail',
      settings: { successes: 3, pauseMs: 1, limitMs: 10 },
      now: () => nowMs,
      sleep: (ms) => {
        nowMs += ms;
        return answer.result === 'accepted' || isPatient
          ? Promise.resolve()
          : Promise.reject(new TypeError('no sleep'));
      },
    },
    secondAttemptSeconds: 45,
    delay: {
      delay: (receiptHandle, seconds) => Promise.resolve(void reported.push(['delay', receiptHandle, seconds])),
    },
    events: {
      publish: (batch) => {
        if (isBusBroken) return Promise.reject(new Error('no bus'));
        events.push(...batch);
        return Promise.resolve();
      },
    },
    observability: {
      log: (...entry) => reported.push(entry),
      count: (metric) => reported.push(metric.name),
      flush: () => {},
    },
    tracing: { watch: () => {}, run: (work) => work() },
  };
  const records = bodies.map((body, index) => ({
    messageId: `message-${index}`,
    receiptHandle: `receipt-${index}`,
    ...(count === undefined ? {} : { attributes: { ApproximateReceiveCount: String(count) } }),
    body: typeof body === 'string' ? body : JSON.stringify(body),
  }));
  return createHandler(deps)(
    { Records: records as unknown as SQSRecord[] },
    { getRemainingTimeInMillis: () => remainingMs },
  );
}

describe('the verifier', () => {
  it('writes a successful login on the record, and publishes it', async () => {
    expect(await handle(request, request)).toEqual({ batchItemFailures: [] });
    expect(cloud.items.get('john.doe')).toHaveProperty('verified_at');
    expect(events[0]).toMatchObject({
      type: 'verified',
      detail: { username: 'john.doe', access_key_id: 'AKIA1', correlation_id: 'event-1' },
    });
    expect(reported).toContain('CredentialsVerified');
  });

  it('returns a message whose key does not work', async () => {
    const settings = { result: 'refused', code: 535, text: '535 Authentication Credentials Invalid' } as const;
    answer = settings;
    // An unexpected error must not lose the message.
    expect(await handle(request)).toEqual({ batchItemFailures: [{ itemIdentifier: 'message-0' }] });
    expect(reported).toContain('VerificationsFailed');
  });

  it.each([
    ['no JSON', '{'],
    ['no event', { hello: 'world' }],
    ["somebody else's event", { ...request, source: 'aws.ses' }],
    ['an event after which nothing is to be verified', { ...request, 'detail-type': 'disabled' }],
    ['an event without a key', { ...request, detail: { ...request.detail, access_key_id: undefined } }],
  ])('counts and drops %s', async (_, body) => {
    expect(await handle(body, request)).toEqual({ batchItemFailures: [] });
    expect(reported).toContain('VerificationRequestsUnknown');
    expect(cloud.items.get('john.doe')).toHaveProperty('verified_at');
  });

  it('ignores a credential of another table', async () => {
    expect(await handle({ ...request, detail: { ...request.detail, table: 'other' } })).toEqual({
      batchItemFailures: [],
    });
    expect(cloud.calls).toEqual([]);
  });

  it('shows no password', async () => {
    await handle(request);
    answer = { result: 'unreachable', code: 'ECONNREFUSED', message: 'connect ECONNREFUSED' };
    cloud.items.set('john.doe', { status: 'active', access_key_id: 'AKIA1', encrypted_password: 'closed' });
    await handle(request);
    expect(JSON.stringify([reported, events, [...cloud.items]])).not.toContain(canary);
  });
});

const refused: LoginResult = { result: 'refused', code: 535, text: '535 Authentication Credentials Invalid' };

describe('a young key', () => {
  it('is retried after less than a minute, and nothing is published before', async () => {
    answer = refused;
    isPatient = true;
    const again = { batchItemFailures: [{ itemIdentifier: 'message-0' }] };
    expect(await receive(1, request)).toEqual(again);
    expect(reported).toContainEqual(['delay', 'receipt-0', 45]);
    expect(reported).not.toContain('VerificationsFailed');
    expect(events).toEqual([]);
    expect(cloud.items.get('john.doe')).not.toHaveProperty('verification_failure');
    expect(await receive(2, request)).toEqual(again);
    expect(reported).toContain('VerificationsFailed');
    expect(events).toMatchObject([{ type: 'verification failed', detail: { code: 'Smtp535' } }]);
    expect(reported.filter((entry) => Array.isArray(entry) && entry[0] === 'delay')).toHaveLength(1);
  });
});

it('requests a new key if the password is unreadable, and deletes the message', async () => {
  cloud.items.set('john.doe', { status: 'active', access_key_id: 'AKIA1', encrypted_password: '%%%' });
  expect(await receive(1, request)).toEqual({ batchItemFailures: [] });
  expect(cloud.items.get('john.doe')).toMatchObject({ rotate_requested: true });
  expect(events).toMatchObject([{ type: 'verification failed', detail: { code: 'PasswordUnreadable' } }]);
});

it('publishes an event again that EventBridge rejected', async () => {
  isBusBroken = true;
  expect(await receive(1, request)).toEqual({ batchItemFailures: [{ itemIdentifier: 'message-0' }] });
  isBusBroken = false;
  expect(await receive(2, request)).toEqual({ batchItemFailures: [] });
  expect(events.map(({ type }) => type)).toEqual(['verified']);
});

it('starts no login for which there is no time', async () => {
  remainingMs = 15_000;
  expect(await receive(1, request)).toEqual({ batchItemFailures: [{ itemIdentifier: 'message-0' }] });
  expect(cloud.items.get('john.doe')).not.toHaveProperty('verified_at');
});
