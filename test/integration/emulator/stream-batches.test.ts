import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import {
  CreateEventSourceMappingCommand,
  type CreateEventSourceMappingRequest,
  DeleteEventSourceMappingCommand,
} from '@aws-sdk/client-lambda';
import { ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { afterEach, describe, expect, it } from 'vitest';
import { createQueue } from '../../../local/resources/create-queue.ts';
import { createTable } from '../../../local/resources/create-table.ts';
import { localStack } from '../../support/local-stack.ts';
import { createTestFunction, type TestFunction } from '../../support/test-function.ts';
import { waitUntil } from '../../support/wait-until.ts';

/** Lambda's message about dropped records. */
interface FailureRecord {
  requestContext: { condition: string; approximateInvokeCount: number; functionArn: string };
  responseContext: { functionError?: string };
  DDBStreamBatchInfo: { batchSize: number; startSequenceNumber: string; endSequenceNumber: string; streamArn: string };
}

const stack = localStack();
const { clients } = stack;
let count = 0;
let cleanUp: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const end of cleanUp.reverse()) await end();
  cleanUp = [];
});

/** A record says what the handler does with it: `throw`, `report`, or `report 2` for the first two times. */
const handler = `
  note(event.Records.map((record) => record.dynamodb.Keys.SK.S).join(' '));
  const batchItemFailures = [];
  for (const { dynamodb: { NewImage, SequenceNumber } } of event.Records) {
    const [act, times = 'Infinity'] = NewImage.act.S.split(' ');
    memory[SequenceNumber] = (memory[SequenceNumber] ?? 0) + 1;
    if (act === 'throw') throw new Error('It is broken.');
    if (act === 'sleep') await new Promise((resolve) => setTimeout(resolve, 4000));
    if (act === 'report' && memory[SequenceNumber] <= Number(times)) {
      batchItemFailures.push({ itemIdentifier: SequenceNumber });
    }
    if (act === 'nameless' && memory[SequenceNumber] === 1) batchItemFailures.push({ itemIdentifier: '' });
  }
  // Unordered: the lowest counts.
  return { batchItemFailures: batchItemFailures.reverse() };
`;

/** Creates a table with records, then a function that reads its stream from the beginning, so that all are in one batch. */
async function start(acts: Record<string, string>, settings: Partial<CreateEventSourceMappingRequest> = {}) {
  count += 1;
  const name = `stream-batches-${count}`;
  const { streamArn } = await createTable(clients.dynamodb, name);
  const put = async (records: Record<string, string>) => {
    for (const [key, act] of Object.entries(records)) {
      const Item = { PK: { S: 'TEST' }, SK: { S: key }, act: { S: act } };
      await clients.dynamodb.send(new PutItemCommand({ TableName: name, Item }));
    }
  };
  await put(acts);
  const queue = await createQueue(clients.sqs, name);
  const testFunction = await createTestFunction(stack, name, handler);
  cleanUp.push(() => testFunction.remove());
  const { UUID } = await clients.lambda.send(
    new CreateEventSourceMappingCommand({
      FunctionName: name,
      EventSourceArn: streamArn,
      StartingPosition: 'TRIM_HORIZON',
      BatchSize: 100,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      DestinationConfig: { OnFailure: { Destination: queue.arn } },
      ...settings,
    }),
  );
  cleanUp.push(() => clients.lambda.send(new DeleteEventSourceMappingCommand({ UUID })));
  return { testFunction, put, streamArn, queueUrl: queue.url };
}

/** The sort keys of each call of the handler. */
const keysOf = (testFunction: TestFunction) => testFunction.notes<string>();

/** Waits for these calls, and then for a later record, so that no more calls can follow. */
async function expectCalls({ testFunction, put }: Awaited<ReturnType<typeof start>>, calls: string[]): Promise<void> {
  await waitUntil(async () => keysOf(testFunction).length > 0);
  await put({ last: 'none' });
  await waitUntil(async () => keysOf(testFunction).some((keys) => keys.includes('last')), 20);
  expect(keysOf(testFunction)).toEqual([...calls, 'last']);
}

async function failuresIn(QueueUrl: string): Promise<FailureRecord[]> {
  const { Messages = [] } = await clients.sqs.send(
    new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 1 }),
  );
  return Messages.map(({ Body = '' }) => JSON.parse(Body) as FailureRecord);
}

