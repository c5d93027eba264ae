import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildIamUserName } from '../credential/iam/iam-user-name.ts';
import { classifyQueueMessage } from './classify-queue-message.ts';
import { buildDeadLetter } from './dead-letter.ts';
import type { QueuedMessage } from './queue-message.ts';

const own = { table: 'mytable', functionNames: ['myfunction'] };
const streamArn = 'arn:aws:dynamodb:us-east-2:123456789012:table/mytable/stream/2019-11-14T00:04:06.388';
const iamUserName = buildIamUserName('john.doe', 1_764_000_000_000);
const key = { PK: { S: 'SMTP_USER' }, SK: { S: 'USER#john.doe' } };
const deadLetter = buildDeadLetter({
  streamRecord: { dynamodb: { Keys: key, NewImage: { status: { S: 'pending' } } } },
  error: { code: 'ThrottlingException', message: 'Too fast.' },
  retryCount: 2,
  nowMs: 0,
  correlationId: 'event-1',
  forceResync: false,
});

/** The example of https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html */
const streamBatch = {
  requestContext: {
    requestId: '316aa6d0-8154-xmpl-9af7-85d5f4a6bc81',
    functionArn: 'arn:aws:lambda:us-east-2:123456789012:function:myfunction',
    condition: 'RetryAttemptsExhausted',
    approximateInvokeCount: 1,
  },
  responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
  version: '1.0',
  timestamp: '2019-11-14T00:13:49.717Z',
  DDBStreamBatchInfo: {
    shardId: 'shardId-00000001573689847184-864758bb',
    startSequenceNumber: '800000000003126276362',
    endSequenceNumber: '800000000003126276362',
    approximateArrivalOfFirstRecord: '2019-11-14T00:13:19Z',
    approximateArrivalOfLastRecord: '2019-11-14T00:13:19Z',
    batchSize: 1,
    streamArn,
  },
};

/** The example of https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html */
const invocation = {
  version: '1.0',
  timestamp: '2019-11-14T18:16:05.568Z',
  requestContext: {
    requestId: 'e4b46cbf-b738-xmpl-8880-a18cdf61200e',
    functionArn: 'arn:aws:lambda:us-east-2:123456789012:function:myfunction:$LATEST',
    condition: 'RetriesExhausted',
    approximateInvokeCount: 3,
  },
  requestPayload: {},
  responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
  responsePayload: { errorType: 'SweepProblemError', errorMessage: 'Two records failed.' },
};
const lambdaAttributes = { RequestID: 'e4b46cbf-b738', ErrorCode: '200', ErrorMessage: 'Two records failed.' };

const read = (body: unknown, attributes: QueuedMessage['attributes'] = {}) =>
  classifyQueueMessage({ body: typeof body === 'string' ? body : JSON.stringify(body), attributes }, own);

describe('our own dead letter', () => {
  it('names the record and the number of attempts', () => {
    expect(read(deadLetter)).toEqual({
      form: 'dead-letter',
      username: 'john.doe',
      passwordEdited: false,
      supersededAccessKeyIds: [],
      forceResync: false,
      retryCount: 2,
      errorType: 'ThrottlingException',
      errorMessage: 'Too fast.',
      firstFailedAt: '1970-01-01T00:00:00.000Z',
      correlationId: 'event-1',
    });
  });

  it.each([
    ['its ARN', { iam_user_arn: { S: `arn:aws:iam::123456789012:user/ses-smtp/eu-west-1/mail/${iamUserName}` } }],
    ['its claim', { claim: { M: { iam_user_name: { S: iamUserName } } } }],
  ])('names the IAM user of a deleted record by %s', (_, OldImage) => {
    expect(read({ ...deadLetter, originalEvent: { dynamodb: { Keys: key, OldImage } } })).toMatchObject({
      supersededIamUserName: iamUserName,
      supersededCreatedAtMs: 1_764_000_000_000,
    });
  });

  it('says that the password was edited', () => {
    expect(read({ ...deadLetter, passwordEdited: true })).toMatchObject({ passwordEdited: true });
  });

  it('forces a resync if the manager did, and if it has no images', () => {
    expect(read({ ...deadLetter, distrust: true })).toMatchObject({ forceResync: true });
    expect(read({ ...deadLetter, originalEvent: { dynamodb: { Keys: key } } })).toMatchObject({ forceResync: true });
  });

  it('counts from zero when its count is damaged', () => {
    for (const retryCount of [-1, 1.5, '3', null, undefined, {}]) {
      expect(read({ ...deadLetter, retryCount })).toMatchObject({ form: 'dead-letter', retryCount: 0 });
    }
  });
});

