import { DynamoDBClient, GetItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { beforeEach, describe, expect, it } from 'vitest';
import { createTracing } from './tracing.ts';
import type { Subsegment } from './xray-daemon.ts';

const header = 'Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1;Lineage=a87bd80c:1';
const sent: Subsegment[] = [];
const requests: Record<string, string>[] = [];
let nowMs = 1_000_000;
let answer: { readonly statusCode: number; readonly body: string };

/** A client that makes no network call. */
function createClient(): DynamoDBClient {
  return new DynamoDBClient({
    region: 'eu-west-1',
    credentials: { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'not-a-secret' },
    maxAttempts: 1,
    requestHandler: {
      handle: async (request: { headers: Record<string, string> }) => {
        requests.push({ ...request.headers });
        nowMs += 250;
        const { Readable } = await import('node:stream');
        const headers = { 'x-amzn-requestid': 'request-1' };
        return {
          response: { statusCode: answer.statusCode, headers, body: Readable.from([Buffer.from(answer.body)]) },
        };
      },
      metadata: { handlerProtocol: 'http/1.1' },
    } as never,
  });
}

function createTracer(currentHeader: string | undefined, enabled = true) {
  return createTracing({
    name: 'a-function',
    enabled,
    currentHeader: () => currentHeader,
    openDaemon: () => Promise.resolve((subsegment) => sent.push(structuredClone(subsegment))),
    now: () => nowMs,
  });
}

function watchedClient(tracing: ReturnType<typeof createTracer>): DynamoDBClient {
  const client = createClient();
  tracing.watch(client);
  return client;
}

const read = () => new GetItemCommand({ TableName: 'mail', Key: { PK: { S: 'the secret of john' } } });

beforeEach(() => {
  sent.length = 0;
  requests.length = 0;
  nowMs = 1_000_000;
  answer = { statusCode: 200, body: '{"Item":{"PK":{"S":"the secret of john"}}}' };
});

describe('an invocation that X-Ray samples', () => {
  it("becomes one document that contains its calls, below Lambda's segment", async () => {
    const tracing = createTracer(header);
    const client = watchedClient(tracing);
    expect(await tracing.run(async () => (await client.send(read())).Item?.['PK']?.S)).toBe('the secret of john');
    expect(sent).toHaveLength(1);
    const [work] = sent;
    expect(work).toMatchObject({
      type: 'subsegment',
      name: 'a-function',
      trace_id: '1-5759e988-bd862e3fe1be46a994272793',
      parent_id: '53995c3f42cd8ad8',
      start_time: 1000,
      end_time: 1000.25,
    });
    expect(work?.id).toMatch(/^[0-9a-f]{16}$/);
    expect(work?.subsegments).toEqual([
      {
        type: 'subsegment',
        id: expect.stringMatching(/^[0-9a-f]{16}$/),
        trace_id: work?.trace_id,
        parent_id: work?.id,
        name: 'DynamoDB',
        namespace: 'aws',
        start_time: 1000,
        end_time: 1000.25,
        aws: { operation: 'GetItem', region: 'eu-west-1', table_name: 'mail', request_id: 'request-1', retries: 0 },
        http: { response: { status: 200 } },
      },
    ]);
  });

  it('passes its place in the trace and the rest of the header to the services it calls', async () => {
    const tracing = createTracer(header);
    const client = watchedClient(tracing);
    await tracing.run(() => client.send(read()));
    const call = sent[0]?.subsegments?.[0];
    expect(requests[0]?.['X-Amzn-Trace-Id']).toBe(
      `Root=1-5759e988-bd862e3fe1be46a994272793;Parent=${call?.id};Sampled=1;Lineage=a87bd80c:1`,
    );
  });

  it('contains no input, no response and no error message', async () => {
    const tracing = createTracer(header);
    const client = watchedClient(tracing);
    answer = { statusCode: 400, body: '{"__type":"ValidationException","message":"the secret of john is not valid"}' };
    await expect(tracing.run(() => client.send(read()))).rejects.toThrow('the secret of john');
    expect(JSON.stringify(sent)).not.toContain('secret');
    expect(sent[0]?.subsegments?.[0]).toMatchObject({
      error: true,
      http: { response: { status: 400 } },
      cause: { exceptions: [{ type: 'ValidationException' }] },
    });
    expect(sent[0]).toMatchObject({ fault: true, cause: { exceptions: [{ type: 'ValidationException' }] } });
  });

  it.each([
    [429, '{"__type":"TooManyRequestsException"}', { error: true, throttle: true }],
    [400, '{"__type":"ThrottlingException"}', { error: true, throttle: true }],
    [400, '{"__type":"ProvisionedThroughputExceededException"}', { error: true, throttle: true }],
    [400, '{"__type":"ResourceNotFoundException"}', { error: true }],
    [503, '{"__type":"InternalServerError"}', { fault: true }],
  ])('tells whose fault a %i is', async (statusCode, body, marks) => {
    const tracing = createTracer(header);
    const client = watchedClient(tracing);
    answer = { statusCode, body };
    await tracing.run(() => client.send(read())).catch(() => undefined);
    const { error, fault, throttle } = sent[0]?.subsegments?.[0] ?? {};
    expect({ error, fault, throttle }).toEqual({ error: undefined, fault: undefined, throttle: undefined, ...marks });
  });

  it('sends many calls early, each of them once', async () => {
    const tracing = createTracer(header);
    const client = watchedClient(tracing);
    const update = () => new UpdateItemCommand({ TableName: 'mail', Key: { PK: { S: 'x' } } });
    await tracing.run(() => Promise.all(Array.from({ length: 120 }, () => client.send(update()))));
    const ids = sent.flatMap(({ id, subsegments = [] }) => [id, ...subsegments.map((call) => call.id)]);
    expect(new Set(ids).size).toBe(121);
    expect(ids).toHaveLength(121);
    expect(Math.max(...sent.map((document) => JSON.stringify(document).length))).toBeLessThan(60_000);
  });
});

describe('nothing is sent', () => {
  it.each([
    ['without a header', undefined, true],
    ['when X-Ray does not sample', header.replace('Sampled=1', 'Sampled=0'), true],
    ['when the header is cut short', 'Root=1-5759e988;Sampled=1', true],
    ['when tracing is off', header, false],
  ])('%s', async (_, currentHeader, enabled) => {
    const tracing = createTracer(currentHeader, enabled);
    const client = watchedClient(tracing);
    await tracing.run(() => client.send(read()));
    expect(sent).toEqual([]);
  });

  it('outside an invocation', async () => {
    const tracing = createTracer(header);
    const client = watchedClient(tracing);
    await tracing.run(() => Promise.resolve());
    sent.length = 0;
    await client.send(read());
    expect(sent).toEqual([]);
  });
});