const isTooOld = ({ requestContext }: FailureRecord) => requestContext.condition === 'RecordAgeExceeded';

describe('a handler that reports failures', () => {
  it('gets the records from the lowest failed one on again, until it reports none', async () => {
    const test = await start({ a: 'none', b: 'report 2', c: 'none', d: 'report 1' });
    await expectCalls(test, ['a b c d', 'b c d', 'b c d']);
    expect(await failuresIn(test.queueUrl)).toEqual([]);
  });

  it('gets them as often as the mapping says; then they are dropped and reported', async () => {
    const test = await start({ a: 'none', b: 'report', c: 'none' }, { MaximumRetryAttempts: 2 });
    await expectCalls(test, ['a b c', 'b c', 'b c']);
    const [failure, ...more] = await failuresIn(test.queueUrl);
    expect(more).toEqual([]);
    expect(failure).toMatchObject({
      requestContext: { condition: 'RetryAttemptsExhausted', approximateInvokeCount: 3 },
      DDBStreamBatchInfo: { batchSize: 2 },
    });
    // It responded, so there is no function error.
    expect(failure?.responseContext).not.toHaveProperty('functionError');
  });

  it('gets all of them again when it names no record', async () => {
    await expectCalls(await start({ a: 'none', b: 'nameless' }), ['a b', 'a b']);
  });

  it('is ignored unless the mapping enables reports', async () => {
    await expectCalls(await start({ a: 'report', b: 'none' }, { FunctionResponseTypes: [] }), ['a b']);
  });
});

describe('a handler that throws', () => {
  it('is called as often as the mapping says; then its batch is reported', async () => {
    const test = await start({ a: 'none', b: 'throw' }, { MaximumRetryAttempts: 2 });
    await expectCalls(test, ['a b', 'a b', 'a b']);
    const [failure, ...more] = await failuresIn(test.queueUrl);
    expect(more).toEqual([]);
    // Every field of AWS's example, and no record.
    expect(failure).toEqual({
      requestContext: {
        requestId: expect.stringMatching(/^[\da-f-]{36}$/),
        functionArn: expect.stringMatching(new RegExp(`:function:${test.testFunction.name}$`)),
        condition: 'RetryAttemptsExhausted',
        approximateInvokeCount: 3,
      },
      responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
      version: '1.0',
      timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      DDBStreamBatchInfo: {
        shardId: expect.stringMatching(/^shardId-/),
        startSequenceNumber: expect.stringMatching(/^\d+$/),
        endSequenceNumber: expect.stringMatching(/^\d+$/),
        approximateArrivalOfFirstRecord: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
        approximateArrivalOfLastRecord: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
        batchSize: 2,
        streamArn: test.streamArn,
      },
    });
  });

  it('has its batch halved until the bad record is alone, which counts as no retry', async () => {
    const test = await start(
      { a: 'none', b: 'none', c: 'throw', d: 'none' },
      { MaximumRetryAttempts: 1, BisectBatchOnFunctionError: true },
    );
    await expectCalls(test, ['a b c d', 'a b', 'c d', 'c', 'c', 'd']);
    const failures = await failuresIn(test.queueUrl);
    expect(failures.map(({ DDBStreamBatchInfo }) => DDBStreamBatchInfo.batchSize)).toEqual([1]);
  });

  it('loses records that are older than the mapping allows', async () => {
    // AWS accepts no limit below 60 seconds; the emulator does.
    const test = await start({ a: 'throw', b: 'none' }, { MaximumRecordAgeInSeconds: 1 });
    await waitUntil(async () => (await failuresIn(test.queueUrl)).some(isTooOld), 20);
    await test.put({ last: 'none' });
    await waitUntil(async () => keysOf(test.testFunction).at(-1) === 'last');
    expect(new Set(keysOf(test.testFunction))).toEqual(new Set(['a b', 'last']));
  });
});

describe('a handler that is slow', () => {
  it('delays no other function', async () => {
    const slow = await start({ a: 'sleep' });
    await waitUntil(async () => slow.testFunction.notes().length === 1);
    const beganAtMs = Date.now();
    const quick = await start({ b: 'none' });
    await waitUntil(async () => quick.testFunction.notes().length === 1);
    expect(Date.now() - beganAtMs).toBeLessThan(3_000);
  });
});