describe("Lambda's own records", () => {
  it('of a batch of the stream', () => {
    expect(read(streamBatch)).toMatchObject({
      form: 'stream-batch',
      firstWrittenAt: '2019-11-14T00:13:19Z',
      errorType: 'RetryAttemptsExhausted',
      firstFailedAt: '2019-11-14T00:13:49.717Z',
      correlationId: '316aa6d0-8154-xmpl-9af7-85d5f4a6bc81',
    });
  });

  it('of an asynchronous invocation, as a destination gets it', () => {
    expect(read(invocation)).toMatchObject({
      form: 'invocation',
      errorType: 'SweepProblemError',
      errorMessage: 'Two records failed.',
    });
  });

  it("of an asynchronous invocation, as a function's dead-letter queue gets it", () => {
    expect(read({ source: 'aws.scheduler' }, lambdaAttributes)).toMatchObject({
      form: 'invocation',
      errorType: 'Lambda200',
      correlationId: 'e4b46cbf-b738',
    });
  });
});

describe('anything else is unknown', () => {
  it.each<[string, unknown, QueuedMessage['attributes']?]>([
    ['no JSON', '{'],
    ['no object', '[]'],
    ['an empty object', {}],
    ['an e-mail', { Subject: 'Hello' }],
    [
      'a dead letter about an item that is not ours',
      { ...deadLetter, originalEvent: { dynamodb: { Keys: { PK: { S: 'ROUTE#x' } } } } },
    ],
    [
      'a dead letter of another table',
      {
        ...deadLetter,
        originalEvent: { dynamodb: { Keys: key }, eventSourceARN: streamArn.replace('mytable', 'other') },
      },
    ],
    [
      'a batch of another table',
      { ...streamBatch, DDBStreamBatchInfo: { streamArn: streamArn.replace('mytable', 'other') } },
    ],
    [
      "somebody else's function",
      { ...invocation, requestContext: { functionArn: 'arn:aws:lambda:us-east-2:1:function:other' } },
    ],
    ['an event with records', { Records: [] }, lambdaAttributes],
  ])('%s', (_, body, attributes) => {
    expect(read(body, attributes)).toMatchObject({ form: 'unknown', errorType: 'UnknownMessage' });
  });
});

describe('damage', () => {
  const samples = [deadLetter, streamBatch, invocation].map((sample) => JSON.stringify(sample));

  it('of the text never throws', () => {
    fc.assert(
      fc.property(fc.constantFrom(...samples), fc.nat(), fc.nat(20), fc.string(), (sample, at, length, other) => {
        const start = at % sample.length;
        const body = sample.slice(0, start) + other + sample.slice(start + length);
        expect(['dead-letter', 'stream-batch', 'invocation', 'unknown']).toContain(read(body).form);
      }),
      { numRuns: 500 },
    );
  });

  it('of any value inside never throws', () => {
    fc.assert(
      fc.property(fc.constantFrom(...samples), fc.nat(), fc.jsonValue(), (sample, at, other) => {
        let count = 0;
        JSON.parse(sample, (_, value) => {
          count += 1;
          return value;
        });
        const target = at % count;
        let seen = -1;
        const damaged = JSON.stringify(JSON.parse(sample), (_, value) => {
          seen += 1;
          return seen === target ? other : value;
        });
        expect(typeof read(damaged).form).toBe('string');
      }),
      { numRuns: 500 },
    );
  });

  it('of everything never throws, nor is it taken for ours', () => {
    fc.assert(
      fc.property(fc.string(), fc.dictionary(fc.string(), fc.string()), (body, attributes) => {
        expect(classifyQueueMessage({ body, attributes }, own).form).toBe('unknown');
      }),
    );
  });
});
