import type { SQSRecord } from 'aws-lambda';
import { beforeEach, describe, expect, it } from 'vitest';
import { FakeCloud } from '../../../test/support/fake-cloud.ts';
import type { CredentialEvent } from '../../credential/credential-event.ts';
import type { Item } from '../../credential/credential-table.ts';
import { SesameError } from '../../credential/errors.ts';
import { rotationTimes } from '../../credential/record/rotation.ts';
import { buildDeadLetter, RECORD_BUSY } from '../../dead-letter/dead-letter.ts';
import type { ParkedMessage } from '../../dead-letter/parked-message.ts';
import type { DlqProcessorDeps } from './deps.ts';
import { createHandler } from './handler.ts';

const streamBatch = {
  requestContext: { requestId: 'request-1', condition: 'RetryAttemptsExhausted' },
  timestamp: '2026-01-01T00:00:00.000Z',
  DDBStreamBatchInfo: { streamArn: 'arn:aws:dynamodb:eu-west-1:123456789012:table/mail/stream/2026' },
};
let cloud: FakeCloud;
let nowMs: number;
let ids: number;
let parked: ParkedMessage[];
let isParkingDown: boolean;
let delays: [string, number][];
let events: CredentialEvent[];
let isBusDown: boolean;
let reported: unknown[];
let remainingMs: number;

beforeEach(() => {
  cloud = new FakeCloud();
  nowMs = 1_764_000_000_000;
  ids = 0;
  parked = [];
  isParkingDown = false;
  delays = [];
  events = [];
  isBusDown = false;
  reported = [];
  remainingMs = 60_000;
});

function deps(): DlqProcessorDeps {
  return {
    reconcileDeps: {
      credentials: cloud.credentials,
      iamUsers: cloud.iamUsers,
      encryption: cloud.encryption,
      receivingRules: { findRules: () => Promise.resolve(new Map()) },
      settings: {
        table: 'mail',
        scope: { partition: 'aws', region: 'eu-west-1', accountId: '123456789012' },
        receivingRules: 'ignore',
        rotation: rotationTimes(),
      },
      now: () => {
        nowMs += 1;
        return nowMs;
      },
      newId: () => {
        ids += 1;
        return `run-${ids}`;
      },
      sleep: () => Promise.resolve(),
    },
    events: {
      publish: (batch) => {
        if (isBusDown) return Promise.reject(new SesameError('ServiceUnavailable', 'retryable', 'It is down.'));
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
    now: () => nowMs,
    parking: {
      park: (message) => {
        if (isParkingDown) return Promise.reject(new SesameError('ServiceUnavailable', 'retryable', 'It is down.'));
        parked.push(message);
        return Promise.resolve();
      },
    },
    delay: {
      delay: (receiptHandle, seconds) => {
        delays.push([receiptHandle, seconds]);
        return Promise.resolve();
      },
    },
    own: { table: 'mail', functionNames: ['smtp-credential-sweeper'] },
    redrive: { maxAttempts: 3, backoffBaseSeconds: 10, backoffLimitSeconds: 900 },
    random: () => 1,
  };
}

interface Sent {
  readonly body: unknown;
  readonly receiveCount?: number;
  readonly attributes?: Record<string, string>;
}

function handle(...messages: Sent[]) {
  const records = messages.map(({ body, receiveCount = 1, attributes = {} }, index) => ({
    messageId: `message-${index}`,
    receiptHandle: `handle-${index}`,
    body: typeof body === 'string' ? body : JSON.stringify(body),
    attributes: { ApproximateReceiveCount: String(receiveCount), SentTimestamp: '0' },
    messageAttributes: Object.fromEntries(
      Object.entries(attributes).map(([name, stringValue]) => [name, { dataType: 'String', stringValue }]),
    ),
  }));
  const context = { getRemainingTimeInMillis: () => remainingMs };
  return createHandler(deps())({ Records: records as unknown as SQSRecord[] }, context);
}

function deadLetterFor(username: string, more: { retryCount?: number; OldImage?: Record<string, unknown> } = {}) {
  return buildDeadLetter({
    streamRecord: {
      dynamodb: {
        Keys: { PK: { S: 'SMTP_USER' }, SK: { S: `USER#${username}` } },
        NewImage: {},
        OldImage: more.OldImage,
      },
    },
    error: { code: 'ThrottlingException', message: 'Too fast.' },
    retryCount: more.retryCount ?? 0,
    nowMs: 0,
    correlationId: 'event-1',
    forceResync: false,
  });
}

function insert(username: string, attributes: Item = {}): void {
  cloud.items.set(username, {
    status: 'pending',
    allowed_from_addresses: ['john.doe@example.com'],
    entity_type: 'smtp_credential',
    ...attributes,
  });
}

const statuses = () => [...cloud.items.values()].map((item) => item['status']);
const done = { batchItemFailures: [] };
const failure = (index: number) => ({ itemIdentifier: `message-${index}` });

describe('our own dead letters', () => {
  it('are retried: the record becomes active and its failure is removed', async () => {
    insert('john.doe', {
      status: 'failed',
      failure: { code: 'ThrottlingException', message: 'Too fast.', attempts: 1 },
    });
    expect(await handle({ body: deadLetterFor('john.doe') })).toEqual(done);
    expect(cloud.items.get('john.doe')).toMatchObject({ status: 'active' });
    expect(cloud.items.get('john.doe')).not.toHaveProperty('failure');
    expect(events).toMatchObject([{ type: 'activated', detail: { correlation_id: 'event-1' } }]);
  });

  it('are harmless when they are delivered twice, in one batch or later', async () => {
    insert('john.doe');
    const deadLetter = { body: deadLetterFor('john.doe') };
    expect(await handle(deadLetter, deadLetter)).toEqual(done);
    expect(await handle(deadLetter)).toEqual(done);
    expect(cloud.users.size).toBe(1);
    expect(cloud.calls.filter((call) => call === 'CreateAccessKey')).toHaveLength(1);
  });

  it('stay until their events can be published', async () => {
    insert('john.doe');
    isBusDown = true;
    expect(await handle({ body: deadLetterFor('john.doe') })).toEqual({ batchItemFailures: [failure(0)] });
    expect(statuses()).toEqual(['active']);
    expect(reported).toContain('EventsUnpublished');
    isBusDown = false;
    expect(await handle({ body: deadLetterFor('john.doe'), receiveCount: 2 })).toEqual(done);
    expect(events).toMatchObject([{ type: 'activated', detail: { username: 'john.doe', correlation_id: 'event-1' } }]);
    expect(reported.filter((name) => name === 'CredentialsActivated')).toHaveLength(1);
  });

  it('finish the deletion of a record', async () => {
    insert('john.doe');
    await handle({ body: deadLetterFor('john.doe') });
    const arn = cloud.items.get('john.doe')?.['iam_user_arn'];
    cloud.items.clear();
    expect(await handle({ body: deadLetterFor('john.doe', { OldImage: { iam_user_arn: { S: arn } } }) })).toEqual(done);
    expect(cloud.users.size).toBe(0);
    expect(events.at(-1)).toMatchObject({ type: 'deleted' });
  });

  it('wait longer after each failure, and are parked after the last attempt', async () => {
    insert('john.doe');
    cloud.fate = (call) => (call === 'CreateUser' ? 'refused' : 'works');
    const body = deadLetterFor('john.doe');
    expect(await handle({ body })).toEqual({ batchItemFailures: [failure(0)] });
    expect(await handle({ body, receiveCount: 2 })).toEqual({ batchItemFailures: [failure(0)] });
    expect(delays).toEqual([
      ['handle-0', 10],
      ['handle-0', 20],
    ]);
    expect(parked).toEqual([]);
    expect(await handle({ body, receiveCount: 3 })).toEqual(done);
    expect(parked).toEqual([
      {
        body: JSON.stringify(body),
        attributes: {
          sourceForm: 'dead-letter',
          errorType: 'ThrottlingException',
          errorMessage: 'CreateUser was throttled.',
          retryCount: '3',
          firstFailedAt: '1970-01-01T00:00:00.000Z',
          lastTriedAt: new Date(nowMs).toISOString(),
          correlationId: 'event-1',
          username: 'john.doe',
        },
      },
    ]);
    expect(reported).toContain('MessagesParked');
  });

  it('include their own retry count', async () => {
    insert('john.doe');
    cloud.fate = (call) => (call === 'CreateUser' ? 'refused' : 'works');
    expect(await handle({ body: deadLetterFor('john.doe', { retryCount: 2 }) })).toEqual(done);
    expect(parked[0]?.attributes['retryCount']).toBe('3');
  });

  it('are done if the fault is permanent, because the record shows it', async () => {
    insert('john.doe', { allowed_from_addresses: ['*'] });
    expect(await handle({ body: deadLetterFor('john.doe') })).toEqual(done);
    expect(statuses()).toEqual(['failed']);
    expect(parked).toEqual([]);
  });

  it('wait for the end of a claim, even at the last attempt', async () => {
    insert('john.doe', { claim: { by: 'somebody', at: new Date(nowMs - 48_000).toISOString() } });
    expect(await handle({ body: deadLetterFor('john.doe'), receiveCount: 3 })).toEqual({
      batchItemFailures: [failure(0)],
    });
    expect(delays).toEqual([['handle-0', 42]]);
  });

  it('wait if there is no time for them, without a failed attempt', async () => {
    insert('a');
    remainingMs = 14_000;
    expect(await handle({ body: deadLetterFor('a') })).toEqual({ batchItemFailures: [failure(0)] });
    expect(delays).toEqual([['handle-0', 1]]);
    expect(cloud.calls).toEqual([]);
  });

  it('about an edited password clear the earlier login proof and request a new one', async () => {
    insert('john.doe');
    await handle({ body: deadLetterFor('john.doe') });
    cloud.items.set('john.doe', { ...cloud.items.get('john.doe'), verified_at: 'x', encrypted_password: 'garbage' });
    events.length = 0;
    const deadLetter = { ...deadLetterFor('john.doe'), passwordEdited: true };
    cloud.fate = (call) => (call === 'UpdateItem note' ? 'refused' : 'works');
    expect(await handle({ body: deadLetter })).toEqual({ batchItemFailures: [failure(0)] });
    expect(events).toEqual([]);
    cloud.fate = () => 'works';
    expect(await handle({ body: deadLetter, receiveCount: 2 })).toEqual(done);
    expect(cloud.items.get('john.doe')).not.toHaveProperty('verified_at');
    expect(events).toMatchObject([{ type: 'activated', detail: { correlation_id: 'event-1', status: 'active' } }]);
  });

  it('stay in their queue if they cannot be parked', async () => {
    isParkingDown = true;
    expect(await handle({ body: 'who knows' })).toEqual({ batchItemFailures: [failure(0)] });
    expect(delays).toEqual([['handle-0', 900]]);
  });
});

describe("Lambda's own failure records", () => {
  it('reconcile every unconverged record', async () => {
    for (const username of ['a', 'b', 'c']) insert(username);
    await handle({ body: deadLetterFor('a') });
    const before = cloud.calls.length;
    const plain = { body: {}, attributes: { RequestID: 'request-2', ErrorCode: '200', ErrorMessage: 'It ended.' } };
    expect(await handle({ body: streamBatch }, plain)).toEqual(done);
    expect(statuses()).toEqual(['active', 'active', 'active']);
    // Reconciling all of them once is enough, and the converged one needs no write.
    expect(cloud.calls.slice(before).filter((call) => call === 'Query')).toHaveLength(2);
    expect(cloud.calls.slice(before).filter((call) => call === 'UpdateItem claim')).toHaveLength(2);
    expect(events.at(-1)).toMatchObject({ detail: { correlation_id: 'request-1' } });
  });

  it('are delivered again if a record failed or time ran out', async () => {
    for (const username of ['a', 'b', 'c']) insert(username);
    remainingMs = 0;
    expect(await handle({ body: streamBatch })).toEqual({ batchItemFailures: [failure(0)] });
    expect(delays).toEqual([['handle-0', 1]]);
    remainingMs = 60_000;
    let refusals = 0;
    cloud.fate = (call) => {
      if (call !== 'CreateUser' || refusals === 2) return 'works';
      refusals += 1;
      return 'refused';
    };
    expect(await handle({ body: streamBatch, receiveCount: 3 })).toEqual(done);
    expect(parked[0]?.attributes).toMatchObject({
      sourceForm: 'stream-batch',
      errorMessage: 'CreateUser was throttled. 1 more records failed.',
    });
  });

  it('are not parked for a record that has failed for long and has its own parked message', async () => {
    insert('a');
    cloud.fate = (call) => (call === 'CreateUser' ? 'refused' : 'works');
    // A new failure gets its own attempts.
    for (const receiveCount of [1, 2]) {
      expect(await handle({ body: streamBatch, receiveCount })).toEqual({ batchItemFailures: [failure(0)] });
    }
    expect(await handle({ body: streamBatch, receiveCount: 3 })).toEqual(done);
    expect(parked).toHaveLength(1);
    // Messages about other work are done.
    insert('b', { status: 'disabled' });
    expect(await handle({ body: streamBatch })).toEqual(done);
    expect(cloud.items.get('b')).toHaveProperty('disabled_at');
    expect(parked).toHaveLength(1);
  });

  it('are not parked for a record that could not be disabled for long', async () => {
    insert('a');
    await handle({ body: deadLetterFor('a') });
    insert('a', { ...cloud.items.get('a'), status: 'disabled' });
    cloud.fate = (call) => (call === 'UpdateAccessKey' ? 'refused' : 'works');
    for (const receiveCount of [1, 2, 3]) await handle({ body: deadLetterFor('a'), receiveCount });
    expect(parked).toHaveLength(1);
    expect(cloud.items.get('a')).toMatchObject({ status: 'disabled', failure: { wish: 'disabled', attempts: 3 } });
    expect(await handle({ body: streamBatch, receiveCount: 3 })).toEqual(done);
    expect(parked).toHaveLength(1);
  });

  it('wait for a record that began to fail after their batch was written, because it has no dead letter of its own', async () => {
    const writtenAt = nowMs;
    nowMs += 5_000;
    insert('a');
    cloud.fate = (call) => (call === 'CreateUser' ? 'refused' : 'works');
    // Lambda has tried as often as a dead letter would have been.
    for (const receiveCount of [1, 2, 3]) await handle({ body: deadLetterFor('a'), receiveCount });
    expect(parked).toHaveLength(1);
    const { DDBStreamBatchInfo: batch, ...rest } = streamBatch;
    const writtenAfter = (ms: number) => ({
      ...rest,
      DDBStreamBatchInfo: { ...batch, approximateArrivalOfFirstRecord: new Date(ms).toISOString() },
    });
    expect(await handle({ body: writtenAfter(writtenAt) })).toEqual({ batchItemFailures: [failure(0)] });
    expect(await handle({ body: writtenAfter(nowMs + 1) })).toEqual(done);
    expect(parked).toHaveLength(1);
  });

  it('are delivered again if the table cannot be read', async () => {
    insert('a');
    cloud.fate = () => 'refused';
    expect(await handle({ body: streamBatch })).toEqual({ batchItemFailures: [failure(0)] });
    expect(delays).toEqual([['handle-0', 10]]);
  });
});

describe('messages that are not ours', () => {
  it.each(['', 'hello', '{}', '[]', JSON.stringify({ Records: [{ eventSource: 'aws:s3' }] })])(
    'is parked at once: %s',
    async (body) => {
      expect(await handle({ body, attributes: { RULE_ARN: 'x' } })).toEqual(done);
      expect(parked).toMatchObject([
        { body, attributes: { sourceForm: 'unknown', retryCount: '0', originalAttributes: '{"RULE_ARN":"x"}' } },
      ]);
      expect(cloud.calls).toEqual([]);
    },
  );
});

it('retries a dead letter of a busy record soon and again at the lease’s end, without counting these attempts', async () => {
  const deadLetter = { ...deadLetterFor('john.doe'), errorType: RECORD_BUSY };
  insert('john.doe', { claim: { by: 'run-9', at: new Date(nowMs).toISOString() } });
  for (const receiveCount of [1, 2]) {
    expect(await handle({ body: deadLetter, receiveCount })).toEqual({ batchItemFailures: [failure(0)] });
  }
  expect(delays.map(([, seconds]) => seconds)).toEqual([10, 90]);
  insert('john.doe');
  cloud.fate = (call) => (call === 'CreateUser' ? 'refused' : 'works');
  for (const receiveCount of [3, 4, 5]) await handle({ body: deadLetter, receiveCount });
  expect(parked).toHaveLength(1);
});
